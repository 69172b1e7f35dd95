package dev.barnabas.broker.internal.controller;

import static dev.barnabas.broker.internal.controller.TestControlPlane.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.AlterConfigsRequest;
import dev.barnabas.protocol.message.AlterConfigsResponse;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlterConfigsTest {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte CLIENT_METRICS = 16;
    private static final byte GROUP = 32;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final TestControlPlane control =
            new TestControlPlane(Map.of("log.retention.hours", "1", "group.share.min.session.timeout.ms", "1000"));

    @BeforeEach
    void createTopic() {
        control.create(topic("t", 1, "segment.ms", "1000"));
    }

    @AfterEach
    void close() {
        control.close();
    }

    private ErrorCode alter(byte type, String name, AlterableConfig... configs) {
        return alter(false, resource(type, name, configs)).get(0);
    }

    private List<ErrorCode> alter(boolean validateOnly, AlterConfigsResource... resources) {
        IncrementalAlterConfigsResponse response = control.decide(
                new IncrementalAlterConfigsRequest()
                        .setResources(List.of(resources))
                        .setValidateOnly(validateOnly),
                1);
        var errors = new ArrayList<ErrorCode>();
        response.responses().forEach(result -> {
            assertThat(result.errorMessage() == null).isEqualTo(result.errorCode() == 0);
            errors.add(ErrorCode.forCode(result.errorCode()));
        });
        return errors;
    }

    private static AlterConfigsResource resource(byte type, String name, AlterableConfig... configs) {
        return new AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigs(List.of(configs));
    }

    private static AlterableConfig config(String name, byte operation, String value) {
        return new AlterableConfig().setName(name).setConfigOperation(operation).setValue(value);
    }

    private Object live(String name) {
        return control.plane.configs().topic("t", name);
    }

    @Test
    void aTopicsConfigIsSetAtOnceAndTheOthersStay() {
        assertThat(alter(TOPIC, "t", config("retention.ms", SET, "5"))).isEqualTo(ErrorCode.NONE);

        assertThat(live("retention.ms")).isEqualTo(5L);
        assertThat(live("segment.ms")).isEqualTo(1000L);
        assertThat(control.plane.configs().logConfig("t").retentionMs()).isEqualTo(5);
        assertThat(control.plane.configs().logConfig("t").segmentMs()).isEqualTo(1000);
    }

    @Test
    void aDeletedConfigFallsBackToTheBrokersDefault() {
        alter(TOPIC, "t", config("retention.ms", SET, "5"));
        assertThat(alter(TOPIC, "t", config("retention.ms", DELETE, null))).isEqualTo(ErrorCode.NONE);

        assertThat(live("retention.ms")).isEqualTo(3_600_000L);
    }

    @Test
    void listsGrowAndShrink() {
        alter(TOPIC, "t", config("cleanup.policy", APPEND, "compact"));
        assertThat(live("cleanup.policy")).isEqualTo(List.of("delete", "compact"));
        assertThat(control.plane.configs().logConfig("t").compact()).isTrue();

        alter(TOPIC, "t", config("cleanup.policy", APPEND, "compact"));
        alter(TOPIC, "t", config("cleanup.policy", SUBTRACT, "delete"));
        assertThat(live("cleanup.policy")).isEqualTo(List.of("compact"));

        assertThat(alter(TOPIC, "t", config("cleanup.policy", SUBTRACT, "compact")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(live("cleanup.policy")).isEqualTo(List.of());
        assertThat(alter(TOPIC, "t", config("retention.ms", APPEND, "5"))).isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @Test
    void aResourceChangesAsAWholeOrNotAtAll() {
        assertThat(alter(TOPIC, "t", config("retention.ms", SET, "5"), config("segment.ms", SET, "x")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);

        assertThat(live("retention.ms")).isEqualTo(3_600_000L);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(alter(TOPIC, "x", config("retention.ms", SET, "5"))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(TOPIC, "a b", config("retention.ms", SET, "5"))).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(alter(TOPIC, "", config("retention.ms", SET, "5"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(TOPIC, "t", config("no.such", SET, "5"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(TOPIC, "t", config("retention.ms", SET, null))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(TOPIC, "t", config("retention.ms", SET, "1"), config("retention.ms", DELETE, null)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter((byte) 64, "t")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(false, resource(TOPIC, "t"), resource(TOPIC, "t")))
                .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST);
    }

    @Test
    void validateOnlyChangesNothing() {
        assertThat(alter(true, resource(TOPIC, "t", config("retention.ms", SET, "5"))))
                .containsExactly(ErrorCode.NONE);

        assertThat(live("retention.ms")).isEqualTo(3_600_000L);
    }

    @Test
    void oneBrokersConfigOutranksThatOfAllAndBothTheProperties() {
        var configs = control.plane.configs();
        alter(BROKER, "", config("log.retention.ms", SET, "7"));
        assertThat(configs.brokerLong("log.retention.ms")).isEqualTo(7);
        assertThat(live("retention.ms")).isEqualTo(7L);

        alter(BROKER, "0", config("log.retention.ms", SET, "8"));
        assertThat(live("retention.ms")).isEqualTo(8L);

        alter(BROKER, "0", config("log.retention.ms", DELETE, null));
        alter(BROKER, "", config("log.retention.ms", DELETE, null));
        assertThat(live("retention.ms")).isEqualTo(3_600_000L);
    }

    @Test
    void brokerConfigsThatCannotChangeAreRefused() {
        assertThat(alter(BROKER, "0", config("num.partitions", SET, "2"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "", config("listeners", SET, "PLAINTEXT://:1")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "0", config("message.max.bytes", SET, "x"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "5", config("message.max.bytes", SET, "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "x", config("message.max.bytes", SET, "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "0", config("no.such", SET, "x"))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aListenersConfigIsOneBrokersUnlessItIsALimit() {
        assertThat(alter(BROKER, "0", config("listener.name.x.ssl.keystore.location", SET, "/k")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(alter(BROKER, "", config("listener.name.x.ssl.keystore.location", SET, "/k")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "", config("listener.name.x.no.such", SET, "/k")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "", config("listener.name.x.max.connections", SET, "5")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(alter(BROKER, "", config("listener.name.x.max.connections", SET, "y")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "0", config("listener.name.x.num.network.threads", SET, "0")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void threadsAreHalvedOrDoubledAtMost() {
        assertThat(alter(BROKER, "0", config("num.io.threads", SET, "17"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "0", config("num.io.threads", SET, "3"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "0", config("num.io.threads", SET, "16"))).isEqualTo(ErrorCode.NONE);
        assertThat(alter(BROKER, "0", config("num.io.threads", SET, "32"))).isEqualTo(ErrorCode.NONE);
        assertThat(alter(BROKER, "0", config("num.io.threads", DELETE, null))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(BROKER, "", config("num.replica.fetchers", SET, "3"))).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void eachCleanerHasMoreThanAMebibyteOfTheBuffer() {
        assertThat(alter(
                        BROKER,
                        "0",
                        config("log.cleaner.dedupe.buffer.size", SET, "2097152"),
                        config("log.cleaner.threads", SET, "2")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(
                        BROKER,
                        "0",
                        config("log.cleaner.dedupe.buffer.size", SET, "2097154"),
                        config("log.cleaner.threads", SET, "2")))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aGroupsConfigIsBoundedByTheBrokers() {
        assertThat(alter(GROUP, "g", config("consumer.session.timeout.ms", SET, "50000")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(control.plane.configs().group("g", "consumer.session.timeout.ms"))
                .isEqualTo(50000);
        assertThat(control.plane.configs().group("h", "consumer.session.timeout.ms"))
                .isEqualTo(45000);
        assertThat(alter(GROUP, "g", config("consumer.session.timeout.ms", SET, "1")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(GROUP, "", config("consumer.session.timeout.ms", SET, "50000")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(GROUP, "g", config("no.such", SET, "1"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(GROUP, "g", config("streams.num.standby.replicas", SET, "2")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(alter(GROUP, "g", config("streams.num.standby.replicas", SET, "3")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @Test
    void aGroupsSessionIsLongerThanItsHeartbeatInterval() {
        assertThat(alter(GROUP, "g", config("share.session.timeout.ms", SET, "5001")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(alter(GROUP, "g", config("share.session.timeout.ms", SET, "5000")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(GROUP, "g", config("share.heartbeat.interval.ms", SET, "6000")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @Test
    void aClientMetricsSubscriptionIsKept() {
        assertThat(alter(
                        CLIENT_METRICS,
                        "m",
                        config("interval.ms", SET, "30000"),
                        config("match", SET, "client_id=a.*")))
                .isEqualTo(ErrorCode.NONE);
        assertThat(control.image().configs(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "m")))
                .containsOnly(Map.entry("interval.ms", "30000"), Map.entry("match", "client_id=a.*"));
        assertThat(alter(CLIENT_METRICS, "m", config("interval.ms", SET, "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(CLIENT_METRICS, "m", config("interval.ms", SET, "x"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(CLIENT_METRICS, "m", config("match", SET, "no.such=a")))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(CLIENT_METRICS, "m", config("metrics", APPEND, "a"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(CLIENT_METRICS, "m", config("no.such", SET, "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void alterConfigsReplacesAllThatWasSet() {
        var request = new AlterConfigsRequest()
                .setResources(List.of(new AlterConfigsRequest.AlterConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName("t")
                        .setConfigs(List.of(new AlterConfigsRequest.AlterableConfig()
                                .setName("retention.ms")
                                .setValue("9")))));

        AlterConfigsResponse response = control.decide(request, 2);

        assertThat(response.responses().get(0).errorCode()).isZero();
        assertThat(control.image().topicConfigs("t")).containsExactly(Map.entry("retention.ms", "9"));
    }
}
