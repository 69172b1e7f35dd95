package dev.barnabas.broker.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {

    private static LiveConfigs live(Map<String, String> properties) {
        return new LiveConfigs(BrokerSettings.of(properties), 0, ClusterImage.empty("c"));
    }

    @Test
    void aValueOfTheWrongTypeOrOutOfRangeIsRefusedWithItsName() {
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("num.partitions", "many")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("num.partitions: many");
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("num.partitions", "0")))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("compression.type", "rar")))
                .hasMessageContaining("zstd");
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("auto.create.topics.enable", "yes")))
                .hasMessageContaining("auto.create.topics.enable: yes");
    }

    @Test
    void unknownNamesAreKeptAsTheyWereWritten() {
        var settings = BrokerSettings.of(Map.of("no.such", " 1 ", "listener.name.x.ssl.key.password", "s"));

        assertThat(settings.texts())
                .containsEntry("no.such", " 1 ")
                .containsEntry("listener.name.x.ssl.key.password", "s");
    }

    @Test
    void nodeIdAndBrokerIdAreOne() {
        assertThat(BrokerSettings.of(Map.of("broker.id", "7")).texts()).containsEntry("node.id", "7");
        assertThat(BrokerSettings.of(Map.of("node.id", "7")).texts()).containsEntry("broker.id", "7");
        assertThat(BrokerSettings.of(Map.of()).value("node.id")).isEqualTo(0);
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("node.id", "1", "broker.id", "2")))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void limitsOfSinglePeersAreReadAsKafkaReadsThem() {
        assertThat(ConnectionOverrides.parse("")).isEmpty();
        assertThat(ConnectionOverrides.parse(",")).isEmpty();
        assertThat(ConnectionOverrides.parse("127.0.0.2 : 5 , ::1:+7,localhost:0,127.0.0.2:6,"))
                .containsExactly(entry("127.0.0.2", 6), entry("::1", 7), entry("localhost", 0));
        for (String bad : List.of("x", "x:", "x:y", "a b:5", "[::1]:5", ",x:5", "x:5,,y:6", "x:2147483648")) {
            assertThatThrownBy(() -> BrokerSettings.of(Map.of("max.connections.per.ip.overrides", bad)))
                    .as(bad)
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("host:count");
        }
    }

    @Test
    void nobodyMayConnectOnlyIfThereAreExceptions() {
        assertThatThrownBy(() -> BrokerSettings.of(Map.of("max.connections.per.ip", "0")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("max.connections.per.ip.overrides");
        assertThat(BrokerSettings.of(Map.of("max.connections.per.ip", "0", "max.connections.per.ip.overrides", "::1:2"))
                        .value("max.connections.per.ip"))
                .isEqualTo(0);
    }

    @Test
    void valuesAreOfTheirType() {
        var configs = live(Map.of("log.cleanup.policy", " compact , delete ", "log.segment.bytes", " 2000000 "));

        assertThat(configs.broker("log.segment.bytes")).isEqualTo(2_000_000);
        assertThat(configs.broker("log.retention.bytes")).isEqualTo(-1L);
        assertThat(configs.broker("log.cleanup.policy")).isEqualTo(List.of("compact", "delete"));
        assertThat(configs.broker("offsets.topic.replication.factor")).isEqualTo((short) 1);
        assertThat(configs.broker("broker.rack")).isNull();
        assertThatThrownBy(() -> configs.brokerString("broker.rack")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> configs.broker("no.such")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theFinerUnitOfTimeWins() {
        assertThat(live(Map.of()).topic("t", "retention.ms")).isEqualTo(168 * 3_600_000L);
        assertThat(live(Map.of("log.retention.hours", "2")).topic("t", "retention.ms"))
                .isEqualTo(7_200_000L);
        assertThat(live(Map.of("log.retention.hours", "2", "log.retention.minutes", "3"))
                        .topic("t", "retention.ms"))
                .isEqualTo(180_000L);
        assertThat(live(Map.of("log.retention.minutes", "3", "log.retention.ms", "4"))
                        .topic("t", "retention.ms"))
                .isEqualTo(4L);
        assertThat(live(Map.of("log.retention.minutes", "-1")).topic("t", "retention.ms"))
                .isEqualTo(-1L);
        assertThat(live(Map.of("log.roll.hours", "1")).topic("t", "segment.ms")).isEqualTo(3_600_000L);
        assertThat(live(Map.of("log.flush.scheduler.interval.ms", "9")).topic("t", "flush.ms"))
                .isEqualTo(9L);
    }

    @Test
    void theLogConfigurationFollowsTheBrokersProperties() {
        var config = live(Map.of(
                        "log.segment.bytes", "2000000",
                        "log.cleanup.policy", "compact",
                        "message.max.bytes", "5000",
                        "log.message.timestamp.type", "LogAppendTime",
                        "producer.id.expiration.ms", "77"))
                .logConfig("t");

        assertThat(config.segmentBytes()).isEqualTo(2_000_000);
        assertThat(config.compact()).isTrue();
        assertThat(config.delete()).isFalse();
        assertThat(config.maxMessageBytes()).isEqualTo(5000);
        assertThat(config.logAppendTime()).isTrue();
        assertThat(config.producerIdExpirationMs()).isEqualTo(77);
    }

    @Test
    void everyTopicAndGroupPropertyHasADefaultOfItsTypeAndRange() {
        var configs = live(Map.of());
        for (Property property : TopicProperties.all()) {
            if (!property.internal()) {
                assertThat(property.check().allows(configs.topic("t", property.name())))
                        .as(property.name())
                        .isTrue();
            }
        }
        for (Property property : GroupProperties.all()) {
            assertThat(property.check().allows(configs.group("g", property.name())))
                    .as(property.name())
                    .isTrue();
        }
        for (Property property : BrokerProperties.all()) {
            Object value = property.defaultValue();
            assertThat(value == null
                            || property.check() == Check.NOT_EMPTY
                            || property.check().allows(value))
                    .as(property.name())
                    .isTrue();
        }
    }
}
