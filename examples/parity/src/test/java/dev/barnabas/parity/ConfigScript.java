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
    private static final int TOPIC = 2;
    private static final int BROKER = 4;
    private static final int BROKER_LOGGER = 8;
    private static final int CLIENT_METRICS = 16;
    private static final int GROUP = 32;
    private static final int SET = 0;
    private static final int DELETE = 1;
    private static final int APPEND = 2;
    private static final int SUBTRACT = 3;

    private ConfigScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("describe-configs", ConfigScript::describe),
                new Scenario("describe-configs-broker", ConfigScript::describeBroker),
                new Scenario("alter-configs", ConfigScript::alter),
                new Scenario("alter-configs-twice", ConfigScript::alterTwice),
                new Scenario("incremental-alter-configs", ConfigScript::incremental),
                new Scenario("incremental-alter-configs-broker", ConfigScript::incrementalBroker),
                new Scenario("connections-per-ip", ConfigScript::connectionsPerIp),
                new Scenario("incremental-alter-configs-group", ConfigScript::incrementalGroup),
                new Scenario("alter-configs-client-metrics", ConfigScript::alterClientMetrics),
                new Scenario("list-config-resources", ConfigScript::list));
    }

    private static String resource(int type, String name, String keys) {
        return "{resourceType:%d,resourceName:'%s',configurationKeys:%s}".formatted(type, name, keys);
    }

    private static String resources(String... resources) {
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

    private static void describeBroker(Session s) throws Exception {
        s.ask(
                "every config of the broker",
                DESCRIBE_CONFIGS,
                4,
                resources(resource(BROKER, "0", "null")) + ",includeSynonyms:true,includeDocumentation:true");
        for (int v : versions(DESCRIBE_CONFIGS)) {
            s.ask(
                    "some configs of the broker",
                    DESCRIBE_CONFIGS,
                    v,
                    resources(
                                    resource(
                                            BROKER,
                                            "0",
                                            "['log.retention.hours','log.retention.ms','message.max.bytes','num.partitions',"
                                                    + "'offsets.topic.num.partitions','default.replication.factor','min.insync.replicas',"
                                                    + "'auto.create.topics.enable','group.initial.rebalance.delay.ms','compression.type',"
                                                    + "'log.cleanup.policy','ssl.keystore.password','node.id','background.threads']"))
                            + ",includeSynonyms:true,includeDocumentation:true");
            s.ask(
                    "what no broker knows, and what is of a listener",
                    DESCRIBE_CONFIGS,
                    v,
                    resources(resource(
                                    BROKER,
                                    "0",
                                    "['my.plugin.url','my.plugin.nothing','listener.name.given.ssl.keystore.type',"
                                            + "'listener.name.given.ssl.key.password','listener.name.given.plain.sasl.jaas.config',"
                                            + "'listener.name.given.plain.connections.max.reauth.ms',"
                                            + "'listener.name.given.max.connections','listener.name.given.no.such']"))
                            + ",includeSynonyms:true,includeDocumentation:true");
        }
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

    private static String operation(String name, int operation, String value) {
        return "{name:'%s',configOperation:%d,value:%s}"
                .formatted(name, operation, value == null ? null : "'" + value + "'");
    }

    private static String change(int type, String name, String... operations) {
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

    /** So high that no connection of the script meets them. */
    private static void connectionLimits(Session s, int v) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        s.ask(
                "limits of connections",
                api,
                v,
                resources(
                        change(BROKER, "0", operation("max.connections", SET, "100000")),
                        change(BROKER, "", operation("max.connections.per.ip", SET, "50000"))));
        s.awaitConfig(BROKER, "0", "max.connections", "100000");
        s.awaitConfig(BROKER, "0", "max.connections.per.ip", "50000");
        s.ask(
                "what the limits are now",
                DESCRIBE_CONFIGS,
                4,
                resources(resource(BROKER, "0", "['max.connections','max.connections.per.ip']"))
                        + ",includeSynonyms:true");
        for (String name : List.of("max.connections", "max.connections.per.ip")) {
            s.ask(name + " below zero", api, v, resources(change(BROKER, "0", operation(name, SET, "-1"))));
        }
        s.ask(
                "the idle time",
                api,
                v,
                resources(change(BROKER, "0", operation("connections.max.idle.ms", SET, "500000"))));
        s.ask(
                "no limits",
                api,
                v,
                resources(
                        change(BROKER, "0", operation("max.connections", DELETE, null)),
                        change(BROKER, "", operation("max.connections.per.ip", DELETE, null))));
        s.awaitConfig(BROKER, "0", "max.connections", "2147483647");
        s.awaitConfig(BROKER, "0", "max.connections.per.ip", "2147483647");
        listenerLimits(s, v);
    }

    /** Of a listener that is not there. Where the broker's own limit is set as well, Apache Kafka checks the type of one of the two. */
    private static void listenerLimits(Session s, int v) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        for (String broker : List.of("0", "")) {
            String whose = broker.isEmpty() ? "every broker's " : "one broker's ";
            for (String name : List.of("max.connections", "max.connection.creation.rate")) {
                s.ask(whose + name + " 0", api, v, resources(change(BROKER, broker, operation(name, SET, "0"))));
                for (String value : List.of("x", "-1", "0", "5")) {
                    s.ask(
                            whose + name + " " + value + " of a listener",
                            api,
                            v,
                            resources(change(BROKER, broker, operation("listener.name.other." + name, SET, value))));
                }
                s.ask(
                        whose + name + " of a listener no more",
                        api,
                        v,
                        resources(change(BROKER, broker, operation("listener.name.other." + name, DELETE, null))));
            }
            for (String name : List.of("ssl.keystore.type", "no.such", "num.network.threads", "num.partitions")) {
                s.ask(
                        whose + name + " of a listener",
                        api,
                        v,
                        resources(change(BROKER, broker, operation("listener.name.other." + name, SET, "1"))));
                s.quietly(
                        api,
                        v,
                        resources(change(BROKER, broker, operation("listener.name.other." + name, DELETE, null))));
            }
        }
    }

    /** Limits of one address. The script's own, 127.0.0.1, is given room at all times. */
    private static void connectionsPerIp(Session s) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        String overrides = "max.connections.per.ip.overrides";
        String described = resources(resource(BROKER, "0", "['" + overrides + "','max.connections.per.ip']"))
                + ",includeSynonyms:true";
        for (int v : versions(api)) {
            for (String broker : List.of("0", "")) {
                String whose = broker.isEmpty() ? "every broker's " : "one broker's ";
                for (String value : List.of(
                        "127.0.0.2:5",
                        "127.0.0.2:5,localhost:100000",
                        " 127.0.0.2 : 5 , ::1:7 ",
                        "127.0.0.2:5,127.0.0.2:6",
                        "127.0.0.2:0",
                        "127.0.0.2:-1",
                        "127.0.0.2:+7",
                        "127.0.0.2:2147483647",
                        "127.0.0.2:2147483648",
                        "127.0.0.2:x",
                        "127.0.0.2:",
                        "127.0.0.2",
                        "x",
                        ":5",
                        "a b:5",
                        "a/b:5",
                        "[::1]:5",
                        "127.0.0.2:5,",
                        ",127.0.0.2:5",
                        "127.0.0.2:5,,127.0.0.3:6",
                        ",",
                        " ",
                        "",
                        "127.0.0.2:8")) {
                    s.ask(
                            whose + "overrides '" + value + "'",
                            api,
                            v,
                            resources(change(BROKER, broker, operation(overrides, SET, value))));
                }
                s.awaitConfig(BROKER, "0", overrides, "127.0.0.2:8");
                s.ask(whose + "overrides last", DESCRIBE_CONFIGS, 4, described);
                s.ask(
                        whose + "no overrides",
                        api,
                        v,
                        resources(change(BROKER, broker, operation(overrides, DELETE, null))));
                s.awaitConfig(BROKER, "0", overrides, "");
                s.ask(
                        whose + "limit 0 without overrides",
                        api,
                        v,
                        resources(change(BROKER, broker, operation("max.connections.per.ip", SET, "0"))));
                s.ask(
                        whose + "limit 0 with overrides",
                        api,
                        v,
                        resources(change(
                                BROKER,
                                broker,
                                operation("max.connections.per.ip", SET, "0"),
                                operation(overrides, SET, "127.0.0.1:100000,127.0.0.2:1"))));
                s.awaitConfig(BROKER, "0", "max.connections.per.ip", "0");
                s.ask(whose + "limit 0 is there", DESCRIBE_CONFIGS, 4, described);
                s.ask(
                        whose + "overrides taken from a limit of 0",
                        api,
                        v,
                        resources(change(BROKER, broker, operation(overrides, DELETE, null))));
                s.ask(
                        whose + "overrides of nobody and a limit of 0",
                        api,
                        v,
                        resources(change(BROKER, broker, operation(overrides, SET, ""))));
                s.ask(
                        whose + "no limits",
                        api,
                        v,
                        resources(change(
                                BROKER,
                                broker,
                                operation("max.connections.per.ip", DELETE, null),
                                operation(overrides, DELETE, null))));
                s.awaitConfig(BROKER, "0", "max.connections.per.ip", "2147483647");
                s.awaitConfig(BROKER, "0", overrides, "");
            }
        }
    }

    private static void incrementalBroker(Session s) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        String described =
                resources(resource(BROKER, "0", "['log.cleaner.backoff.ms','message.max.bytes','log.retention.ms']"))
                        + ",includeSynonyms:true";
        for (int v : versions(api)) {
            s.ask(
                    "one broker's config",
                    api,
                    v,
                    resources(change(BROKER, "0", operation("log.cleaner.backoff.ms", SET, "14000"))));
            s.awaitConfig(BROKER, "0", "log.cleaner.backoff.ms", "14000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
            s.ask(
                    "every broker's config",
                    api,
                    v,
                    resources(change(BROKER, "", operation("message.max.bytes", SET, "2000000"))));
            s.awaitConfig(BROKER, "0", "message.max.bytes", "2000000");
            s.ask("what it is now", DESCRIBE_CONFIGS, 4, described);
            s.ask(
                    "the cluster's defaults",
                    DESCRIBE_CONFIGS,
                    4,
                    resources(resource(BROKER, "", "null")) + ",includeSynonyms:true");
            connectionLimits(s, v);
            s.ask("a read-only config", api, v, resources(change(BROKER, "0", operation("num.partitions", SET, "3"))));
            s.ask(
                    "a read-only config by default",
                    api,
                    v,
                    resources(change(BROKER, "", operation("num.partitions", SET, "3"))));
            s.ask(
                    "a value of the wrong type",
                    api,
                    v,
                    resources(change(BROKER, "0", operation("message.max.bytes", SET, "x"))));
            s.ask("an unknown config", api, v, resources(change(BROKER, "0", operation("no.such", SET, "x"))));
            s.ask(
                    "a listener's config",
                    api,
                    v,
                    resources(
                            change(BROKER, "0", operation("listener.name.other.ssl.truststore.type", SET, "PKCS12"))));
            s.awaitConfig(BROKER, "0", "listener.name.other.ssl.truststore.type", "PKCS12");
            for (String broker : List.of("0", "")) {
                for (String config : List.of(
                        "ssl.truststore.type=JKS",
                        "no.such=x",
                        "num.partitions=x",
                        "max.connections=x",
                        "max.connections=5",
                        "num.network.threads=0")) {
                    String[] nameAndValue = config.split("=");
                    String name = "listener.name.another." + nameAndValue[0];
                    String whose = broker.isEmpty() ? "every broker" : "one broker";
                    s.ask(
                            "a listener's " + config + " for " + whose,
                            api,
                            v,
                            resources(change(BROKER, broker, operation(name, SET, nameAndValue[1]))));
                    s.ask(
                            "a listener's no " + config + " for " + whose,
                            api,
                            v,
                            resources(change(BROKER, broker, operation(name, DELETE, null))));
                }
            }
            s.ask(
                    "what these are now",
                    DESCRIBE_CONFIGS,
                    4,
                    resources(resource(BROKER, "0", "['no.such','listener.name.other.ssl.truststore.type']"))
                            + ",includeSynonyms:true");
            threadCounts(s, v);
            s.ask(
                    "an unknown broker",
                    api,
                    v,
                    resources(change(BROKER, "5", operation("message.max.bytes", SET, "2000"))));
            s.ask(
                    "a broker that is no number",
                    api,
                    v,
                    resources(change(BROKER, "x", operation("message.max.bytes", SET, "2000"))));
            s.ask("back", api, v, resources(change(BROKER, "0", operation("log.cleaner.backoff.ms", DELETE, null))));
            s.ask(
                    "back by default",
                    api,
                    v,
                    resources(change(BROKER, "", operation("message.max.bytes", DELETE, null))));
            s.awaitConfig(BROKER, "0", "message.max.bytes", "1048588");
            s.awaitConfig(BROKER, "0", "log.cleaner.backoff.ms", "15000");
        }
    }

    /** Threads, which Apache Kafka halves or doubles at most in one step. */
    private static void threadCounts(Session s, int v) throws Exception {
        var api = INCREMENTAL_ALTER_CONFIGS;
        for (String name : List.of(
                "num.io.threads",
                "num.network.threads",
                "num.replica.fetchers",
                "num.recovery.threads.per.data.dir",
                "background.threads",
                "log.cleaner.threads")) {
            for (String broker : List.of("0", "")) {
                s.ask(
                        "100 " + name + " for '" + broker + "'",
                        api,
                        v,
                        resources(change(BROKER, broker, operation(name, SET, "100"))));
            }
        }
        for (String threads : List.of("16", "32", "16", "8")) {
            s.ask(
                    threads + " threads",
                    api,
                    v,
                    resources(change(BROKER, "0", operation("num.io.threads", SET, threads))));
            s.awaitConfig(BROKER, "0", "num.io.threads", threads);
            s.ask(
                    "3 threads after " + threads,
                    api,
                    v,
                    resources(change(BROKER, "0", operation("num.io.threads", SET, "3"))));
        }
        s.ask(
                "the threads by default",
                api,
                v,
                resources(change(BROKER, "0", operation("num.io.threads", DELETE, null))));
        for (String bytes : List.of("2097152", "2097154")) {
            s.ask(
                    "two cleaners and " + bytes + " bytes",
                    api,
                    v,
                    resources(change(
                            BROKER,
                            "0",
                            operation("log.cleaner.dedupe.buffer.size", SET, bytes),
                            operation("log.cleaner.threads", SET, "2"))));
        }
        s.awaitConfig(BROKER, "0", "log.cleaner.threads", "2");
        s.ask(
                "one cleaner",
                api,
                v,
                resources(change(
                        BROKER,
                        "0",
                        operation("log.cleaner.dedupe.buffer.size", DELETE, null),
                        operation("log.cleaner.threads", DELETE, null))));
        s.awaitConfig(BROKER, "0", "log.cleaner.threads", "1");
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
