package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InvalidCommitOffsetSizeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients may make a broker hold ends where its limits say, with an error that they understand. */
@Timeout(60)
class LimitsTest {

    private static Broker broker(Limits limits) {
        return Broker.builder()
                .topic("orders", 3)
                .property("offsets.topic.num.partitions", "1")
                .limits(limits)
                .start();
    }

    private static void commit(Admin admin, String group, int partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition("orders", partition), partition -> new OffsetAndMetadata(7)));
        admin.alterConsumerGroupOffsets(group, offsets).all().get();
    }

    @Test
    void topicsHaveNoMorePartitionsTogetherThanTheLimitSays() throws Exception {
        try (Broker broker = broker(Limits.defaults().withPartitions(5));
                Admin admin = Admin.create(broker.clientConfig())) {
            admin.createTopics(List.of(new NewTopic("two", 2, (short) 1))).all().get();
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("one", 1, (short) 1)))
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PolicyViolationException.class)
                    .hasMessageContaining("partitions of all topics: 6 (expected: at most 5");
        }
    }

    @Test
    void topicsThatExistAreNotCountedTwice(@TempDir Path directory) throws Exception {
        Limits limits = Limits.defaults().withPartitions(5);
        for (int start = 0; start < 2; start++) {
            try (Broker broker = Broker.builder()
                            .dataDir(directory)
                            .topic("orders", 3)
                            .limits(limits)
                            .start();
                    Admin admin = Admin.create(broker.clientConfig())) {
                assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                                .all()
                                .get())
                        .hasCauseInstanceOf(TopicExistsException.class);
            }
        }
    }

    @Test
    void coordinatorsGetTheirTopicAlsoWhereClientsMayCreateNoMore() throws Exception {
        try (Broker broker = Broker.builder()
                        .topic("orders", 3)
                        .limits(Limits.defaults().withPartitions(3))
                        .start();
                Admin admin = Admin.create(broker.clientConfig())) {
            commit(admin, "billing", 1);
            assertThat(admin.describeTopics(List.of("__consumer_offsets"))
                            .allTopicNames()
                            .get())
                    .hasSize(1);
        }
    }

    @Test
    void groupsBeyondTheLimitCommitNothing() throws Exception {
        try (Broker broker = broker(Limits.defaults().withGroupsPerPartition(2));
                Admin admin = Admin.create(broker.clientConfig())) {
            commit(admin, "first", 1);
            commit(admin, "second", 1);
            assertThatThrownBy(() -> commit(admin, "third", 1)).hasCauseInstanceOf(GroupMaxSizeReachedException.class);
            commit(admin, "first", 3);
        }
    }

    @Test
    void groupsHoldNoMoreBytesThanTheLimitSays() throws Exception {
        try (Broker broker = broker(Limits.defaults().withGroupBytes(6_000));
                Admin admin = Admin.create(broker.clientConfig())) {
            commit(admin, "first", 3);
            commit(admin, "second", 3);
            commit(admin, "third", 3);
            assertThatThrownBy(() -> commit(admin, "fourth", 3))
                    .hasCauseInstanceOf(InvalidCommitOffsetSizeException.class);

            admin.deleteConsumerGroups(List.of("first")).all().get();
            commit(admin, "fourth", 3);
        }
    }

    @Test
    void aGroupCommitsNoMoreOffsetsThanTheLimitSays() throws Exception {
        try (Broker broker = broker(Limits.defaults().withOffsetsPerGroup(2));
                Admin admin = Admin.create(broker.clientConfig())) {
            commit(admin, "billing", 2);
            assertThatThrownBy(() -> commit(admin, "billing", 3))
                    .hasCauseInstanceOf(InvalidCommitOffsetSizeException.class);
            assertThat(admin.listConsumerGroupOffsets("billing")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .hasSize(2);
        }
    }
}
