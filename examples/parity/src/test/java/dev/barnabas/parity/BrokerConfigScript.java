package dev.barnabas.parity;

import static dev.barnabas.parity.ConfigScript.BROKER;
import static dev.barnabas.parity.ConfigScript.DELETE;
import static dev.barnabas.parity.ConfigScript.SET;
import static dev.barnabas.parity.ConfigScript.change;
import static dev.barnabas.parity.ConfigScript.operation;
import static dev.barnabas.parity.ConfigScript.resource;
import static dev.barnabas.parity.ConfigScript.resources;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;

import java.util.List;

/** The properties of brokers and of their listeners: what may be set, for one or for all, and what is told of it. */
final class BrokerConfigScript {

    private BrokerConfigScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("describe-configs-broker", BrokerConfigScript::describeBroker),
                new Scenario("incremental-alter-configs-broker", BrokerConfigScript::incrementalBroker),
                new Scenario("connections-per-ip", BrokerConfigScript::connectionsPerIp));
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
}
