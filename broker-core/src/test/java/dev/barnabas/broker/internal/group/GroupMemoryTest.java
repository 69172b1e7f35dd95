package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.JoinGroupRequest;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.OffsetCommitRequest;
import dev.barnabas.protocol.message.OffsetDeleteRequest;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.barnabas.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.barnabas.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What groups hold in memory is bounded, and given back. */
class GroupMemoryTest {

    private static final int BYTES_MAX = 64_000;

    private final ShardHarness group = new ShardHarness(BYTES_MAX);

    private static JoinGroupRequest joining(String id, String memberId, int metadataBytes) {
        return ShardHarness.joining(memberId)
                .setGroupId(id)
                .setProtocolType("own")
                .setProtocols(
                        List.of(new JoinGroupRequestProtocol().setName("any").setMetadata(new byte[metadataBytes])));
    }

    /** A join of a version that does not ask for an id first. */
    private ErrorCode join(String id, int metadataBytes) {
        return ErrorCode.forCode(
                group.join(joining(id, "", metadataBytes), 3).get().errorCode());
    }

    private static OffsetCommitRequest committing(String id, String metadata) {
        var request = ShardHarness.committing(id, "", -1, 7);
        request.topics().get(0).partitions().get(0).setCommittedMetadata(metadata);
        return request;
    }

    private ErrorCode commit(String id, String metadata) {
        return ShardHarness.errorOf(group.commit(committing(id, metadata), 9).get());
    }

