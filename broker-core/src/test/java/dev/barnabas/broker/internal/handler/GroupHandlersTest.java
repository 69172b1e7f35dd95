package dev.barnabas.broker.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.group.OneBroker;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.*;
import dev.barnabas.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.barnabas.protocol.message.LeaveGroupRequest.MemberIdentity;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.barnabas.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import dev.barnabas.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.barnabas.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every version of the group APIs, from request to an answer that fits on the wire. */
class GroupHandlersTest {

    private final OneBroker broker = new OneBroker();

    @AfterEach
    void close() throws Exception {
        broker.close();
    }

    static IntStream versionsTo6() {
        return IntStream.rangeClosed(0, 6);
    }

    static IntStream versionsTo10() {
        return IntStream.rangeClosed(0, 10);
    }

    private void findCoordinator() {
        broker.ask(new FindCoordinatorRequest().setCoordinatorKeys(List.of("g")), 4, FindCoordinatorResponse.class);
    }

    @ParameterizedTest
    @MethodSource("versionsTo6")
    void theFirstToAskForACoordinatorBringsTheOffsetsTopicIntoBeing(int version) {
        var request = new FindCoordinatorRequest();
        if (version < 4) {
            request.setKey("g");
        } else {
            request.setCoordinatorKeys(List.of("g", "h"));
        }
        var response = broker.ask(request, version, FindCoordinatorResponse.class);

        assertThat(broker.hasOffsetsTopic()).isTrue();
        assertThat(response.errorCode()).isZero();
        if (version < 4) {
            assertThat(response.host()).isEqualTo("localhost");
            assertThat(response.errorMessage()).isEqualTo("NONE");
        } else {
            assertThat(response.coordinators()).hasSize(2).allSatisfy(found -> {
                assertThat(found.nodeId()).isEqualTo(1);
                assertThat(found.port()).isEqualTo(9092);
            });
        }
    }

