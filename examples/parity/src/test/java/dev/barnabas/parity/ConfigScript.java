package dev.barnabas.parity;

import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_CONFIG_RESOURCES;

import java.util.List;

/** DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources. */
final class ConfigScript {
    static final int TOPIC = 2;
    static final int BROKER = 4;
    private static final int BROKER_LOGGER = 8;
    private static final int CLIENT_METRICS = 16;
    private static final int GROUP = 32;
    static final int SET = 0;
    static final int DELETE = 1;
    static final int APPEND = 2;
    static final int SUBTRACT = 3;

    private ConfigScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("describe-configs", ConfigScript::describe),
                new Scenario("alter-configs", ConfigScript::alter),
                new Scenario("alter-configs-twice", ConfigScript::alterTwice),
                new Scenario("incremental-alter-configs", ConfigScript::incremental),
                new Scenario("incremental-alter-configs-group", ConfigScript::incrementalGroup),
                new Scenario("alter-configs-client-metrics", ConfigScript::alterClientMetrics),
                new Scenario("list-config-resources", ConfigScript::list));
    }

    static String resource(int type, String name, String keys) {
        return "{resourceType:%d,resourceName:'%s',configurationKeys:%s}".formatted(type, name, keys);
    }

    static String resources(String... resources) {
        return "resources:[" + String.join(",", resources) + "]";
    }

    private static void describe(Session s) throws Exception {
        String name = s.topic("t", 1, "retention.ms", "100000", "cleanup.policy", "compact")
                .name();
        for (int v : versions(DESCRIBE_CONFIGS)) {
            String all = ",includeSynonyms:true,includeDocumentation:true";
            s.ask("every config of a topic", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, name, "null")) + all);
            s.ask("without synonyms and documentation", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, name, "null")));
            s.ask(
                    "every config of a group",
                    DESCRIBE_CONFIGS,
                    v,
                    resources(resource(GROUP, s.named("g"), "null")) + all);
            s.ask(
                    "two configs and one unknown",
                    DESCRIBE_CONFIGS,
                    v,
                    resources(resource(TOPIC, name, "['retention.ms','segment.ms','no.such']")) + all);
            s.ask("no configs", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, name, "[]")));
            s.ask("an unknown topic", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, s.named("unknown"), "null")));
            s.ask("an invalid topic name", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, "a b", "null")));
            s.ask("an empty topic name", DESCRIBE_CONFIGS, v, resources(resource(TOPIC, "", "null")));
            s.ask("an unknown broker", DESCRIBE_CONFIGS, v, resources(resource(BROKER, "5", "null")));
            s.ask("a broker that is no number", DESCRIBE_CONFIGS, v, resources(resource(BROKER, "x", "null")));
            s.ask("an empty group name", DESCRIBE_CONFIGS, v, resources(resource(GROUP, "", "null")));
            for (int type : new int[] {0, 1, 3, 64}) {
                s.ask("resource type " + type, DESCRIBE_CONFIGS, v, resources(resource(type, "x", "null")));
            }
            s.ask("the cluster's defaults", DESCRIBE_CONFIGS, v, resources(resource(BROKER, "", "null")) + all);
            s.ask("loggers of an unknown broker", DESCRIBE_CONFIGS, v, resources(resource(BROKER_LOGGER, "5", "null")));
            s.ask("client metrics", DESCRIBE_CONFIGS, v, resources(resource(CLIENT_METRICS, "m", "null")) + all);
        }
        s.ask("nothing", DESCRIBE_CONFIGS, newest(DESCRIBE_CONFIGS), "resources:[]");
        s.ask(
                "the same topic twice",
                DESCRIBE_CONFIGS,
                newest(DESCRIBE_CONFIGS),
                resources(resource(TOPIC, name, "['retention.ms']"), resource(TOPIC, name, "['retention.ms']")));
    }

    private static String alterable(int type, String name, String... configs) {
        var list = new StringBuilder();
        for (int i = 0; i < configs.length; i += 2) {
            list.append(i == 0 ? "" : ",")
                    .append("{name:'%s',value:%s}"
                            .formatted(configs[i], configs[i + 1] == null ? null : "'" + configs[i + 1] + "'"));
        }
        return "{resourceType:%d,resourceName:'%s',configs:[%s]}".formatted(type, name, list);
    }

    private static void overridden(Session s, String name) throws Exception {
        s.ask(
                "what it is now",
                DESCRIBE_CONFIGS,
                4,
                resources(
                                resource(
                                        TOPIC,
                                        name,
                                        "['retention.ms','segment.ms','cleanup.policy','max.message.bytes','follower.replication.throttled.replicas']"))
                        + ",includeSynonyms:true");
    }

    private static void alter(Session s) throws Exception {
        for (int v : versions(ALTER_CONFIGS)) {
            String name = s.topic("v" + v, 1, "segment.ms", "70000").name();
            s.ask(
                    "validate only",
                    ALTER_CONFIGS,
                    v,
                    resources(alterable(TOPIC, name, "retention.ms", "5000")) + ",validateOnly:true");
            overridden(s, name);
            s.ask(
                    "set, and so unset the other",
                    ALTER_CONFIGS,
                    v,
                    resources(alterable(TOPIC, name, "retention.ms", "500000")));
            s.awaitConfig(TOPIC, name, "retention.ms", "500000");
            overridden(s, name);
            s.ask(
                    "a value of the wrong type",
                    ALTER_CONFIGS,
                    v,
                    resources(alterable(TOPIC, name, "retention.ms", "x")));
            s.ask("a value out of range", ALTER_CONFIGS, v, resources(alterable(TOPIC, name, "retention.ms", "-5")));
            s.ask("a null value", ALTER_CONFIGS, v, resources(alterable(TOPIC, name, "retention.ms", null)));
            s.ask("an unknown config", ALTER_CONFIGS, v, resources(alterable(TOPIC, name, "no.such", "1")));
            s.ask(
                    "an unknown topic",
                    ALTER_CONFIGS,
                    v,
                    resources(alterable(TOPIC, s.named("unknown"), "retention.ms", "5000")));
            s.ask(
                    "an invalid topic name",
                    ALTER_CONFIGS,
                    v,
                    resources(alterable(TOPIC, "a b", "retention.ms", "5000")));
            s.ask("an empty topic name", ALTER_CONFIGS, v, resources(alterable(TOPIC, "", "retention.ms", "5000")));
            s.ask("an unknown broker", ALTER_CONFIGS, v, resources(alterable(BROKER, "5", "log.cleaner.threads", "2")));
            s.ask("a read-only config", ALTER_CONFIGS, v, resources(alterable(BROKER, "0", "num.partitions", "2")));
            for (int type : new int[] {0, 1, 3, 64}) {
                s.ask("resource type " + type, ALTER_CONFIGS, v, resources(alterable(type, "x", "a", "b")));
            }
            s.ask(
                    "one good, one bad",
                    ALTER_CONFIGS,
                    v,
                    resources(
                            alterable(TOPIC, name, "retention.ms", "600000"),
                            alterable(TOPIC, s.named("unknown"), "a", "1")));
            s.awaitConfig(TOPIC, name, "retention.ms", "600000");
            s.ask("unset everything", ALTER_CONFIGS, v, resources(alterable(TOPIC, name)));
            s.awaitConfig(TOPIC, name, "retention.ms", "604800000");
            overridden(s, name);
        }
    }

    /** Apache Kafka's legacy AlterConfigs leaves this question without an answer. */
    private static void alterTwice(Session s) throws Exception {
        String name = s.topic("t", 1).name();
        var body = resources(alterable(TOPIC, name, "retention.ms", "1"), alterable(TOPIC, name, "retention.ms", "1"));
        s.connect().tell("the same topic twice", ALTER_CONFIGS, 2, Body.of(ALTER_CONFIGS, 2, body));
    }

    static String operation(String name, int operation, String value) {
        return "{name:'%s',configOperation:%d,value:%s}"
                .formatted(name, operation, value == null ? null : "'" + value + "'");
    }

    static String change(int type, String name, String... operations) {
        return "{resourceType:%d,resourceName:'%s',configs:[%s]}".formatted(type, name, String.join(",", operations));
    }

    private static void incremental(Session s) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        for (int v : versions(api)) {
            String name = s.topic("v" + v, 1, "segment.ms", "70000").name();
            s.ask(
                    "validate only",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", SET, "5000"))) + ",validateOnly:true");
            s.ask(
                    "set one, keep the other",
                    api,
                    v,
                    resources(change(
                            TOPIC,
                            name,
                            operation("retention.ms", SET, "500000"),
                            operation("max.message.bytes", SET, "2000"))));
            s.awaitConfig(TOPIC, name, "retention.ms", "500000");
            overridden(s, name);
            s.ask("delete", api, v, resources(change(TOPIC, name, operation("retention.ms", DELETE, null))));
            s.awaitConfig(TOPIC, name, "retention.ms", "604800000");
            s.ask(
                    "delete what is not set",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", DELETE, null))));
            s.ask(
                    "delete with a value",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", DELETE, "7"))));
            s.ask(
                    "append to a list",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("cleanup.policy", APPEND, "compact"))));
            s.awaitConfig(TOPIC, name, "cleanup.policy", "delete,compact");
            overridden(s, name);
            s.ask(
                    "append what is there",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("cleanup.policy", APPEND, "compact"))));
            s.ask(
                    "subtract from a list",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("cleanup.policy", SUBTRACT, "delete"))));
            s.awaitConfig(TOPIC, name, "cleanup.policy", "compact");
            overridden(s, name);
            s.ask(
                    "subtract the last",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("cleanup.policy", SUBTRACT, "compact"))));
            overridden(s, name);
            s.ask(
                    "append to what is no list",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", APPEND, "5"))));
            s.ask(
                    "subtract from what is no list",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", SUBTRACT, "5"))));
            s.ask(
                    "a value of the wrong type",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("retention.ms", SET, "x"))));
            s.ask(
                    "a value out of range",
                    api,
                    v,
                    resources(change(TOPIC, name, operation("min.insync.replicas", SET, "0"))));
            s.ask("a null value", api, v, resources(change(TOPIC, name, operation("retention.ms", SET, null))));
            s.ask("an unknown config", api, v, resources(change(TOPIC, name, operation("no.such", SET, "1"))));
            s.ask(
                    "the same config twice",
                    api,
                    v,
                    resources(change(
                            TOPIC,
                            name,
                            operation("retention.ms", SET, "1"),
                            operation("retention.ms", DELETE, null))));
            s.ask(
                    "an unknown topic",
                    api,
                    v,
                    resources(change(TOPIC, s.named("unknown"), operation("retention.ms", SET, "1"))));
            s.ask(
                    "an invalid topic name",
                    api,
                    v,
                    resources(change(TOPIC, "a b", operation("retention.ms", SET, "1"))));
            s.ask("an empty topic name", api, v, resources(change(TOPIC, "", operation("retention.ms", SET, "1"))));
            s.ask("no operations", api, v, resources(change(TOPIC, name)));
            s.ask("no resources", api, v, "resources:[]");
            String one = change(TOPIC, name, operation("retention.ms", SET, "1"));
            s.ask("the same topic twice", api, v, resources(one, one));
            for (int type : new int[] {0, 1, 3, 64}) {
                s.ask("resource type " + type, api, v, resources(change(type, "x", operation("a", SET, "b"))));
            }
        }
    }

    private static void incrementalGroup(Session s) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        for (int v : versions(api)) {
            String group = s.named("v" + v);
            String described = resources(
                            resource(GROUP, group, "['consumer.session.timeout.ms','consumer.heartbeat.interval.ms']"))
                    + ",includeSynonyms:true";
            s.ask(
                    "set",
                    api,
                    v,
                    resources(change(GROUP, group, operation("consumer.session.timeout.ms", SET, "50000"))));
            s.awaitConfig(GROUP, group, "consumer.session.timeout.ms", "50000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
            s.ask(
                    "below the minimum",
                    api,
                    v,
                    resources(change(GROUP, group, operation("consumer.session.timeout.ms", SET, "1"))));
            s.ask(
                    "a value of the wrong type",
                    api,
                    v,
                    resources(change(GROUP, group, operation("consumer.session.timeout.ms", SET, "x"))));
            s.ask("an unknown config", api, v, resources(change(GROUP, group, operation("no.such", SET, "1"))));
            for (String standbys : List.of("3", "2", "0")) {
                s.ask(
                        standbys + " standby replicas",
                        api,
                        v,
                        resources(change(GROUP, group, operation("streams.num.standby.replicas", SET, standbys))));
            }
            s.ask(
                    "no standby replicas of its own",
                    api,
                    v,
                    resources(change(GROUP, group, operation("streams.num.standby.replicas", DELETE, null))));
            s.ask(
                    "an empty group name",
                    api,
                    v,
                    resources(change(GROUP, "", operation("consumer.session.timeout.ms", SET, "50000"))));
            s.ask(
                    "delete",
                    api,
                    v,
                    resources(change(GROUP, group, operation("consumer.session.timeout.ms", DELETE, null))));
            s.awaitConfig(GROUP, group, "consumer.session.timeout.ms", "45000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
        }
    }

    /** KIP-714: subscriptions are kept for the brokers that have a receiver for what clients report. */
    private static void alterClientMetrics(Session s) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        for (int v : versions(api)) {
            String name = s.named("v" + v);
            String described = resources(resource(CLIENT_METRICS, name, "null")) + ",includeSynonyms:true";
            s.ask(
                    "set",
                    api,
                    v,
                    resources(change(
                            CLIENT_METRICS,
                            name,
                            operation("interval.ms", SET, "30000"),
                            operation("metrics", SET, "org.apache.kafka.producer.,org.apache.kafka.consumer."),
                            operation("match", SET, "client_id=a.*"))));
            s.awaitConfig(CLIENT_METRICS, name, "interval.ms", "30000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
            s.ask("who has one", LIST_CONFIG_RESOURCES, 0, "");
            for (String value : new String[] {"1", "3600001", "x", ""}) {
                s.ask(
                        "an interval of '" + value + "'",
                        api,
                        v,
                        resources(change(CLIENT_METRICS, name, operation("interval.ms", SET, value))));
            }
            for (String value :
                    new String[] {"no.such=a", "client_id", "client_id=[", "client_id=a,client_source_port=1"}) {
                s.ask(
                        "clients that match " + value,
                        api,
                        v,
                        resources(change(CLIENT_METRICS, name, operation("match", SET, value))));
            }
            s.ask("an unknown config", api, v, resources(change(CLIENT_METRICS, name, operation("no.such", SET, "1"))));
            s.ask(
                    "an empty name",
                    api,
                    v,
                    resources(change(CLIENT_METRICS, "", operation("interval.ms", SET, "30000"))));
            s.ask(
                    "append to and subtract from lists",
                    api,
                    v,
                    resources(change(
                            CLIENT_METRICS,
                            name,
                            operation("metrics", APPEND, "org.apache.kafka.admin."),
                            operation("match", SUBTRACT, "client_id=a.*"))));
            s.ask(
                    "append to what is no list",
                    api,
                    v,
                    resources(change(CLIENT_METRICS, name, operation("interval.ms", APPEND, "1"))));
            s.ask("delete", api, v, resources(change(CLIENT_METRICS, name, operation("interval.ms", DELETE, null))));
            s.awaitConfig(CLIENT_METRICS, name, "interval.ms", "300000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
        }
        s.ask(
                "replace all",
                ALTER_CONFIGS,
                2,
                "resources:[{resourceType:%d,resourceName:'%s',configs:[{name:'metrics',value:'*'}]}]"
                        .formatted(CLIENT_METRICS, s.named("v1")));
        s.awaitConfig(CLIENT_METRICS, s.named("v1"), "metrics", "*");
        s.ask("what it is now", DESCRIBE_CONFIGS, 4, resources(resource(CLIENT_METRICS, s.named("v1"), "null")));
    }

    private static void list(Session s) throws Exception {
        s.quietly(
                INCREMENTAL_ALTER_CONFIGS,
                1,
                resources(change(GROUP, s.named("g"), operation("consumer.session.timeout.ms", SET, "50000"))));
        s.awaitConfig(GROUP, s.named("g"), "consumer.session.timeout.ms", "50000");
        s.ask("client metrics", LIST_CONFIG_RESOURCES, 0, "");
        s.ask("brokers", LIST_CONFIG_RESOURCES, 1, "resourceTypes:[4,8]");
        s.ask("groups", LIST_CONFIG_RESOURCES, 1, "resourceTypes:[32]");
        s.ask("client metrics", LIST_CONFIG_RESOURCES, 1, "resourceTypes:[16]");
        s.ask("an unknown type", LIST_CONFIG_RESOURCES, 1, "resourceTypes:[64]");
        s.ask("type 0", LIST_CONFIG_RESOURCES, 1, "resourceTypes:[0]");
    }
}
