package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupShardTest {

    private final ShardHarness group = new ShardHarness();

    @Test
    void aGroupIsDescribedWithItsMembers() {
        var joined = group.stableGroup(1).get(0);

        var described = group.describe(ShardHarness.GROUP, 6);
        assertThat(described.groupState()).isEqualTo("Stable");
        assertThat(described.protocolType()).isEqualTo("consumer");
        assertThat(described.protocolData()).isEqualTo("range");
        var member = described.members().get(0);
        assertThat(member.memberId()).isEqualTo(joined.memberId());
        assertThat(member.clientId()).isEqualTo("client");
        assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
        assertThat(member.memberMetadata()).isEqualTo(ShardHarness.subscription("orders"));
        assertThat(member.memberAssignment()).isNotEmpty();
    }

    @Test
    void aGroupThatDoesNotExistIsDeadAndSinceVersion6AnError() {
        assertThat(group.describe("none", 5).groupState()).isEqualTo("Dead");
        assertThat(group.describe("none", 5).errorCode()).isZero();
        assertThat(group.describe("none", 6).errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void groupsAreListedByStateAndType() {
        group.stableGroup(1);
        group.commit(ShardHarness.committing("simple", "", -1, 1), 9);

        assertThat(group.list(List.of(), List.of())).hasSize(2);
        assertThat(group.list(List.of(" stable"), List.of()))
                .extracting(ListedGroup::groupId)
                .containsExactly(ShardHarness.GROUP);
        assertThat(group.list(List.of("Empty"), List.of("classic")))
                .extracting(ListedGroup::groupId)
                .containsExactly("simple");
        assertThat(group.list(List.of(), List.of("consumer"))).isEmpty();
    }

    @Test
    void onlyGroupsWithoutMembersAreDeletedAndTheirOffsetsWithThem() {
        assertThat(group.deleteGroup("none")).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        var joined = group.stableGroup(1).get(0);
        group.commit(joined.memberId(), 2, 7);
        assertThat(group.deleteGroup(ShardHarness.GROUP)).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        group.leave(joined.memberId(), null);

        assertThat(group.deleteGroup(ShardHarness.GROUP)).isEqualTo(ErrorCode.NONE);
        assertThat(group.state()).isEqualTo("Dead");
        group.restart();
        assertThat(group.state()).isEqualTo("Dead");
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
    }

    @Test
    void membersOfARestartedBrokerGoOnAndTheSilentOnesExpire() {
        var joined = group.stableGroup(2);
        group.restart();
        group.time.pass(ShardHarness.SESSION_MS - 1);
        assertThat(group.heartbeat(joined.get(0).memberId(), 2)).isEqualTo(ErrorCode.NONE);
        group.time.pass(1);

        assertThat(group.heartbeat(joined.get(0).memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(group.heartbeat(joined.get(1).memberId(), 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aClosedShardTellsThoseWhoWaitToLookForTheCoordinator() {
        var joined = group.stableGroup(2);
        var waiting = group.join(joined.get(0).memberId());
        group.close();

        assertThat(waiting.get().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        assertThat(group.commit("", -1, 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    /** Random operations, then a restart: what was answered is what there is. */
    @Test
    void whatIsReadBackIsWhatWasWritten() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            var shard = new ShardHarness();
            var members = new ArrayList<>(shard.stableGroup(1 + random.nextInt(4)));
            for (int step = 0; step < 60; step++) {
                act(shard, members.get(random.nextInt(members.size())).memberId(), random);
            }
            settle(shard);
            var before = shard.durableState();
            shard.restart();
            assertThat(shard.durableState()).as("seed %s round %s", seed, round).isEqualTo(before);
        }
    }

    /** Random operations, then everything goes: no byte of memory is counted twice, and none is left. */
    @Test
    void whatGroupsHeldIsGivenBackWhenTheyAreGone() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            var shard = new ShardHarness();
            var members = new ArrayList<>(shard.stableGroup(1 + random.nextInt(4)));
            for (int step = 0; step < 60; step++) {
                shard.log.fail(random.nextInt(10) == 0 ? ErrorCode.NOT_ENOUGH_REPLICAS : ErrorCode.NONE);
                act(shard, members.get(random.nextInt(members.size())).memberId(), random);
                switch (random.nextInt(20)) {
                    case 0 -> shard.restart();
                    case 1, 2 -> shard.join("");
                    default -> {}
                }
            }
            shard.log.fail(ErrorCode.NONE);
            boolean empty = shard.list(List.of(), List.of()).isEmpty();
            assertThat(shard.memoryUsed() == 0)
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(empty);
            if (round % 2 == 0) {
                shard.clear();
                assertThat(shard.list(List.of(), List.of())).isEmpty();
            } else {
                shard.close();
            }
            assertThat(shard.memoryUsed()).as("seed %s round %s", seed, round).isZero();
        }
    }

    private static void act(ShardHarness shard, String memberId, Random random) {
        String other = "group-" + random.nextInt(4);
        switch (random.nextInt(9)) {
            case 0 -> shard.leave(memberId, null);
            case 1 -> shard.commit(memberId, 2, random.nextInt(1_000));
            case 2 -> shard.commit(ShardHarness.committing(other, "", -1, random.nextInt(1_000)), 9);
            case 3 -> shard.deleteGroup(other);
            case 4 -> shard.joinStatic("instance-" + random.nextInt(2), "", 9);
            case 5 -> settle(shard);
            case 6 -> shard.time.pass(random.nextInt(8_000));
            case 7 ->
                shard.topicDeleted("orders", random.nextInt(9) == 0 ? ShardHarness.TOPIC_ID : ShardHarness.TOPIC_ID);
            default -> shard.heartbeat(memberId, 2);
        }
    }

    /** Brings the group to rest: every member joins once more, and the leader assigns. */
    private static void settle(ShardHarness shard) {
        var described = shard.describe(ShardHarness.GROUP, 5);
        var answers = new ArrayList<Answer<dev.barnabas.protocol.message.JoinGroupResponse>>();
        for (var member : described.members()) {
            answers.add(shard.joinStatic(member.groupInstanceId(), member.memberId(), 9));
        }
        shard.time.pass(ShardHarness.REBALANCE_MS);
        answers.stream()
                .filter(Answer::isGiven)
                .map(Answer::get)
                .filter(joined -> joined.errorCode() == 0 && joined.memberId().equals(joined.leader()))
                .forEach(shard::assign);
    }
}
