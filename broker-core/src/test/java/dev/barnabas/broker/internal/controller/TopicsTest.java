package dev.barnabas.broker.internal.controller;

import static dev.barnabas.broker.internal.controller.TestControlPlane.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.CreatePartitionsRequest;
import dev.barnabas.protocol.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import dev.barnabas.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.barnabas.protocol.message.CreatePartitionsResponse;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import dev.barnabas.protocol.message.CreateTopicsResponse;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import dev.barnabas.protocol.message.DeleteTopicsResponse;
import dev.barnabas.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TopicsTest {

    private final TestControlPlane control = new TestControlPlane(Map.of());

    @AfterEach
    void close() {
        control.close();
    }

    @Test
    void aCreatedTopicHasALeaderForEveryPartitionWhenTheAnswerComes() {
        var result = control.create(topic("orders", 3, "retention.ms", "1000"))
                .topics()
                .get(0);

        assertThat(result.errorCode()).isZero();
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
        var image = control.image().topic("orders");
        assertThat(image).isSameAs(control.image().topic(result.topicId()));
        assertThat(image.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader()).isZero();
            assertThat(partition.leaderEpoch()).isZero();
            assertThat(partition.replicas()).containsExactly(0);
            assertThat(partition.isr()).containsExactly(0);
        });
        assertThat(control.image().topicConfigs("orders")).containsExactly(Map.entry("retention.ms", "1000"));
    }

    @Test
    void theAnswerListsEveryConfigOfTheTopicInOrderOfName() {
        var configs = control.create(topic("orders", 1, "retention.ms", "1000"))
                .topics()
                .get(0)
                .configs();

        assertThat(configs).extracting(config -> config.name()).isSorted().hasSize(33);
        assertThat(configs)
                .filteredOn(config -> config.name().equals("retention.ms"))
                .singleElement()
                .satisfies(config -> {
                    assertThat(config.value()).isEqualTo("1000");
                    assertThat(config.configSource()).isEqualTo((byte) 1);
                });
    }

    @Test
    void countsOfMinusOneTakeTheBrokersDefaults() {
        var result = control.create(topic("orders", -1).setReplicationFactor((short) -1))
                .topics()
                .get(0);

        assertThat(result.numPartitions()).isEqualTo(1);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void badNamesAreRefused() {
        for (String name : List.of("", ".", "..", "a b", "a/b", "\u00e4", "x".repeat(250))) {
            assertThat(control.createError(topic(name, 1))).as(name).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        }
        assertThat(control.createError(topic("x".repeat(249), 1))).isEqualTo(ErrorCode.NONE);
        assertThat(control.createError(topic("__cluster_metadata", 1))).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void namesThatDifferInDotAndUnderscoreOnlyCollideUntilTheFirstIsDeleted() {
        control.create(topic("a.b", 1));

        assertThat(control.createError(topic("a_b", 1))).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(control.createError(topic("a.b", 1))).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS);

        delete(new DeleteTopicState().setName("a.b"));
        assertThat(control.createError(topic("a_b", 1))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void badCountsAreRefused() {
        assertThat(control.createError(topic("t", 0))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(control.createError(topic("t", -2))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(control.createError(topic("t", 1).setReplicationFactor((short) 0)))
                .isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        assertThat(control.createError(topic("t", 1).setReplicationFactor((short) 2)))
                .isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        assertThat(control.createError(topic("t", 10_001))).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(control.image().topics()).isEmpty();
    }

    @Test
    void partitionsOfAllTopicsAreBounded() {
        int half = TestControlPlane.PARTITIONS_MAX / 2;
        control.create(topic("a", half));
        control.create(topic("b", half - 1));
        assertThat(control.createError(topic("c", 2))).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(grow("b", half + 1)).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(grow("b", half)).isEqualTo(ErrorCode.NONE);
        control.decide(new DeleteTopicsRequest().setTopicNames(List.of("a")), 5);
        assertThat(control.createError(topic("c", 2))).isEqualTo(ErrorCode.NONE);
        assertThat(control.image().partitionCount()).isEqualTo(half + 2);
    }

    private ErrorCode grow(String topic, int partitions) {
        CreatePartitionsResponse response = control.decide(
                new CreatePartitionsRequest()
                        .setTopics(List.of(new CreatePartitionsTopic()
                                .setName(topic)
                                .setCount(partitions)
                                .setAssignments(null))),
                3);
        return ErrorCode.forCode(response.results().get(0).errorCode());
    }

    @Test
    void partitionsBelowZeroMakeNoRoomForOthers() {
        CreateTopicsResponse response =
                control.decide(new CreateTopicsRequest().setTopics(List.of(topic("a", 10_001), topic("b", -5_000))), 7);
        assertThat(response.topics()).allMatch(result -> result.errorCode() == ErrorCode.POLICY_VIOLATION.code());
        assertThat(control.image().topics()).isEmpty();
    }

    @Test
    @Timeout(20)
    void aRequestForAHundredThousandTopicsIsRefusedAtOnce() {
        var request = new CreateTopicsRequest();
        for (int i = 0; i < 100_000; i++) {
            request.topics().add(topic("t" + i, 1));
        }

        CreateTopicsResponse response = control.decide(request, 7);

        assertThat(response.topics())
                .hasSize(100_000)
                .allMatch(result -> result.errorCode() == ErrorCode.POLICY_VIOLATION.code());
        assertThat(control.image().topics()).isEmpty();
    }

    @Test
    void badConfigsAreRefused() {
        assertThat(control.createError(topic("t", 1, "retention.ms", "soon"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "retention.ms", "-2"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "no.such", "1"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "retention.ms", null))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "min.compaction.lag.ms", "2", "max.compaction.lag.ms", "1")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "remote.storage.enable", "true")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(control.createError(topic("t", 1, "cleanup.policy", ""))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void assignmentsByHandAreChecked() {
        assertThat(control.createError(assigned("a", Map.of(0, List.of(0), 1, List.of(0)))))
                .isEqualTo(ErrorCode.NONE);
        assertThat(control.image().topic("a").partitions()).hasSize(2);
        assertThat(control.createError(assigned("b", Map.of(0, List.of(5)))))
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(control.createError(assigned("b", Map.of(0, List.of()))))
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(control.createError(assigned("b", Map.of(0, List.of(0, 0)))))
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(control.createError(assigned("b", Map.of(1, List.of(0)))))
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(control.createError(assigned("b", Map.of(0, List.of(0))).setNumPartitions(1)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private static CreateTopicsRequest.CreatableTopic assigned(String name, Map<Integer, List<Integer>> partitions) {
        var topic = topic(name, -1).setReplicationFactor((short) -1);
        partitions.forEach((index, brokers) -> topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(index).setBrokerIds(brokers)));
        return topic;
    }

    @Test
    void aNameAskedForTwiceIsRefusedOnceAndTheOthersAreCreated() {
        var response = control.create(topic("twice", 1), topic("once", 1), topic("twice", 2));

        assertThat(response.topics()).hasSize(2);
        assertThat(errors(response))
                .containsEntry("once", ErrorCode.NONE)
                .containsEntry("twice", ErrorCode.INVALID_REQUEST);
        assertThat(control.image().topics()).extracting(topic -> topic.name()).containsExactly("once");
    }

    private static Map<String, ErrorCode> errors(CreateTopicsResponse response) {
        return response.topics().stream()
                .collect(java.util.stream.Collectors.toMap(
                        topic -> topic.name(), topic -> ErrorCode.forCode(topic.errorCode())));
    }

    @Test
    void validateOnlyChecksEverythingAndChangesNothing() {
        var request =
                new CreateTopicsRequest().setTopics(List.of(topic("t", 3))).setValidateOnly(true);

        CreateTopicsResponse response = control.decide(request, 7);

        assertThat(response.topics().get(0).errorCode()).isZero();
        assertThat(response.topics().get(0).numPartitions()).isEqualTo(3);
        assertThat(control.image().topic("t")).isNull();
    }

    @Test
    void aTopicIsDeletedByNameOrByIdAndItsConfigsGoWithIt() {
        control.create(topic("a", 1, "retention.ms", "1000"), topic("b", 1));
        Uuid b = control.image().topic("b").id();

        var results = delete(new DeleteTopicState().setName("a"), new DeleteTopicState().setTopicId(b));

        assertThat(results).allSatisfy(result -> assertThat(result.errorCode()).isZero());
        assertThat(results).extracting(DeletableTopicResult::name).containsExactly("a", "b");
        assertThat(control.image().topics()).isEmpty();
        assertThat(control.image().topic(b)).isNull();
        assertThat(control.image().topicConfigs("a")).isEmpty();
    }

    @Test
    void aTopicCreatedAgainGetsAnotherId() {
        control.create(topic("a", 1, "retention.ms", "1000"));
        Uuid first = control.image().topic("a").id();
        delete(new DeleteTopicState().setName("a"));
        control.create(topic("a", 2));

        assertThat(control.image().topic("a").id()).isNotEqualTo(first);
        assertThat(control.image().topicConfigs("a")).isEmpty();
        assertThat(control.plane.configs().topic("a", "retention.ms")).isEqualTo(604_800_000L);
    }

    @Test
    void deletionsThatCannotBeAreRefused() {
        control.create(topic("a", 1));
        Uuid a = control.image().topic("a").id();

        assertThat(deleteErrors(new DeleteTopicState().setName("x")))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(deleteErrors(new DeleteTopicState().setTopicId(new Uuid(9, 9))))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(deleteErrors(new DeleteTopicState())).containsExactly(ErrorCode.INVALID_REQUEST);
        assertThat(deleteErrors(new DeleteTopicState().setName("a").setTopicId(a)))
                .containsExactly(ErrorCode.INVALID_REQUEST);
        assertThat(deleteErrors(new DeleteTopicState().setName("a"), new DeleteTopicState().setName("a")))
                .containsExactly(ErrorCode.INVALID_REQUEST);
        assertThat(deleteErrors(new DeleteTopicState().setName("a"), new DeleteTopicState().setTopicId(a)))
                .containsExactly(ErrorCode.INVALID_REQUEST);
        assertThat(control.image().topic("a")).isNotNull();
    }

    @Test
    void deletionCanBeSwitchedOff() {
        try (var off = new TestControlPlane(Map.of("delete.topic.enable", "false"))) {
            var request = new DeleteTopicsRequest().setTopicNames(List.of("a"));

            assertThatThrownBy(() -> off.decide(request, 5)).hasCauseInstanceOf(ApiException.class);
            DeleteTopicsResponse response = off.ask(request, 5);
            assertThat(response.responses().get(0).errorCode()).isEqualTo(ErrorCode.TOPIC_DELETION_DISABLED.code());
            response = off.ask(request, 2);
            assertThat(response.responses().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        }
    }

    private List<DeletableTopicResult> delete(DeleteTopicState... topics) {
        DeleteTopicsResponse response = control.decide(new DeleteTopicsRequest().setTopics(List.of(topics)), 6);
        return response.responses();
    }

    private List<ErrorCode> deleteErrors(DeleteTopicState... topics) {
        return delete(topics).stream()
                .map(result -> ErrorCode.forCode(result.errorCode()))
                .toList();
    }

    @Test
    void partitionsAreAddedAndTheOldOnesStay() {
        control.create(topic("a", 2));
        var first = control.image().partition("a", 0);

        assertThat(addPartitions("a", 4, null, false)).isEqualTo(ErrorCode.NONE);

        assertThat(control.image().topic("a").partitions()).hasSize(4);
        assertThat(control.image().partition("a", 0)).isSameAs(first);
        assertThat(control.image().partition("a", 3).leader()).isZero();
    }

    @Test
    void additionsThatCannotBeAreRefused() {
        control.create(topic("a", 2));

        assertThat(addPartitions("a", 2, null, false)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(addPartitions("a", 1, null, false)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(addPartitions("x", 3, null, false)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(addPartitions("a", 4, List.of(List.of(0)), false)).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(addPartitions("a", 3, List.of(List.of(9)), false)).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(addPartitions("a", 3, List.of(List.of(0)), true)).isEqualTo(ErrorCode.NONE);
        assertThat(control.image().topic("a").partitions()).hasSize(2);
    }

    private ErrorCode addPartitions(String topic, int count, List<List<Integer>> assignments, boolean validateOnly) {
        var asked = new CreatePartitionsTopic().setName(topic).setCount(count);
        asked.setAssignments(
                assignments == null
                        ? null
                        : assignments.stream()
                                .map(brokers -> new CreatePartitionsAssignment().setBrokerIds(brokers))
                                .toList());
        CreatePartitionsResponse response = control.decide(
                new CreatePartitionsRequest().setTopics(List.of(asked)).setValidateOnly(validateOnly), 3);
        return ErrorCode.forCode(response.results().get(0).errorCode());
    }
}
