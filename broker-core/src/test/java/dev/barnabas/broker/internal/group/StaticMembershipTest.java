package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StaticMembershipTest {

    private final ShardHarness group = new ShardHarness();
    private JoinGroupResponse leader;
    private JoinGroupResponse follower;

    @BeforeEach
    void twoStaticMembers() {
        var first = group.joinStatic("a", "", 9).get();
        var second = group.joinStatic("b", "", 9);
        leader = group.joinStatic("a", first.memberId(), 9).get();
        follower = second.get();
        group.assign(leader);
        assertThat(group.state()).isEqualTo("Stable");
        assertThat(first.memberId()).startsWith("a-");
    }

    @Test
    void aFollowerComesBackWithoutARebalanceAndKeepsItsAssignment() {
        var back = group.joinStatic("b", "", 9).get();

        assertThat(back.errorCode()).isZero();
        assertThat(back.generationId()).isEqualTo(leader.generationId());
        assertThat(back.memberId()).isNotEqualTo(follower.memberId());
        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.members()).isEmpty();
        assertThat(group.state()).isEqualTo("Stable");
        assertThat(group.sync(back).get().assignment())
                .isEqualTo(follower.memberId().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void theOldIdIsFenced() {
        group.joinStatic("b", "", 9);

        assertThat(group.heartbeat(follower.memberId(), "b", follower.generationId()))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(group.joinStatic("b", follower.memberId(), 9).get().errorCode())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
        var sync = ShardHarness.syncing(follower).setGroupInstanceId("b");
        assertThat(group.sync(sync).get().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
        var commit = ShardHarness.committing(ShardHarness.GROUP, follower.memberId(), follower.generationId(), 5)
                .setGroupInstanceId("b");
        assertThat(ShardHarness.errorOf(group.commit(commit, 9).get())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void anUnknownInstanceIsUnknown() {
        assertThat(group.heartbeat(follower.memberId(), "c", follower.generationId()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aLeaderThatComesBackIsToldToSkipTheAssignment() {
        var back = group.joinStatic("a", "", 9).get();

        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.members()).hasSize(2);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void aLeaderThatCannotSkipIsToldItsOldIdLeads() {
        var back = group.joinStatic("a", "", 8).get();

        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.leader()).isEqualTo(leader.memberId());
        assertThat(back.members()).isEmpty();
    }

    @Test
    void aProtocolThatChangesBringsARebalance() {
        group.leave("", "a");
        var alone = group.joinStatic("b", follower.memberId(), 9).get();
        group.assign(alone);
        var request = ShardHarness.joining("", "sticky").setGroupInstanceId("b");
        assertThat(group.join(request, 9).get().errorCode()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());

        var both = ShardHarness.joining("", "sticky", "range").setGroupInstanceId("b");
        var back = group.join(both, 9).get();
        assertThat(back.protocolName()).isEqualTo("sticky");
        assertThat(back.generationId()).isEqualTo(alone.generationId() + 1);
    }

    @Test
    void whoWaitsUnderTheOldIdIsFencedAtOnce() {
        var waiting = group.joinStatic("a", leader.memberId(), 9);
        group.joinStatic("a", "", 9);

        assertThat(waiting.get().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
    }

    @Test
    void duringTheSyncPhaseAComebackBringsARebalance() {
        var again = group.joinStatic("a", leader.memberId(), 9);
        group.joinStatic("b", follower.memberId(), 9);
        assertThat(again.get().errorCode()).isZero();
        group.joinStatic("b", "", 9);

        assertThat(group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void membersAreRemovedByTheNameOfTheInstance() {
        var left = group.leave("", "b");
        assertThat(left.members().get(0).errorCode()).isZero();
        assertThat(left.members().get(0).groupInstanceId()).isEqualTo("b");
        assertThat(group.leave("", "b").members().get(0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        assertThat(group.leave("wrong", "a").members().get(0).errorCode())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
    }

    @Test
    void aStaticMemberThatDoesNotRejoinStaysUntilItsSessionEnds() {
        var again = group.joinStatic("a", leader.memberId(), 9);
        for (int elapsed = 0; elapsed < ShardHarness.REBALANCE_MS; elapsed += 5_000) {
            group.heartbeat(follower.memberId(), "b", follower.generationId());
            group.time.pass(5_000);
        }

        assertThat(again.get().members()).hasSize(2);
    }

    @Test
    void aStaticMemberSurvivesARestartOfTheBroker() {
        group.restart();

        var back = group.joinStatic("b", "", 9).get();
        assertThat(back.generationId()).isEqualTo(leader.generationId());
        assertThat(group.state()).isEqualTo("Stable");
    }
}
