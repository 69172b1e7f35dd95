package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupResponse;
import dev.barnabas.protocol.message.SyncGroupRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RebalancingTest {

    private final ShardHarness group = new ShardHarness();

    private ErrorCode sync(SyncGroupRequest request) {
        return ErrorCode.forCode(group.sync(request).get().errorCode());
    }

    @Test
    void everyMemberGetsWhatTheLeaderAssignedIt() {
        var joined = group.stableGroup(3);

        for (var member : joined) {
            var synced = group.sync(member).get();
            assertThat(new String(synced.assignment(), StandardCharsets.UTF_8)).isEqualTo(member.memberId());
            assertThat(synced.protocolType()).isEqualTo("consumer");
            assertThat(synced.protocolName()).isEqualTo("range");
        }
    }

    @Test
    void aMemberThatSyncsBeforeTheLeaderWaits() {
        var joined = group.stableGroup(2);
        var leader = group.join(joined.get(0).memberId());
        var follower = group.join(joined.get(1).memberId());

        var early = group.sync(follower.get());
        assertThat(early.isGiven()).isFalse();
        group.assign(leader.get());
        assertThat(early.get().errorCode()).isZero();
    }

    @Test
    void theAssignmentIsHandedOutWhenItIsCommittedAndNotBefore() {
        var joined = group.joinNew().get();
        group.log.hold();
        var synced = group.assign(joined);
        assertThat(synced.isGiven()).isFalse();

        group.log.release();
        assertThat(synced.get().errorCode()).isZero();
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void anAssignmentThatCannotBeStoredBringsAnotherRebalance() {
        var joined = group.joinNew().get();
        group.log.fail(ErrorCode.KAFKA_STORAGE_ERROR);

        assertThat(group.assign(joined).get().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        group.log.fail(ErrorCode.NONE);
        assertThat(group.state()).isEqualTo("PreparingRebalance");
        assertThat(group.join(joined.memberId()).get().generationId()).isEqualTo(2);
    }

    @Test
    void syncIsCheckedForMemberGenerationAndProtocol() {
        var joined = group.stableGroup(1).get(0);

        assertThat(sync(ShardHarness.syncing(joined).setGroupId("none"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(sync(ShardHarness.syncing(joined).setMemberId("none"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(sync(ShardHarness.syncing(joined).setGenerationId(1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(sync(ShardHarness.syncing(joined).setProtocolName("sticky")))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(sync(ShardHarness.syncing(joined).setProtocolType("connect")))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void aRebalanceTellsThoseWhoWaitForTheAssignment() {
        var joined = group.stableGroup(2);
        var leader = group.join(joined.get(0).memberId());
        var follower = group.join(joined.get(1).memberId());
        var waiting = group.sync(follower.get());
        group.joinNew();

        assertThat(waiting.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
        assertThat(sync(ShardHarness.syncing(leader.get()))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whoDoesNotRejoinWithinTheRebalanceTimeoutIsDropped() {
        var joined = group.stableGroup(3);
        var leader = group.join(joined.get(0).memberId());
        var follower = group.join(joined.get(1).memberId());
        for (int elapsed = 0; elapsed < ShardHarness.REBALANCE_MS; elapsed += 5_000) {
            assertThat(leader.isGiven()).isFalse();
            group.heartbeat(joined.get(2).memberId(), 2);
            group.time.pass(5_000);
        }

        assertThat(leader.get().members()).hasSize(2);
        assertThat(follower.get().generationId()).isEqualTo(3);
        assertThat(group.heartbeat(joined.get(2).memberId(), 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoDoesNotSyncWithinTheRebalanceTimeoutIsDropped() {
        var joined = group.stableGroup(2);
        var leader = group.join(joined.get(0).memberId()).isGiven();
        var follower = group.join(joined.get(1).memberId()).get();
        assertThat(leader).isFalse();
        for (int elapsed = 0; elapsed < ShardHarness.REBALANCE_MS; elapsed += 5_000) {
            group.heartbeat(joined.get(0).memberId(), 3);
            group.heartbeat(follower.memberId(), 3);
            group.time.pass(5_000);
        }

        assertThat(group.heartbeat(joined.get(0).memberId(), 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.heartbeat(follower.memberId(), 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoIsSilentForItsSessionTimeoutIsDroppedAndTheOthersShare() {
        var joined = group.stableGroup(2);
        group.time.pass(ShardHarness.SESSION_MS - 1);
        assertThat(group.heartbeat(joined.get(0).memberId(), 2)).isEqualTo(ErrorCode.NONE);
        group.time.pass(1);

        assertThat(group.heartbeat(joined.get(0).memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(group.heartbeat(joined.get(1).memberId(), 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.join(joined.get(0).memberId()).get().members()).hasSize(1);
    }

    @Test
    void whoWaitsForOthersNeedsNoHeartbeat() {
        var joined = group.stableGroup(2);
        var waiting = group.join(joined.get(0).memberId());
        for (int elapsed = 0; elapsed < 3 * ShardHarness.SESSION_MS; elapsed += 5_000) {
            group.heartbeat(joined.get(1).memberId(), 2);
            group.time.pass(5_000);
        }
        group.join(joined.get(1).memberId());

        assertThat(waiting.get().errorCode()).isZero();
    }

    @Test
    void whenTheLastMemberGoesTheGroupIsEmptyInANewGeneration() {
        var joined = group.stableGroup(1).get(0);
        long written = group.log.size();
        group.leave(joined.memberId(), null);

        assertThat(group.state()).isEqualTo("Empty");
        assertThat(group.log.size()).isEqualTo(written + 1);
        assertThat(group.joinNew().get().generationId()).isEqualTo(4);
    }

    @Test
    void aMemberThatLeavesMakesTheOthersRebalance() {
        var joined = group.stableGroup(2);

        var left = group.leave(joined.get(0).memberId(), null);
        assertThat(left.errorCode()).isZero();
        assertThat(left.members().get(0).errorCode()).isZero();
        assertThat(group.heartbeat(joined.get(1).memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(group.join(joined.get(1).memberId()).get().leader())
                .isEqualTo(joined.get(1).memberId());
    }

    @Test
    void onlyMembersCanLeave() {
        assertThat(group.leave("nobody", null).members().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        group.stableGroup(1);
        assertThat(group.leave("nobody", null).members().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        assertThat(group.leave(group.newMemberId(), null).members().get(0).errorCode())
                .isZero();
    }

    @Test
    void heartbeatsAreCheckedForMemberAndGeneration() {
        assertThat(group.heartbeat("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        var joined = group.joinNew().get();
        assertThat(group.heartbeat(joined.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        assertThat(group.heartbeat(joined.memberId(), 0)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        group.assign(joined);
        assertThat(group.heartbeat(joined.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        assertThat(group.heartbeat("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aThousandHeartbeatsSetNoTimer() {
        var joined = group.stableGroup(1).get(0);
        long before = group.time.scheduled();
        for (int i = 0; i < 1_000; i++) {
            group.heartbeat(joined.memberId(), 2);
        }

        assertThat(group.time.scheduled()).isEqualTo(before);
        group.time.pass(ShardHarness.SESSION_MS);
        assertThat(group.state()).isEqualTo("Empty");
    }

    @Test
    void tenThousandMembersRebalanceInAMoment() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(group.newMemberId());
        }
        group.assign(group.join(ids.get(0)).get());
        List<JoinGroupResponse> joined = group.rebalance(ids);

        assertThat(joined.get(0).members()).hasSize(10_000);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void anOverfullGroupFoundOnTheDiskRebalancesToItsSize() {
        var joined = group.stableGroup(3);
        group.configs.set("group.max.size", 2);
        group.restart();

        assertThat(group.state()).isEqualTo("PreparingRebalance");
        var first = group.join(joined.get(0).memberId());
        group.join(joined.get(1).memberId());
        assertThat(group.join(joined.get(2).memberId()).get().errorCode())
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED.code());
        assertThat(first.get().members()).hasSize(2);
    }
}