    @Test
    void aJoinBeyondTheBoundIsRefusedAndMakesNoGroup() {
        assertThat(join("first", 40_000)).isEqualTo(ErrorCode.NONE);
        long used = group.memoryUsed();

        assertThat(join("second", 40_000)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(group.memoryUsed()).isEqualTo(used).isBetween(40_000L, 44_000L);
        assertThat(group.list(List.of(), List.of())).hasSize(1);
        assertThat(join("third", 1_000)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shardsShareTheBoundAndOneThatIsClosedGivesBackItsPart() {
        var all = new GroupMemory(100, group.time);
        var first = new ShardMemory(all);
        var second = new ShardMemory(all);
        first.add(70);
        assertThat(second.reserve(31, "readers")).isFalse();
        assertThat(second.reserve(30, "readers")).isTrue();

        first.close();
        first.add(-70);
        first.release(5);
        assertThat(all.used()).isEqualTo(30);
        second.release(30);
        assertThat(all.used()).isZero();
    }

    @Test
    void whatAMemberHeldIsThereForOthersWhenItsSessionHasEnded() {
        join("first", 40_000);
        group.time.pass(ShardHarness.SESSION_MS);

        assertThat(join("second", 40_000)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void idsHandedOutCountUntilTheyExpire() {
        String instance = "i".repeat(20_000);
        var client = new Client(instance, "/127.0.0.1", 9);
        var first = group.run(
                (shard, reply) -> shard.joining().join(ShardHarness.joining("", "range"), client, reply),
                error -> Joining.failure("", error));

        assertThat(first.get().errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED.code());
        assertThat(group.memoryUsed()).isZero();
        group.newMemberId();
        long withId = group.memoryUsed();
        group.time.pass(ShardHarness.SESSION_MS);
        assertThat(group.memoryUsed()).isPositive().isLessThan(withId);
    }

    @Test
    void aMemberThatSaysMoreThanThereIsRoomForIsNoneAndTheOthersShareWhatItLeft() {
        var joined = group.stableGroup(2);
        String growing = joined.get(1).memberId();
        var request = ShardHarness.joining(growing, "range");
        request.protocols().get(0).setMetadata(new byte[BYTES_MAX]);

        assertThat(group.join(request, 9).get().errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED.code());
        assertThat(group.heartbeat(growing, 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.heartbeat(joined.get(0).memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(group.rebalance(List.of(joined.get(0).memberId())).get(0).members())
                .hasSize(1);
    }

    @Test
    void aStaticMemberKeepsItsPlaceFromOneThatSaysMoreThanThereIsRoomFor() {
        var joined = group.joinStatic("one", "", 9).get();
        group.assign(joined);
        var request = ShardHarness.joining("", "range").setGroupInstanceId("one");
        request.protocols().get(0).setMetadata(new byte[BYTES_MAX]);

        assertThat(group.join(request, 9).get().errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED.code());
        assertThat(group.heartbeat(joined.memberId(), "one", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anAssignmentBeyondTheBoundFailsAsOneThatCannotBeStored() {
        var ids = List.of(group.newMemberId(), group.newMemberId());
        group.assign(group.join(ids.get(0)).get());
        var joins = ids.stream().map(group::join).toList();
        var leader = joins.get(0).get();
        var waiting = group.sync(joins.get(1).get());
        long used = group.memoryUsed();

        var tooLarge =
                new SyncGroupRequestAssignment().setMemberId(leader.memberId()).setAssignment(new byte[BYTES_MAX]);
        var answer = group.sync(ShardHarness.syncing(leader).setAssignments(List.of(tooLarge)));
        assertThat(answer.get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        assertThat(waiting.get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        assertThat(group.state()).isEqualTo("PreparingRebalance");
        assertThat(group.memoryUsed()).isLessThanOrEqualTo(used);
        assertThat(group.rebalance(ids)).hasSize(2);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void commitsBeyondTheBoundAreRefusedAndThoseThatReplaceAnOffsetAreNot() {
        String metadata = "m".repeat(4_096);
        var errors = IntStream.range(0, 8)
                .mapToObj(i -> commit("group-" + i, metadata))
                .toList();

        assertThat(errors.subList(0, 6)).containsOnly(ErrorCode.NONE);
        assertThat(errors.subList(6, 8)).containsOnly(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(group.list(List.of(), List.of())).hasSize(6);
        assertThat(commit("group-0", metadata)).isEqualTo(ErrorCode.NONE);
        group.deleteGroup("group-1");
        assertThat(commit("group-7", metadata)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void commitsThatAreBeingWrittenCountAndThoseThatFailAreGivenBack() {
        String metadata = "m".repeat(4_096);
        group.log.fail(ErrorCode.NOT_ENOUGH_REPLICAS);
        group.log.hold();
        var commits = IntStream.range(0, 8)
                .mapToObj(i -> group.commit(committing("group-" + i, metadata), 9))
                .toList();
        assertThat(group.log.held()).isEqualTo(6);
        assertThat(commits.subList(6, 8))
                .extracting(Answer::get)
                .extracting(ShardHarness::errorOf)
                .containsOnly(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);

        group.log.release();
        assertThat(ShardHarness.errorOf(commits.get(0).get())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(group.memoryUsed()).isZero();
    }

    @Test
    void whatIsOnTheDiskIsLoadedWhateverTheBoundAndGoesOn() {
        var ids = group.stableGroup(2).stream().map(joined -> joined.memberId()).toList();
        group.commit(ids.get(0), 2, 7);
        group.restart(1);

        assertThat(group.memoryUsed()).isGreaterThan(1_000);
        assertThat(group.heartbeat(ids.get(0), 2)).isEqualTo(ErrorCode.NONE);
        assertThat(group.commit(ids.get(0), 2, 8)).isEqualTo(ErrorCode.NONE);
        assertThat(group.rebalance(ids)).hasSize(2);
        assertThat(group.state()).isEqualTo("Stable");
        assertThat(join("new", 1)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void topicsThatThereIsNoRoomForMayAllBeRead() {
        var names = IntStream.range(0, 1_000).mapToObj(i -> "t" + i).toArray(String[]::new);
        group.commit("", -1, 7);
        var request = ShardHarness.joining(group.newMemberId(), "range");
        request.protocols().get(0).setMetadata(ShardHarness.subscription(names));
        var joined = group.join(request, 9).get();
        group.assign(joined);

        var delete = new OffsetDeleteRequest().setGroupId(ShardHarness.GROUP);
        var topic = new OffsetDeleteRequestTopic().setName("orders");
        topic.partitions().add(new OffsetDeleteRequestPartition().setPartitionIndex(0));
        delete.topics().add(topic);
        var deleted = group.delete(delete);
        assertThat(deleted.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC.code());
        group.leave(joined.memberId(), null);
        group.deleteGroup(ShardHarness.GROUP);
        assertThat(group.memoryUsed()).isZero();
    }
}
