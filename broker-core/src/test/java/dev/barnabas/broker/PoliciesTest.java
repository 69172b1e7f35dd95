package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies that were written for Apache Kafka (KIP-108, KIP-133) are asked. */
@Timeout(60)
class PoliciesTest {

    private static final String CREATE = "create.topic.policy.class.name";
    private static final String ALTER = "alter.config.policy.class.name";

    /** What the policies were told; they are made by the broker, and so are found by nothing but their class. */
    private static final Queue<String> TOLD = new ConcurrentLinkedQueue<>();

    /** Refuses topics of one partition. */
    public static class TwoPartitions implements CreateTopicPolicy {
        @Override
        public void configure(Map<String, ?> configs) {
            TOLD.add("configure " + configs.get("my.policy.setting") + " " + configs.get("num.partitions"));
        }

        @Override
        public void validate(RequestMetadata asked) {
            TOLD.add(asked.topic() + " " + asked.numPartitions() + " " + asked.replicationFactor() + " "
                    + asked.replicasAssignments() + " " + asked.configs());
            if (asked.topic().equals("buggy")) {
                throw new IllegalStateException("a bug");
            }
            if (asked.numPartitions() != null && asked.numPartitions() < 2) {
                throw new PolicyViolationException("at least 2 partitions, not " + asked.numPartitions());
            }
        }

        @Override
        public void close() {
            TOLD.add("closed");
        }
    }

    /** Refuses a retention. */
    public static class NoRetention implements AlterConfigPolicy {
        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void validate(RequestMetadata asked) {
            TOLD.add(asked.resource() + " " + new TreeMap<>(asked.configs()));
            if (asked.configs().get("retention.ms") != null) {
                throw new PolicyViolationException("no retention");
            }
        }

        @Override
        public void close() {
            TOLD.add("closed");
        }
    }

    /** Cannot be made. */
    public static class Broken extends TwoPartitions {
        public Broken() {
            throw new IllegalStateException("broken");
        }
    }

    /** Cannot be called. */
    public static class Needy extends TwoPartitions {
        public Needy(String something) {
            TOLD.add(something);
        }
    }

