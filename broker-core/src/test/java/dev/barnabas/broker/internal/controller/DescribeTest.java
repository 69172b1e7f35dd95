package dev.barnabas.broker.internal.controller;

import static dev.barnabas.broker.internal.controller.TestControlPlane.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DescribeClusterRequest;
import dev.barnabas.protocol.message.DescribeClusterResponse;
import dev.barnabas.protocol.message.DescribeConfigsRequest;
import dev.barnabas.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.barnabas.protocol.message.DescribeConfigsResponse;
import dev.barnabas.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.barnabas.protocol.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import dev.barnabas.protocol.message.DescribeQuorumRequest;
import dev.barnabas.protocol.message.DescribeQuorumResponse;
import dev.barnabas.protocol.message.DescribeTopicPartitionsRequest;
import dev.barnabas.protocol.message.DescribeTopicPartitionsRequest.Cursor;
import dev.barnabas.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import dev.barnabas.protocol.message.DescribeTopicPartitionsResponse;
import dev.barnabas.protocol.message.ElectLeadersRequest;
import dev.barnabas.protocol.message.ElectLeadersResponse;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.MetadataRequest.MetadataRequestTopic;
import dev.barnabas.protocol.message.MetadataResponse;
import dev.barnabas.protocol.message.MetadataResponse.MetadataResponseTopic;
import dev.barnabas.protocol.message.UpdateFeaturesRequest;
import dev.barnabas.protocol.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.barnabas.protocol.message.UpdateFeaturesResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribeTest {

    /** What is not one of Kafka's properties by itself. */
    private static final Map<String, String> STARTED_WITH_OTHERS = Map.of(
            "my.plugin.token", "secret",
            "listener.name.outside.ssl.keystore.type", "PKCS12",
            "listener.name.outside.plain.sasl.jaas.config", "secret");

    private final TestControlPlane control = new TestControlPlane(startedWith());

    private static Map<String, String> startedWith() {
        Map<String, String> properties = new HashMap<>(STARTED_WITH_OTHERS);
        properties.putAll(Map.of("log.retention.hours", "2", "log.roll.ms", "77", "ssl.keystore.password", "secret"));
        return properties;
    }

    @BeforeEach
    void createTopics() {
        control.create(topic("a", 3, "retention.ms", "5000"), topic("b", 2));
    }

    @AfterEach
    void close() {
        control.close();
    }

    private MetadataResponse metadata(int version, boolean create, MetadataRequestTopic... topics) {
        return control.ask(new MetadataRequest().setTopics(List.of(topics)).setAllowAutoTopicCreation(create), version);
    }

    private static MetadataRequestTopic named(String name) {
        return new MetadataRequestTopic().setName(name);
    }

    private static MetadataRequestTopic withId(Uuid id) {
        return new MetadataRequestTopic().setName(null).setTopicId(id);
    }

    @Test
    void metadataShowsBrokersAndTopics() {
        var response = metadata(12, false, named("a"), named("b"), named("a"));

        assertThat(response.clusterId()).isEqualTo("test-cluster");
        assertThat(response.controllerId()).isZero();
        assertThat(response.brokers()).singleElement().satisfies(broker -> {
            assertThat(broker.host()).isEqualTo("localhost");
            assertThat(broker.port()).isEqualTo(9092);
        });
        assertThat(response.topics()).extracting(MetadataResponseTopic::name).containsExactlyInAnyOrder("a", "b");
        assertThat(response.topics())
                .allSatisfy(topic -> assertThat(topic.partitions()).allSatisfy(partition -> {
                    assertThat(partition.errorCode()).isZero();
                    assertThat(partition.leaderId()).isZero();
                    assertThat(partition.offlineReplicas()).isEmpty();
                }));
    }

    @Test
    void noTopicsMeansAllInVersion0AndNoneLater() {
        assertThat(metadata(0, true).topics()).hasSize(2);
        assertThat(metadata(1, true).topics()).isEmpty();
        MetadataResponse all = control.ask(new MetadataRequest().setTopics(null), 1);
        assertThat(all.topics()).hasSize(2);
    }

    @Test
    void topicsAreFoundById() {
        Uuid a = control.image().topic("a").id();
        var response = metadata(12, true, withId(a), withId(new Uuid(1, 2)));

        assertThat(response.topics().get(0).name()).isEqualTo("a");
        assertThat(response.topics().get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(response.topics().get(1).name()).isNull();
        assertThat(metadata(11, true, withId(a)).topics().get(0).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void aMissingTopicIsCreatedAndShownInTheSameAnswer() {
        var topic = metadata(9, true, named("new")).topics().get(0);

        assertThat(topic.errorCode()).isZero();
        assertThat(topic.partitions()).hasSize(1);
        assertThat(metadata(9, false, named("other")).topics().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(metadata(9, true, named("a b")).topics().get(0).errorCode())
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(control.image().topics()).hasSize(3);
    }

    @Test
    void autoCreationCanBeSwitchedOff() {
        try (var off = new TestControlPlane(Map.of("auto.create.topics.enable", "false"))) {
            MetadataResponse response = off.ask(new MetadataRequest().setTopics(List.of(named("new"))), 9);

            assertThat(response.topics().get(0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @Test
    void topicPartitionsComePageByPage() {
        var request = new DescribeTopicPartitionsRequest()
                .setResponsePartitionLimit(2)
                .setCursor(null);
        var seen = new ArrayList<String>();
        for (int page = 0; page < 3; page++) {
            DescribeTopicPartitionsResponse response = control.ask(request, 0);
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(partition -> seen.add(topic.name() + partition.partitionIndex())));
            var next = response.nextCursor();
            if (next == null) {
                break;
            }
            request.setCursor(new Cursor().setTopicName(next.topicName()).setPartitionIndex(next.partitionIndex()));
        }
        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1");
    }

    @Test
    void aCursorMustBeAmongTheTopicsAskedFor() {
        var request = new DescribeTopicPartitionsRequest()
                .setTopics(List.of(new TopicRequest().setName("a")))
                .setCursor(new Cursor().setTopicName("b"));
        DescribeTopicPartitionsResponse response = control.ask(request, 0);

        assertThat(response.topics().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    private DescribeConfigsResourceResult config(int type, String resource, String name) {
        var request = new DescribeConfigsRequest()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType((byte) type)
                        .setResourceName(resource)
                        .setConfigurationKeys(List.of(name))))
                .setIncludeSynonyms(true)
                .setIncludeDocumentation(true);
        DescribeConfigsResponse response = control.ask(request, 4);
        assertThat(response.results().get(0).errorCode()).isZero();
        return response.results().get(0).configs().get(0);
    }

    @Test
    void configsAreDescribedWithTheirSources() {
        var own = config(2, "a", "retention.ms");
        assertThat(own.value()).isEqualTo("5000");
        assertThat(own.configSource()).isEqualTo((byte) 1);

        var inherited = config(2, "b", "retention.ms");
        assertThat(inherited.value()).isEqualTo("7200000");

        var rolled = config(2, "b", "segment.ms");
        assertThat(rolled.value()).isEqualTo("77");
        assertThat(rolled.configSource()).isEqualTo((byte) 4);
        assertThat(rolled.synonyms())
                .extracting(synonym -> synonym.name() + "=" + synonym.value())
                .containsExactly("log.roll.ms=77", "log.roll.hours=168");

        var secret = config(4, "0", "ssl.keystore.password");
        assertThat(secret.value()).isNull();
        assertThat(secret.isSensitive()).isTrue();
        assertThat(secret.synonyms())
                .allSatisfy(synonym -> assertThat(synonym.value()).isNull());

        var readOnly = config(4, "0", "num.partitions");
        assertThat(readOnly.readOnly()).isTrue();
        assertThat(readOnly.configSource()).isEqualTo((byte) 5);
    }

    @Test
    void aBrokersPropertyThatKafkaDoesNotKnowIsShownWithoutItsValue() {
        set("0", "my.plugin.password", "secret");
        set("", "my.plugin.url", "somewhere");

        for (var other : List.of(
                config(4, "0", "my.plugin.password"),
                config(4, "0", "my.plugin.url"),
                config(4, "", "my.plugin.url"))) {
            assertThat(other.value()).isNull();
            assertThat(other.configType()).isZero();
            assertThat(other.isSensitive()).isTrue();
            assertThat(other.readOnly()).isTrue();
            assertThat(other.synonyms()).singleElement().satisfies(own -> {
                assertThat(own.name()).isEqualTo(other.name());
                assertThat(own.value()).isNull();
                assertThat(own.source()).isEqualTo(other.configSource());
            });
        }
        assertThat(config(4, "0", "my.plugin.password").configSource()).isEqualTo((byte) 2);
        assertThat(config(4, "0", "my.plugin.url").configSource()).isEqualTo((byte) 3);
    }

    @Test
    void whatKafkaDoesNotKnowIsShownAlsoIfItWasGivenAtTheStart() {
        var plugins = config(4, "0", "my.plugin.token");
        assertThat(plugins.value()).isNull();
        assertThat(plugins.configType()).isZero();
        assertThat(plugins.isSensitive()).isTrue();
        assertThat(plugins.readOnly()).isTrue();
        assertThat(plugins.configSource()).isEqualTo((byte) 4);
        assertThat(plugins.synonyms()).singleElement().satisfies(own -> {
            assertThat(own.name()).isEqualTo("my.plugin.token");
            assertThat(own.value()).isNull();
            assertThat(own.source()).isEqualTo((byte) 4);
        });

        set("", "my.plugin.token", "other");
        assertThat(config(4, "0", "my.plugin.token").synonyms())
                .extracting(DescribeConfigsSynonym::source)
                .containsExactly((byte) 3, (byte) 4);
    }

    @Test
    void aListenersPropertyIsShownAlsoIfItWasGivenAtTheStart() {
        String name = "listener.name.outside.ssl.keystore.type";
        var type = config(4, "0", name);
        assertThat(type.value()).isEqualTo("PKCS12");
        assertThat(type.configType()).isEqualTo((byte) 2);
        assertThat(type.configSource()).isEqualTo((byte) 4);
        assertThat(type.synonyms())
                .extracting(synonym -> synonym.name() + "=" + synonym.value())
                .containsExactly(name + "=PKCS12", "ssl.keystore.type=JKS");

        var mechanisms = config(4, "0", "listener.name.outside.plain.sasl.jaas.config");
        assertThat(mechanisms.value()).isNull();
        assertThat(mechanisms.configType()).isEqualTo((byte) 9);
        assertThat(mechanisms.isSensitive()).isTrue();

        set("0", name, "PEM");
        assertThat(config(4, "0", name).value()).isEqualTo("PEM");
    }

    @Test
    void aListenersPropertyIsShownBeforeThatOfAllListeners() {
        set("0", "listener.name.internal.ssl.truststore.type", "PKCS12");
        set("0", "listener.name.internal.ssl.key.password", "secret");

        var type = config(4, "0", "listener.name.internal.ssl.truststore.type");
        assertThat(type.value()).isEqualTo("PKCS12");
        assertThat(type.configType()).isEqualTo((byte) 2);
        assertThat(type.isSensitive()).isFalse();
        assertThat(type.synonyms())
                .extracting(synonym -> synonym.name() + "=" + synonym.value())
                .containsExactly("listener.name.internal.ssl.truststore.type=PKCS12", "ssl.truststore.type=JKS");

        var password = config(4, "0", "listener.name.internal.ssl.key.password");
        assertThat(password.value()).isNull();
        assertThat(password.isSensitive()).isTrue();
        assertThat(password.synonyms())
                .allSatisfy(synonym -> assertThat(synonym.value()).isNull());
    }

    private void set(String broker, String name, String value) {
        IncrementalAlterConfigsResponse response = control.decide(
                new IncrementalAlterConfigsRequest()
                        .setResources(List.of(new AlterConfigsResource()
                                .setResourceType((byte) 4)
                                .setResourceName(broker)
                                .setConfigs(List.of(
                                        new AlterableConfig().setName(name).setValue(value))))),
                1);
        assertThat(response.responses().get(0).errorCode()).isZero();
    }

    @Test
    void everyPropertyOfEveryResourceIsDocumented() {
        for (var asked : List.of(resource(2, "a"), resource(4, "0"), resource(16, "m"), resource(32, "g"))) {
            DescribeConfigsResponse response = control.ask(
                    new DescribeConfigsRequest().setResources(List.of(asked)).setIncludeDocumentation(true), 4);
            assertThat(response.results().get(0).configs())
                    .filteredOn(config -> !STARTED_WITH_OTHERS.containsKey(config.name()))
                    .isNotEmpty()
                    .allSatisfy(config ->
                            assertThat(config.documentation()).as(config.name()).isNotEmpty());
        }
    }

    private static DescribeConfigsResource resource(int type, String name) {
        return new DescribeConfigsResource()
                .setResourceType((byte) type)
                .setResourceName(name)
                .setConfigurationKeys(null);
    }

    @Test
    void theQuorumIsThisBroker() {
        var request = new DescribeQuorumRequest()
                .setTopics(List.of(new DescribeQuorumRequest.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequest.PartitionData(), partition(1)))));
        DescribeQuorumResponse response = control.ask(request, 2);

        var partitions = response.topics().get(0).partitions();
        assertThat(partitions.get(0).leaderId()).isZero();
        assertThat(partitions.get(0).leaderEpoch()).isEqualTo(1);
        assertThat(partitions.get(0).highWatermark()).isPositive();
        assertThat(partitions.get(0).currentVoters()).hasSize(1);
        assertThat(partitions.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static DescribeQuorumRequest.PartitionData partition(int index) {
        return new DescribeQuorumRequest.PartitionData().setPartitionIndex(index);
    }

    @Test
    void theClusterIsItsBrokersAndNotItsControllers() {
        DescribeClusterResponse response = control.ask(new DescribeClusterRequest(), 2);
        assertThat(response.brokers()).hasSize(1);
        assertThat(response.clusterId()).isEqualTo("test-cluster");

        response = control.ask(new DescribeClusterRequest().setEndpointType((byte) 2), 2);
        assertThat(response.errorCode()).isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code());
    }

    @Test
    void noElectionIsNeededWhereTheLeaderIsThePreferredOne() {
        ElectLeadersResponse response = control.ask(new ElectLeadersRequest().setTopicPartitions(null), 2);
        assertThat(response.replicaElectionResults()).hasSize(2).allSatisfy(topic -> assertThat(topic.partitionResult())
                .isEmpty());

        var asked = new ElectLeadersRequest.TopicPartitions().setTopic("a").setPartitions(List.of(0, 9));
        response = control.ask(new ElectLeadersRequest().setTopicPartitions(List.of(asked)), 2);
        assertThat(response.replicaElectionResults().get(0).partitionResult())
                .extracting(result -> ErrorCode.forCode(result.errorCode()))
                .containsExactly(ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void featuresCannotBeRaisedToWhatIsNotServed() {
        assertThat(update("transaction.version", 2)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("metadata.version", 99)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("metadata.version", 30)).isEqualTo(ErrorCode.NONE);
        assertThat(update("transaction.version", 0)).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode update(String feature, int level) {
        UpdateFeaturesResponse response = control.ask(
                new UpdateFeaturesRequest()
                        .setFeatureUpdates(List.of(
                                new FeatureUpdateKey().setFeature(feature).setMaxVersionLevel((short) level))),
                2);
        return ErrorCode.forCode(response.errorCode());
    }
}
