package dev.barnabas.broker.internal.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.AccessControlEntryRecord;
import dev.barnabas.protocol.message.ConfigRecord;
import dev.barnabas.protocol.message.FenceBrokerRecord;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.PartitionChangeRecord;
import dev.barnabas.protocol.message.PartitionRecord;
import dev.barnabas.protocol.message.ProducerIdsRecord;
import dev.barnabas.protocol.message.RegisterBrokerRecord;
import dev.barnabas.protocol.message.RemoveTopicRecord;
import dev.barnabas.protocol.message.TopicRecord;
import dev.barnabas.protocol.message.UnfenceBrokerRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataDeltaTest {

    private static final Uuid ID = new Uuid(1, 1);

    private ClusterImage image = ClusterImage.empty("c");

    private void apply(MetadataRecordType type, Message message) {
        var delta = new MetadataDelta(image);
        delta.apply(MetadataRecord.of(type, message));
        image = delta.image(image.offset() + 1);
    }

    private void createTopic(String name, Uuid id, int partitions) {
        var delta = new MetadataDelta(image);
        delta.apply(MetadataRecord.of(
                MetadataRecordType.TOPIC_RECORD, new TopicRecord().setName(name).setTopicId(id)));
        for (int i = partitions - 1; i >= 0; i--) {
            delta.apply(MetadataRecord.of(
                    MetadataRecordType.PARTITION_RECORD,
                    new PartitionRecord()
                            .setTopicId(id)
                            .setPartitionId(i)
                            .setReplicas(List.of(0))
                            .setIsr(List.of(0))
                            .setLeader(0)
                            .setLeaderEpoch(0)
                            .setPartitionEpoch(0)));
        }
        image = delta.image(image.offset() + 1);
    }

    private void configure(byte type, String resource, String name, String value) {
        apply(
                MetadataRecordType.CONFIG_RECORD,
                new ConfigRecord()
                        .setResourceType(type)
                        .setResourceName(resource)
                        .setName(name)
                        .setValue(value));
    }

    @Test
    void partitionsStandInOrderWhateverTheOrderOfTheirRecords() {
        createTopic("t", ID, 12);

        assertThat(image.topic("t").partitions())
                .extracting(PartitionImage::index)
                .isSorted()
                .hasSize(12);
    }

    @Test
    void aChangeOfLeaderRaisesTheLeaderEpochAndEveryChangeThePartitionEpoch() {
        createTopic("t", ID, 1);
        apply(
                MetadataRecordType.PARTITION_CHANGE_RECORD,
                new PartitionChangeRecord().setTopicId(ID).setPartitionId(0).setIsr(List.of()));
        assertThat(image.partition("t", 0).leaderEpoch()).isZero();
        assertThat(image.partition("t", 0).partitionEpoch()).isEqualTo(1);

        apply(
                MetadataRecordType.PARTITION_CHANGE_RECORD,
                new PartitionChangeRecord().setTopicId(ID).setPartitionId(0).setLeader(-1));
        assertThat(image.partition("t", 0).leader()).isEqualTo(-1);
        assertThat(image.partition("t", 0).leaderEpoch()).isEqualTo(1);
        assertThat(image.partition("t", 0).partitionEpoch()).isEqualTo(2);
    }

    @Test
    void whatDidNotChangeIsTheSameObjectInTheNextImage() {
        createTopic("a", ID, 1);
        createTopic("b", new Uuid(2, 2), 1);
        configure((byte) 2, "a", "retention.ms", "1");
        var before = image;
        configure((byte) 2, "b", "retention.ms", "2");

        assertThat(image.topic("a")).isSameAs(before.topic("a"));
        assertThat(image.topicConfigs("a")).isSameAs(before.topicConfigs("a"));
        assertThat(before.topicConfigs("b")).isEmpty();
        assertThat(image.topicConfigs("b")).containsEntry("retention.ms", "2");
        assertThat(image.brokers()).isSameAs(before.brokers());
    }

    @Test
    void aRemovedTopicTakesItsConfigsAlong() {
        createTopic("a.b", ID, 1);
        configure((byte) 2, "a.b", "retention.ms", "1");
        assertThat(image.collidingTopic("a_b")).isEqualTo("a.b");

        apply(MetadataRecordType.REMOVE_TOPIC_RECORD, new RemoveTopicRecord().setTopicId(ID));

        assertThat(image.topic("a.b")).isNull();
        assertThat(image.topic(ID)).isNull();
        assertThat(image.topicConfigs("a.b")).isEmpty();
        assertThat(image.collidingTopic("a_b")).isNull();
    }

    @Test
    void aFencedBrokerIsNotAmongTheBrokers() {
        apply(MetadataRecordType.REGISTER_BROKER_RECORD, new RegisterBrokerRecord().setBrokerId(3));
        assertThat(image.brokers()).isEmpty();
        assertThat(image.knowsBroker(3)).isTrue();

        apply(MetadataRecordType.UNFENCE_BROKER_RECORD, new UnfenceBrokerRecord().setId(3));
        assertThat(image.brokers()).containsOnlyKeys(3);

        apply(MetadataRecordType.FENCE_BROKER_RECORD, new FenceBrokerRecord().setId(3));
        assertThat(image.brokers()).isEmpty();
        assertThat(image.fencedBrokers()).extracting(BrokerImage::id).containsExactly(3);
    }

    @Test
    void aRecordThatContradictsTheLogIsRefused() {
        assertThatThrownBy(() -> apply(MetadataRecordType.REMOVE_TOPIC_RECORD, new RemoveTopicRecord().setTopicId(ID)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> apply(
                        MetadataRecordType.PARTITION_RECORD,
                        new PartitionRecord().setTopicId(ID).setPartitionId(0)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theRecordsOfAnImageMakeThatImage() {
        createTopic("a", ID, 3);
        configure((byte) 2, "a", "retention.ms", "1");
        configure((byte) 4, "", "message.max.bytes", "2");
        configure((byte) 32, "g", "consumer.session.timeout.ms", "50000");
        apply(MetadataRecordType.PRODUCER_IDS_RECORD, new ProducerIdsRecord().setNextProducerId(5000));
        apply(
                MetadataRecordType.REGISTER_BROKER_RECORD,
                new RegisterBrokerRecord().setBrokerId(3).setFenced(false));
        apply(MetadataRecordType.ACCESS_CONTROL_ENTRY_RECORD, new AccessControlEntryRecord().setId(ID));

        var delta = new MetadataDelta(ClusterImage.empty("c"));
        delta.applyAll(ImageRecords.of(image));
        var copy = delta.image(image.offset());

        assertThat(copy.topics()).containsExactlyElementsOf(image.topics());
        assertThat(copy.topicConfigs("a")).isEqualTo(image.topicConfigs("a"));
        assertThat(copy.brokerConfigs("")).isEqualTo(image.brokerConfigs(""));
        assertThat(copy.groupConfigs("g")).isEqualTo(image.groupConfigs("g"));
        assertThat(copy.nextProducerId()).isEqualTo(5000);
        assertThat(copy.brokers()).isEqualTo(image.brokers());
        assertThat(ImageRecords.of(copy)).containsExactlyInAnyOrderElementsOf(ImageRecords.of(image));
    }

    @Test
    void aShardedMapBehavesLikeAMapThroughManyGenerations() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        Map<String, Integer> expected = new HashMap<>();
        ShardedMap<String, Integer> map = ShardedMap.empty();
        for (int generation = 0; generation < 200; generation++) {
            var before = map;
            var copy = new HashMap<>(expected);
            var builder = map.toBuilder();
            for (int change = random.nextInt(20); change > 0; change--) {
                String key = "k" + random.nextInt(500);
                if (random.nextInt(3) == 0) {
                    assertThat(builder.remove(key)).as("seed %d", seed).isEqualTo(expected.remove(key));
                } else {
                    builder.put(key, generation);
                    expected.put(key, generation);
                }
            }
            map = builder.build();
            assertThat(entries(map)).as("seed %d", seed).isEqualTo(expected);
            assertThat(entries(before)).as("seed %d", seed).isEqualTo(copy);
            assertThat(map.size()).isEqualTo(expected.size());
            assertThat(map.values()).hasSize(expected.size());
        }
    }

    private static Map<String, Integer> entries(ShardedMap<String, Integer> map) {
        Map<String, Integer> entries = new HashMap<>();
        map.forEach(entries::put);
        return entries;
    }
}