    @BeforeEach
    void forget() {
        TOLD.clear();
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, (short) 1);
    }

    private static void create(Admin admin, NewTopic... topics) throws Exception {
        admin.createTopics(Arrays.asList(topics)).all().get();
    }

    @Test
    void aTopicThatThePolicyRefusesIsNotCreated() throws Exception {
        try (Broker broker = Broker.builder()
                        .property(CREATE, TwoPartitions.class.getName())
                        .property("my.policy.setting", "mine")
                        .property("num.partitions", "3")
                        .start();
                Admin admin = Admin.create(broker.clientConfig())) {
            var results = admin.createTopics(List.of(topic("one", 1), topic("two", 2)));
            assertThatThrownBy(() -> results.values().get("one").get())
                    .hasCauseInstanceOf(PolicyViolationException.class)
                    .hasMessageContaining("at least 2 partitions, not 1");
            results.values().get("two").get();
            var validated = admin.createTopics(List.of(topic("one", 1)), new CreateTopicsOptions().validateOnly(true));
            assertThatThrownBy(() -> validated.all().get()).hasCauseInstanceOf(PolicyViolationException.class);
            create(admin, new NewTopic("given", Map.of(0, List.of(0))).configs(Map.of("segment.ms", "70000")));
            create(admin, new NewTopic("default", Optional.empty(), Optional.empty()));

            assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("two", "given", "default");
        }
        assertThat(TOLD)
                .containsExactly(
                        "configure mine 3",
                        "one 1 1 null {}",
                        "two 2 1 null {}",
                        "one 1 1 null {}",
                        "given null null {0=[0]} {segment.ms=70000}",
                        "default 3 1 null {}",
                        "closed");
    }

    @Test
    void aPolicysBugIsAnUnknownErrorOfThatTopic() throws Exception {
        try (Broker broker = Broker.builder()
                        .property(CREATE, TwoPartitions.class.getName())
                        .start();
                Admin admin = Admin.create(broker.clientConfig())) {
            var results = admin.createTopics(List.of(topic("buggy", 3), topic("two", 2)));
            assertThatThrownBy(() -> results.values().get("buggy").get())
                    .hasCauseInstanceOf(UnknownServerException.class);
            results.values().get("two").get();
        }
    }

    @Test
    void coordinatorsAndThoseWhoStartTheBrokerAskThePolicyToo() throws Exception {
        var builder = Broker.builder().property(CREATE, TwoPartitions.class.getName());
        try (Broker broker =
                        builder.property("offsets.topic.num.partitions", "2").start();
                Admin admin = Admin.create(broker.clientConfig())) {
            create(admin, topic("two", 2));
            admin.alterConsumerGroupOffsets("g", Map.of(new TopicPartition("two", 0), new OffsetAndMetadata(1)))
                    .all()
                    .get();
        }
        assertThat(TOLD).anyMatch(told -> told.startsWith("__consumer_offsets 2 1 null"));
        assertThatThrownBy(() -> builder.topic("one", 1).start())
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("at least 2 partitions");
    }

    private static void alter(Admin admin, ConfigResource resource, AlterConfigOp... operations) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(operations)))
                .all()
                .get();
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static AlterConfigOp unset(String name) {
        return new AlterConfigOp(new ConfigEntry(name, null), AlterConfigOp.OpType.DELETE);
    }

    @Test
    void propertiesThatThePolicyRefusesAreNotChanged() throws Exception {
        var orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        var broker0 = new ConfigResource(ConfigResource.Type.BROKER, "0");
        try (Broker broker = Broker.builder()
                        .topic("orders", 1)
                        .property(ALTER, NoRetention.class.getName())
                        .start();
                Admin admin = Admin.create(broker.clientConfig())) {
            alter(admin, orders, set("segment.ms", "70000"), set("max.message.bytes", "5000"));
            assertThatThrownBy(() -> alter(admin, orders, set("retention.ms", "1000"), unset("segment.ms")))
                    .hasCauseInstanceOf(PolicyViolationException.class)
                    .hasMessageContaining("no retention");
            assertThatThrownBy(() -> alter(admin, orders, set("retention.ms", "x")))
                    .hasCauseInstanceOf(InvalidConfigurationException.class);
            alter(admin, orders, unset("segment.ms"), set("max.message.bytes", "5000"));
            alter(admin, broker0, set("log.cleaner.threads", "2"));
            assertThatThrownBy(() -> create(admin, topic("other", 1).configs(Map.of("retention.ms", "1000"))))
                    .hasCauseInstanceOf(PolicyViolationException.class);
            create(admin, topic("other", 1).configs(Map.of("segment.ms", "70000")), topic("plain", 1));

            var described = admin.describeConfigs(List.of(orders)).all().get().get(orders);
            assertThat(described.get("retention.ms").value()).isEqualTo("604800000");
            assertThat(described.get("segment.ms").isDefault()).isTrue();
        }
        String ofOrders = "ConfigResource(type=TOPIC, name='orders') ";
        String ofOther = "ConfigResource(type=TOPIC, name='other') ";
        assertThat(TOLD)
                .containsExactly(
                        ofOrders + new TreeMap<>(Map.of("segment.ms", "70000", "max.message.bytes", "5000")),
                        ofOrders + unsetBeside("retention.ms", "1000"),
                        ofOrders + "{segment.ms=null}",
                        "ConfigResource(type=BROKER, name='0') {log.cleaner.threads=2}",
                        ofOther + "{retention.ms=1000}",
                        ofOther + "{segment.ms=70000}",
                        "closed");
    }

    private static Map<String, String> unsetBeside(String name, String value) {
        var changes = new TreeMap<String, String>();
        changes.put("segment.ms", null);
        changes.put(name, value);
        return changes;
    }

    @ParameterizedTest
    @CsvSource({
        CREATE + ", no.such.Policy, ClassNotFoundException",
        CREATE + ", java.lang.String, it is no CreateTopicPolicy",
        CREATE + ", dev.barnabas.broker.Broker, it is no CreateTopicPolicy",
        CREATE + ", dev.barnabas.broker.PoliciesTest$NoRetention, it is no CreateTopicPolicy",
        CREATE + ", dev.barnabas.broker.PoliciesTest$Broken, broken",
        CREATE + ", dev.barnabas.broker.PoliciesTest$Needy, NoSuchMethodException",
        CREATE + ", '', ClassNotFoundException",
        ALTER + ", no.such.Policy, ClassNotFoundException",
        ALTER + ", dev.barnabas.broker.PoliciesTest$TwoPartitions, it is no AlterConfigPolicy"
    })
    void aBrokerDoesNotStartWithoutThePolicyThatItIsToHave(String property, String className, String reason) {
        assertThatThrownBy(() -> Broker.builder().property(property, className).start())
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(property + ": " + className)
                .hasMessageContaining(reason);
    }

    @Test
    void aPolicyIsClosedIfTheOtherCannotBeHad() {
        assertThatThrownBy(() -> Broker.builder()
                        .property(CREATE, TwoPartitions.class.getName())
                        .property(ALTER, "no.such.Policy")
                        .start())
                .isInstanceOf(BrokerException.class);
        assertThat(TOLD).containsExactly("configure null null", "closed");
    }
}
