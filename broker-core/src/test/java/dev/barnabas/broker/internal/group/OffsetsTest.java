package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OffsetsTest {

    private static final long WEEK_MS = TimeUnit.DAYS.toMillis(7);
    private static final long CHECK_MS = 600_000;

    private final ShardHarness group = new ShardHarness();

    @Test
    void whatAMemberCommitsIsWhatItFetches() {
        var joined = group.stableGroup(1).get(0);

        assertThat(group.commit(joined.memberId(), 2, 42)).isEqualTo(ErrorCode.NONE);
        var fetched = group.fetchAll(ShardHarness.GROUP).topics().get(0);
        assertThat(fetched.name()).isEqualTo("orders");
        assertThat(fetched.partitions().get(0).committedOffset()).isEqualTo(42);
        assertThat(fetched.partitions().get(0).committedLeaderEpoch()).isEqualTo(3);
        assertThat(fetched.partitions().get(0).metadata()).isEqualTo("here");
    }

    @Test
    void whatWasNeverCommittedIsAtMinusOne() {
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
        assertThat(group.fetchAll("none").topics()).isEmpty();
    }

    @Test
    void anOffsetOfAnotherIncarnationOfTheTopicIsNotFetched() {
        group.commit("", -1, 42);
        var request = new OffsetFetchRequestGroup()
                .setGroupId(ShardHarness.GROUP)
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName("orders")
                        .setTopicId(new Uuid(8, 8))
                        .setPartitionIndexes(List.of(0))));

        assertThat(group.fetch(request).topics().get(0).partitions().get(0).committedOffset())
                .isEqualTo(-1);
    }

    @Test
    void commitsAreAnsweredWhenCommittedAndFetchesWaitForThem() {
        group.log.hold();
        var commit = group.commit(ShardHarness.committing(ShardHarness.GROUP, "", -1, 9), 9);
        var fetch = group.run(
                (shard, reply) -> {
                    reply.accept(shard.offsets()
                            .fetch(new OffsetFetchRequestGroup()
                                    .setGroupId(ShardHarness.GROUP)
                                    .setTopics(null)));
                    return Outcome.NOTHING;
                },
                error -> null);
        assertThat(commit.isGiven()).isFalse();
        assertThat(fetch.isGiven()).isFalse();

        group.log.release();
        assertThat(ShardHarness.errorOf(commit.get())).isEqualTo(ErrorCode.NONE);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(9);
    }

    @Test
    void commitsDoNotWaitForEachOtherButOthersWaitForThem() {
        group.log.hold();
        var first = group.commit(ShardHarness.committing(ShardHarness.GROUP, "", -1, 1), 9);
        var second = group.commit(ShardHarness.committing(ShardHarness.GROUP, "", -1, 2), 9);
        assertThat(group.log.held()).isEqualTo(2);
        var join = group.join("");
        var third = group.commit(ShardHarness.committing(ShardHarness.GROUP, "", -1, 3), 9);
        assertThat(group.log.held()).isEqualTo(2);
        assertThat(join.isGiven()).isFalse();

        group.log.release();
        assertThat(first.isGiven()).isTrue();
        assertThat(second.isGiven()).isTrue();
        assertThat(join.isGiven()).isTrue();
        assertThat(third.isGiven()).isTrue();
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(3);
    }

    @Test
    void aCommitThatCannotBeStoredIsAnError() {
        group.log.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);

        assertThat(group.commit("", -1, 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        group.log.fail(ErrorCode.NONE);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
    }

    @Test
    void anyoneCommitsToAGroupWithoutMembersOnly() {
        assertThat(group.commit("", -1, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(group.state()).isEqualTo("Empty");

        var joined = group.stableGroup(1).get(0);
        assertThat(group.commit("", -1, 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.commit("nobody", 2, 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.commit(joined.memberId(), 1, 2)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(group.commit(joined.memberId(), -1, 2)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(1);
    }

    @Test
    void aGenerationOfAGroupThatDoesNotExistIsRefused() {
        var request = ShardHarness.committing("none", "member", 1, 1);

        assertThat(ShardHarness.errorOf(group.commit(request, 9).get())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(ShardHarness.errorOf(group.commit(request, 8).get())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void commitsAreTakenWhileMembersRejoinButNotBeforeTheyAreAssigned() {
        var joined = group.stableGroup(2);
        group.join(joined.get(0).memberId());
        assertThat(group.commit(joined.get(1).memberId(), 2, 5)).isEqualTo(ErrorCode.NONE);

        group.join(joined.get(1).memberId());
        assertThat(group.state()).isEqualTo("CompletingRebalance");
        assertThat(group.commit(joined.get(1).memberId(), 3, 6)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aCommitKeepsTheSessionAlive() {
        var joined = group.stableGroup(1).get(0);
        for (int i = 0; i < 5; i++) {
            group.time.pass(ShardHarness.SESSION_MS - 1);
            assertThat(group.commit(joined.memberId(), 2, i)).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void metadataThatIsTooLongIsRefused() {
        var request = ShardHarness.committing(ShardHarness.GROUP, "", -1, 1);
        request.topics().get(0).partitions().get(0).setCommittedMetadata("x".repeat(4_097));

        assertThat(ShardHarness.errorOf(group.commit(request, 9).get())).isEqualTo(ErrorCode.OFFSET_METADATA_TOO_LARGE);
    }

    @Test
    void aSimpleGroupsOffsetExpiresAWeekAfterItsCommitAndTheGroupWithIt() {
        group.commit("", -1, 1);
        group.time.pass(WEEK_MS - CHECK_MS);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(1);
        group.time.pass(2 * CHECK_MS);

        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
        assertThat(group.state()).isEqualTo("Dead");
    }

    @Test
    void aCommitCanNameItsOwnRetention() {
        var request = ShardHarness.committing(ShardHarness.GROUP, "", -1, 1).setRetentionTimeMs(CHECK_MS);
        group.commit(request, 4);
        group.restart();
        group.time.pass(2 * CHECK_MS);

        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
    }

    @Test
    void aConsumerGroupsOffsetsExpireAWeekAfterItBecameEmpty() {
        var joined = group.stableGroup(1).get(0);
        group.commit(joined.memberId(), 2, 1);
        for (long elapsed = 0; elapsed < WEEK_MS; elapsed += 3_600_000) {
            group.commit(joined.memberId(), 2, 1);
            keepAlive(joined.memberId(), 3_600_000);
        }
        group.leave(joined.memberId(), null);
        group.time.pass(WEEK_MS - CHECK_MS);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(1);
        group.time.pass(2 * CHECK_MS);

        assertThat(group.state()).isEqualTo("Dead");
    }

    private void keepAlive(String memberId, long ms) {
        for (long elapsed = 0; elapsed < ms; elapsed += 9_000) {
            group.heartbeat(memberId, 2);
            group.time.pass(9_000);
        }
        group.heartbeat(memberId, 2);
    }

    @Test
    void inAStableGroupOnlyOffsetsOfTopicsThatNobodyReadsExpire() {
        group.configs.set("offsets.retention.minutes", 30);
        var joined = group.stableGroup(1).get(0);
        var other = ShardHarness.committing(ShardHarness.GROUP, joined.memberId(), 2, 8);
        other.topics().get(0).setName("elsewhere");
        group.commit(other, 9);
        group.commit(joined.memberId(), 2, 1);
        keepAlive(joined.memberId(), 3 * 30 * 60_000);

        assertThat(group.fetchAll(ShardHarness.GROUP).topics())
                .extracting(topic -> topic.name())
                .containsExactly("orders");
    }

    private static OffsetDeleteRequest deleting(String topic) {
        return new OffsetDeleteRequest()
                .setGroupId(ShardHarness.GROUP)
                .setTopics(List.of(new OffsetDeleteRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0)))));
    }

    @Test
    void offsetsOfATopicThatIsReadAreNotDeleted() {
        assertThat(group.delete(deleting("orders")).errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
        var joined = group.stableGroup(1).get(0);
        group.commit(joined.memberId(), 2, 1);

        var refused = group.delete(deleting("orders"));
        assertThat(refused.errorCode()).isZero();
        assertThat(refused.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC.code());

        group.leave(joined.memberId(), null);
        assertThat(group.delete(deleting("orders"))
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isZero();
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
    }

    @Test
    void offsetsOfAGroupWithAnotherProtocolAreNotDeletedWhileItHasMembers() {
        group.join(ShardHarness.joining(group.newMemberId(), "range").setProtocolType("connect"), 9);

        assertThat(group.delete(deleting("orders")).errorCode()).isEqualTo(ErrorCode.NON_EMPTY_GROUP.code());
    }

    @Test
    void offsetsOfADeletedTopicGoWithIt() {
        group.commit("", -1, 1);
        group.topicDeleted("orders", new Uuid(8, 8));
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(1);

        group.topicDeleted("orders", ShardHarness.TOPIC_ID);
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
        group.restart();
        assertThat(group.committed(ShardHarness.GROUP)).isEqualTo(-1);
    }
}