    @Test
    void coordinatorsOfTransactionsAreNotServed() {
        var request = new FindCoordinatorRequest().setKeyType((byte) 1).setCoordinatorKeys(List.of("t"));

        assertThat(broker.ask(request, 4, FindCoordinatorResponse.class)
                        .coordinators()
                        .get(0)
                        .errorCode())
                .isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    @Test
    void beforeThereIsAnOffsetsTopicNobodyIsCoordinator() {
        var request = new HeartbeatRequest().setGroupId("g").setGroupInstanceId(null);

        assertThat(broker.ask(request, 4, HeartbeatResponse.class).errorCode())
                .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        assertThat(broker.ask(new ListGroupsRequest(), 4, ListGroupsResponse.class)
                        .groups())
                .isEmpty();
    }

    private static JoinGroupRequest joining(String memberId) {
        return new JoinGroupRequest()
                .setGroupId("g")
                .setMemberId(memberId)
                .setGroupInstanceId(null)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(20_000)
                .setProtocolType("consumer")
                .setProtocols(List.of(
                        new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 0, 0, 0, 0, 0})));
    }

    private JoinGroupResponse join(int version) {
        var joined = broker.ask(joining(""), version, JoinGroupResponse.class);
        return joined.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()
                ? broker.ask(joining(joined.memberId()), version, JoinGroupResponse.class)
                : joined;
    }

    @ParameterizedTest
    @MethodSource("versionsTo10")
    void aMemberJoinsSyncsBeatsAndLeavesInEveryVersion(int version) {
        findCoordinator();
        var joined = join(Math.min(version, 9));
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.protocolName()).isEqualTo("range");

        var sync = new SyncGroupRequest()
                .setGroupId("g")
                .setMemberId(joined.memberId())
                .setGroupInstanceId(null)
                .setGenerationId(joined.generationId())
                .setProtocolType(version >= 5 ? "consumer" : null)
                .setProtocolName(version >= 5 ? "range" : null)
                .setAssignments(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {9})));
        assertThat(broker.ask(sync, Math.min(version, 5), SyncGroupResponse.class)
                        .assignment())
                .containsExactly(9);

        var beat = new HeartbeatRequest()
                .setGroupId("g")
                .setMemberId(joined.memberId())
                .setGroupInstanceId(null)
                .setGenerationId(1);
        assertThat(broker.ask(beat, Math.min(version, 4), HeartbeatResponse.class)
                        .errorCode())
                .isZero();

        var described = broker.ask(
                new DescribeGroupsRequest()
                        .setGroups(List.of("g", "none"))
                        .setIncludeAuthorizedOperations(version >= 3),
                Math.min(version, 6),
                DescribeGroupsResponse.class);
        assertThat(described.groups().get(0).members()).hasSize(1);
        assertThat(described.groups().get(0).authorizedOperations()).isEqualTo(version >= 3 ? 3400 : Integer.MIN_VALUE);
        assertThat(described.groups().get(1).groupState()).isEqualTo("Dead");
        assertThat(broker.ask(new ListGroupsRequest(), Math.min(version, 5), ListGroupsResponse.class)
                        .groups())
                .hasSize(1);

        var leave = new LeaveGroupRequest().setGroupId("g");
        if (version < 3) {
            leave.setMemberId(joined.memberId());
        } else {
            leave.setMembers(List.of(
                    new MemberIdentity().setMemberId(joined.memberId()).setGroupInstanceId(null),
                    new MemberIdentity().setMemberId("nobody").setGroupInstanceId(null)));
        }
        var left = broker.ask(leave, Math.min(version, 5), LeaveGroupResponse.class);
        assertThat(left.errorCode()).isZero();
        if (version >= 3) {
            assertThat(left.members())
                    .extracting(member -> (int) member.errorCode())
                    .containsExactly(0, 25);
        }
        var deleted = broker.ask(
                new DeleteGroupsRequest().setGroupsNames(List.of("g", "none", "g")),
                Math.min(version, 3),
                DeleteGroupsResponse.class);
        assertThat(deleted.results())
                .extracting(result -> (int) result.errorCode())
                .containsExactly(0, 69);
    }

    @ParameterizedTest
    @MethodSource("versionsTo10")
    void anEmptyGroupIdAndABadSessionAreRefusedInEveryVersion(int version) {
        findCoordinator();
        var join = broker.ask(joining("").setGroupId(""), Math.min(version, 9), JoinGroupResponse.class);
        assertThat(join.errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID.code());
        assertThat(join.protocolName()).isEqualTo(version >= 7 ? null : "");
        assertThat(broker.ask(joining("").setSessionTimeoutMs(5_999), Math.min(version, 9), JoinGroupResponse.class)
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT.code());
        assertThat(broker.ask(
                                new HeartbeatRequest().setGroupInstanceId(null),
                                Math.min(version, 4),
                                HeartbeatResponse.class)
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID.code());
    }

    private OffsetCommitRequest committing(int version, String topic, Uuid id, int partition) {
        return new OffsetCommitRequest()
                .setGroupId("g")
                .setGroupInstanceId(null)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(version < 10 ? topic : "")
                        .setTopicId(version < 10 ? Uuid.ZERO : id)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(7)))));
    }

    private long fetch(int version, Uuid id) {
        var request = new OffsetFetchRequest();
        if (version < 8) {
            request.setGroupId("g")
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName("orders").setPartitionIndexes(List.of(1))));
            return broker.ask(request, version, OffsetFetchResponse.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0)
                    .committedOffset();
        }
        request.setGroups(List.of(new OffsetFetchRequestGroup()
                .setGroupId("g")
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName(version < 10 ? "orders" : "")
                        .setTopicId(version < 10 ? Uuid.ZERO : id)
                        .setPartitionIndexes(List.of(1))))));
        var group =
                broker.ask(request, version, OffsetFetchResponse.class).groups().get(0);
        assertThat(group.topics().get(0).topicId()).isEqualTo(version < 10 ? Uuid.ZERO : id);
        return group.topics().get(0).partitions().get(0).committedOffset();
    }

    private List<String> fetchAllTopics(int version) {
        if (version < 8) {
            var request = new OffsetFetchRequest().setGroupId("g").setTopics(null);
            return broker.ask(request, version, OffsetFetchResponse.class).topics().stream()
                    .map(topic -> topic.name())
                    .toList();
        }
        var request = new OffsetFetchRequest()
                .setGroups(List.of(new OffsetFetchRequestGroup().setGroupId("g").setTopics(null)));
        return broker.ask(request, version, OffsetFetchResponse.class).groups().get(0).topics().stream()
                .map(topic -> topic.name())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("versionsTo10")
    void offsetsAreCommittedFetchedAndKeptAcrossARestartInEveryVersion(int version) throws Exception {
        findCoordinator();
        Uuid id = broker.createTopic("orders", 2).id();
        assertThat(fetch(version, id)).isEqualTo(-1);
        var committed = broker.ask(committing(version, "orders", id, 1), version, OffsetCommitResponse.class);
        assertThat(committed.topics().get(0).partitions().get(0).errorCode()).isZero();
        assertThat(fetch(version, id)).isEqualTo(7);
        if (version >= 2) {
            assertThat(fetchAllTopics(version)).containsExactly("orders");
        }

        broker.restart();
        assertThat(fetch(version, id)).isEqualTo(7);
        broker.deleteTopic("orders");
        assertThat(version < 10 ? fetch(version, id) : -1).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("versionsTo10")
    void whatDoesNotExistIsNotCommitted(int version) {
        findCoordinator();
        Uuid id = broker.createTopic("orders", 2).id();
        var noTopic = broker.ask(committing(version, "none", new Uuid(1, 1), 0), version, OffsetCommitResponse.class);
        var noPartition = broker.ask(committing(version, "orders", id, 2), version, OffsetCommitResponse.class);

        assertThat(noTopic.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo((version < 10 ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID).code());
        assertThat(noPartition.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @ParameterizedTest
    @MethodSource("versionsTo10")
    void withoutACoordinatorEveryApiSaysSoInEveryVersion(int version) {
        var code = ErrorCode.NOT_COORDINATOR.code();
        Uuid id = broker.createTopic("orders", 2).id();
        assertThat(broker.ask(joining(""), Math.min(version, 9), JoinGroupResponse.class)
                        .errorCode())
                .isEqualTo(code);
        assertThat(broker.ask(committing(version, "orders", id, 0), version, OffsetCommitResponse.class)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isEqualTo(code);
        var fetch = new OffsetFetchRequest();
        if (version < 8) {
            fetch.setGroupId("g")
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName("orders").setPartitionIndexes(List.of(0))));
            var response = broker.ask(fetch, version, OffsetFetchResponse.class);
            assertThat(
                            version < 2
                                    ? response.topics()
                                            .get(0)
                                            .partitions()
                                            .get(0)
                                            .errorCode()
                                    : response.errorCode())
                    .isEqualTo(code);
        } else {
            fetch.setGroups(List.of(new OffsetFetchRequestGroup().setGroupId("g")));
            assertThat(broker.ask(fetch, version, OffsetFetchResponse.class)
                            .groups()
                            .get(0)
                            .errorCode())
                    .isEqualTo(code);
        }
        assertThat(broker.ask(new OffsetDeleteRequest().setGroupId("g"), 0, OffsetDeleteResponse.class)
                        .errorCode())
                .isEqualTo(code);
    }
}
