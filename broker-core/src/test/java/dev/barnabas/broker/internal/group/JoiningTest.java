package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoiningTest {

    private final ShardHarness group = new ShardHarness();

    @AfterEach
    void leavesNoTimer() {
        group.close();
        group.time.pass(3_600_000);
        assertThat(group.time.timers()).isZero();
    }

    private static ErrorCode error(Answer<JoinGroupResponse> answer) {
        return ErrorCode.forCode(answer.get().errorCode());
    }

    @Test
    void aNewMemberIsGivenAnIdToJoinWith() {
        var first = group.join("");

        assertThat(error(first)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(first.get().memberId()).startsWith("client-");

        var joined = group.join(first.get().memberId()).get();
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.leader())
                .isEqualTo(joined.memberId())
                .isEqualTo(first.get().memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.protocolType()).isEqualTo("consumer");
        assertThat(joined.members()).hasSize(1);
    }

    @Test
    void beforeVersion4AMemberJoinsAtOnce() {
        var joined = group.join(ShardHarness.joining("", "range"), 3).get();

        assertThat(joined.errorCode()).isZero();
        assertThat(joined.memberId()).startsWith("client-");
    }

    @Test
    void anIdThatWasHandedOutIsForgottenAfterTheSessionTimeout() {
        String id = group.newMemberId();
        group.time.pass(ShardHarness.SESSION_MS);

        assertThat(error(group.join(id))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatJoinsAgainWhileItWaitsHasItsFirstRequestAnswered() {
        var joined = group.stableGroup(2);
        var first = group.join(joined.get(0).memberId());
        var again = group.join(joined.get(0).memberId());

        assertThat(error(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(again.isGiven()).isFalse();

        var other = group.join(joined.get(1).memberId()).get();
        assertThat(again.get().members()).hasSize(2);
        assertThat(again.get().generationId()).isEqualTo(other.generationId());
    }

    @Test
    void aMemberThatSyncsAgainWhileItWaitsHasItsFirstRequestAnswered() {
        var ids = group.stableGroup(2).stream().map(JoinGroupResponse::memberId).toList();
        var joins = ids.stream().map(group::join).toList();
        var first = group.sync(joins.get(1).get());
        var again = group.sync(joins.get(1).get());

        assertThat(first.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
        group.assign(joins.get(0).get());
        assertThat(again.get().errorCode()).isZero();
    }

    @Test
    void anUnknownIdIsRefused() {
        assertThat(error(group.join("nobody"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        group.stableGroup(1);
        assertThat(error(group.join("nobody"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void onlyTheLeaderIsToldOfTheMembers() {
        var joined = group.stableGroup(3);

        assertThat(joined.get(0).members())
                .extracting(member -> member.memberId())
                .containsExactlyInAnyOrder(
                        joined.stream().map(JoinGroupResponse::memberId).toArray(String[]::new));
        assertThat(joined.get(1).members()).isEmpty();
        assertThat(joined).extracting(JoinGroupResponse::generationId).containsOnly(2);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void theFirstGenerationWaitsForTheInitialDelayAndLongerWhileMoreCome() {
        group.configs.set("group.initial.rebalance.delay.ms", 3_000);
        var first = group.joinNew();
        group.time.pass(2_000);
        var second = group.joinNew();
        group.time.pass(1_000);
        assertThat(first.isGiven()).isFalse();
        assertThat(group.state()).isEqualTo("PreparingRebalance");

        group.time.pass(3_000);
        assertThat(first.get().generationId()).isEqualTo(1);
        assertThat(second.get().generationId()).isEqualTo(1);
    }

    @Test
    void theProtocolThatAllSupportWithTheMostVotesIsChosen() {
        var first = group.join(ShardHarness.joining(group.newMemberId(), "sticky", "range", "roundrobin"), 9)
                .get();
        group.assign(first);
        String second = group.newMemberId();
        String third = group.newMemberId();
        group.join(ShardHarness.joining(second, "roundrobin", "range"), 9);
        group.join(ShardHarness.joining(third, "roundrobin", "range"), 9);

        var again = group.join(ShardHarness.joining(first.memberId(), "sticky", "range", "roundrobin"), 9)
                .get();
        assertThat(again.protocolName()).isEqualTo("roundrobin");
    }

    @Test
    void aMemberWithoutACommonProtocolIsRefused() {
        group.stableGroup(1);

        assertThat(error(group.join(ShardHarness.joining("", "sticky"), 9)))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(group.join(ShardHarness.joining("", "range").setProtocolType("connect"), 9)))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(group.join(ShardHarness.joining("").setGroupId("new").setProtocols(List.of()), 9)))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void aFullGroupTakesNobodyElse() {
        group.configs.set("group.max.size", 2);
        var joined = group.stableGroup(2);

        assertThat(error(group.join(""))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(group.heartbeat(joined.get(1).memberId(), 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aFollowerThatRejoinsUnchangedIsToldOfTheGenerationThereIs() {
        var joined = group.stableGroup(2);

        var again = group.join(joined.get(1).memberId()).get();
        assertThat(again.generationId()).isEqualTo(2);
        assertThat(again.leader()).isEqualTo(joined.get(0).memberId());
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void aLeaderThatRejoinsBringsARebalance() {
        var joined = group.stableGroup(2);

        var again = group.join(joined.get(0).memberId());
        assertThat(group.state()).isEqualTo("PreparingRebalance");
        assertThat(group.heartbeat(joined.get(1).memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        group.join(joined.get(1).memberId());
        assertThat(again.get().generationId()).isEqualTo(3);
    }

    @Test
    void aMemberThatChangesItsMetadataBringsARebalance() {
        var joined = group.stableGroup(2);

        group.join(ShardHarness.joining(joined.get(1).memberId(), "range", "sticky"), 9);
        assertThat(group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aMemberThatMissedTheAnswerGetsItAgain() {
        var first = group.joinNew().get();

        var again = group.join(first.memberId()).get();
        assertThat(again).isEqualTo(first);
        assertThat(group.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void aNameThatLeavesNoRoomForAnIdIsRefused() {
        assertThat(error(group.joinStatic("i".repeat(32_767), "", 9))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(group.joinStatic("i".repeat(32_730), "", 9))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void joinMetadataComesToTheLeaderAsItWasSent() {
        var owned = new byte[] {0, 1, 2, 3, (byte) 0xff};
        var request = ShardHarness.joining(group.newMemberId(), "cooperative-sticky");
        request.protocols().get(0).setMetadata(owned);

        assertThat(group.join(request, 9).get().members().get(0).metadata()).isEqualTo(owned);
    }
}
