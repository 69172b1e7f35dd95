package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups as Kafka's own consumers and admin client see them. */
class GroupClientsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    private final List<Member> members = new ArrayList<>();
    private Broker broker = Broker.builder().topic("orders", 6).start();

    @AfterEach
    void close() {
        members.forEach(Member::close);
        broker.close();
    }

    /** A consumer and what its rebalance listener was told. */
    private final class Member implements ConsumerRebalanceListener, AutoCloseable {
        final KafkaConsumer<String, String> consumer;
        final List<String> values = new ArrayList<>();
        final Set<TopicPartition> revoked = new HashSet<>();
        int rebalances;
        boolean open = true;

        Member(Map<String, Object> extra) {
            Map<String, Object> config = new HashMap<>(broker.clientConfig());
            config.put(ConsumerConfig.GROUP_ID_CONFIG, "billing");
            config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 100);
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
            config.putAll(extra);
            consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
            members.add(this);
        }

        Member subscribe() {
            consumer.subscribe(List.of("orders"), this);
            return this;
        }

        void poll() {
            consumer.poll(POLL).forEach(record -> values.add(record.value()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            rebalances++;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                consumer.close();
            }
        }
    }

    private Member member() {
        return new Member(Map.of()).subscribe();
    }

    private void produce(int count) {
        try (var producer =
                new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("orders", i % 6, "key-" + i, "value-" + i));
            }
        }
    }

    /** Polls all until every one has {@code each} partitions. */
    private static void pollUntilShared(int each, Member... sharing) {
        await().atMost(DEADLINE).pollInterval(Duration.ofMillis(1)).until(() -> {
            for (var member : sharing) {
                member.poll();
            }
            return List.of(sharing).stream()
                    .allMatch(member -> member.consumer.assignment().size() == each);
        });
    }

    private static void pollUntilRead(int count, Member... reading) {
        await().atMost(DEADLINE).pollInterval(Duration.ofMillis(1)).until(() -> {
            for (var member : reading) {
                member.poll();
            }
            return List.of(reading).stream()
                            .mapToInt(member -> member.values.size())
                            .sum()
                    >= count;
        });
    }

    @Test
    void threeConsumersShareATopicAndTwoTakeOverWhenOneLeaves() {
        produce(60);
        var a = member();
        var b = member();
        var c = member();
        pollUntilShared(2, a, b, c);
        pollUntilRead(60, a, b, c);

        c.close();
        pollUntilShared(3, a, b);
        assertThat(a.rebalances).isGreaterThanOrEqualTo(2);
        assertThat(a.revoked).isNotEmpty();
    }

    @Test
    void anotherConsumerGoesOnWhereOffsetsWereCommitted() {
        produce(60);
        var first = member();
        pollUntilRead(60, first);
        first.consumer.commitSync();
        first.close();
        produce(6);

        var second = member();
        pollUntilRead(6, second);
        assertThat(second.values).hasSize(6);
        var committed = new AtomicReference<Map<TopicPartition, OffsetAndMetadata>>();
        second.consumer.commitAsync((offsets, error) -> {
            assertThat(error).isNull();
            committed.set(offsets);
        });
        await().atMost(DEADLINE).until(() -> {
            second.poll();
            return committed.get() != null;
        });
        assertThat(second.consumer
                        .committed(Set.of(new TopicPartition("orders", 0)))
                        .values())
                .extracting(OffsetAndMetadata::offset)
                .containsExactly(11L);
    }

    @Test
    void aStaticMemberThatRestartsCausesNoRebalance() {
        var a = new Member(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "a")).subscribe();
        var b = new Member(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "b")).subscribe();
        pollUntilShared(3, a, b);
        var kept = b.consumer.assignment();
        int rebalances = a.rebalances;
        b.close();

        var back = new Member(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "b")).subscribe();
        pollUntilShared(3, a, back);
        assertThat(back.consumer.assignment()).isEqualTo(kept);
        assertThat(a.rebalances).isEqualTo(rebalances);
    }

    @Test
    void cooperativeConsumersKeepWhatTheyNeedNotGive() {
        Map<String, Object> cooperative =
                Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        produce(60);
        var a = new Member(cooperative).subscribe();
        pollUntilShared(6, a);
        var b = new Member(cooperative).subscribe();
        pollUntilShared(3, a, b);

        assertThat(a.revoked).hasSize(3).doesNotContainAnyElementsOf(a.consumer.assignment());
        pollUntilRead(60, a, b);
        b.close();
        pollUntilShared(6, a);
        assertThat(a.revoked).hasSize(3);
    }

    @Test
    void aMemberThatStopsPollingLosesItsPartitions() {
        var a = member();
        var stuck = new Member(Map.of(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 1_000)).subscribe();
        pollUntilShared(3, a, stuck);

        pollUntilShared(6, a);
    }

    @Test
    void groupsAndOffsetsSurviveARestartOnDisk(@TempDir Path directory) throws Exception {
        broker.close();
        broker = Broker.builder().dataDir(directory).topic("orders", 6).start();
        produce(60);
        var first = member();
        pollUntilRead(60, first);
        first.consumer.commitSync();
        first.close();
        broker.close();

        broker = Broker.builder().dataDir(directory).start();
        try (var admin = Admin.create(broker.clientConfig())) {
            assertThat(admin.listGroups().all().get())
                    .extracting(listed -> listed.groupId())
                    .containsExactly("billing");
        }
        produce(6);
        var second = member();
        pollUntilRead(6, second);
        assertThat(second.values).hasSize(6);
    }

    @Test
    void groupsAreDescribedListedAndDeleted() throws Exception {
        var a = member();
        pollUntilShared(6, a);
        try (var admin = Admin.create(broker.clientConfig())) {
            var described =
                    admin.describeConsumerGroups(List.of("billing")).all().get().get("billing");
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.partitionAssignor()).isEqualTo("range");
            assertThat(described.members()).hasSize(1).allSatisfy(member -> {
                assertThat(member.host()).isEqualTo("/127.0.0.1");
                assertThat(member.assignment().topicPartitions()).hasSize(6);
            });
            assertThat(admin.listGroups(ListGroupsOptions.forConsumerGroups().inGroupStates(Set.of(GroupState.STABLE)))
                            .all()
                            .get())
                    .hasSize(1);
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of("billing")).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GroupNotEmptyException.class);

            a.close();
            admin.deleteConsumerGroups(List.of("billing")).all().get();
            assertThat(admin.listGroups().all().get()).isEmpty();
            assertThatThrownBy(() -> admin.describeConsumerGroups(List.of("billing"))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @Test
    void offsetsAreAlteredListedAndDeleted() throws Exception {
        produce(60);
        var first = new TopicPartition("orders", 0);
        try (var admin = Admin.create(broker.clientConfig())) {
            admin.alterConsumerGroupOffsets("billing", Map.of(first, new OffsetAndMetadata(4, "by hand")))
                    .all()
                    .get();
            var offsets = admin.listConsumerGroupOffsets("billing")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(offsets).containsOnlyKeys(first);
            assertThat(offsets.get(first).offset()).isEqualTo(4);
            assertThat(offsets.get(first).metadata()).isEqualTo("by hand");

            var a = member();
            pollUntilRead(56, a);
            assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("billing", Set.of(first))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
            a.close();
            admin.deleteConsumerGroupOffsets("billing", Set.of(first)).all().get();
            assertThat(admin.listConsumerGroupOffsets("billing")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEmpty();
        }
    }

    @Test
    void anAdministratorRemovesMembers() throws Exception {
        var a = new Member(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "a")).subscribe();
        pollUntilShared(6, a);
        try (var admin = Admin.create(broker.clientConfig())) {
            a.close();
            admin.removeMembersFromConsumerGroup(
                            "billing", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("a"))))
                    .all()
                    .get();
            var described =
                    admin.describeConsumerGroups(List.of("billing")).all().get();
            assertThat(described.get("billing").groupState()).isEqualTo(GroupState.EMPTY);
        }
    }

    @Test
    void offsetsOfADeletedTopicAreGoneWhenTheDeletionIsAnswered() throws Exception {
        try (var admin = Admin.create(broker.clientConfig())) {
            var partitions =
                    admin.describeTopics(List.of("orders")).allTopicNames().get().get("orders").partitions().stream()
                            .map(info -> new TopicPartition("orders", info.partition()))
                            .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(0)));
            admin.alterConsumerGroupOffsets("billing", partitions).all().get();
            admin.deleteTopics(List.of("orders")).all().get();

            assertThat(admin.listConsumerGroupOffsets("billing")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEmpty();
        }
    }
}
