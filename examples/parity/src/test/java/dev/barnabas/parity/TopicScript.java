package dev.barnabas.parity;

import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import java.util.List;
import org.apache.kafka.common.Uuid;

/** CreateTopics, DeleteTopics, CreatePartitions. */
final class TopicScript {
    private TopicScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("create-topics", TopicScript::create),
                new Scenario("create-topics-invalid", TopicScript::createInvalid),
                new Scenario("create-topics-configs", TopicScript::createConfigs),
                new Scenario("delete-topics", TopicScript::delete),
                new Scenario("create-partitions", TopicScript::createPartitions));
    }

    private static void create(Session s) throws Exception {
        for (int v : versions(CREATE_TOPICS)) {
            String name = s.named("v" + v);
            String plain = "topics:[{name:'%s',numPartitions:2,replicationFactor:1}],timeoutMs:9000".formatted(name);
            s.ask("validate only", CREATE_TOPICS, v, plain + ",validateOnly:true");
            s.ask("create", CREATE_TOPICS, v, plain);
            s.awaitWritable(name, 2);
            s.ask("create again", CREATE_TOPICS, v, plain);
            s.ask("validate what exists", CREATE_TOPICS, v, plain + ",validateOnly:true");
            s.ask(
                    "default counts",
                    CREATE_TOPICS,
                    v,
                    "topics:[{name:'%s-d',numPartitions:-1,replicationFactor:-1}],timeoutMs:9000".formatted(name));
            s.ask(
                    "assigned by hand",
                    CREATE_TOPICS,
                    v,
                    ("topics:[{name:'%s-a',numPartitions:-1,replicationFactor:-1,assignments:["
                                    + "{partitionIndex:0,brokerIds:[0]},{partitionIndex:1,brokerIds:[0]}]}],timeoutMs:9000")
                            .formatted(name));
            s.ask(
                    "one good and one bad",
                    CREATE_TOPICS,
                    v,
                    ("topics:[{name:'%1$s-g',numPartitions:1,replicationFactor:1},"
                                    + "{name:'%1$s-b',numPartitions:1,replicationFactor:3}],timeoutMs:9000")
                            .formatted(name));
        }
        int v = newest(CREATE_TOPICS);
        s.ask("nothing", CREATE_TOPICS, v, "topics:[],timeoutMs:9000");
        s.ask(
                "timeout 0",
                CREATE_TOPICS,
                v,
                "topics:[{name:'%s',numPartitions:1,replicationFactor:1}],timeoutMs:0".formatted(s.named("t0")));
        s.quietly(DELETE_TOPICS, 5, "topicNames:['%s'],timeoutMs:9000".formatted(s.named("t0")));
        s.awaitGone(s.named("t0"));
    }

    private static void createInvalid(Session s) throws Exception {
        for (int v : versions(CREATE_TOPICS)) {
            String name = s.named("v" + v);
            for (int partitions : new int[] {0, -2}) {
                s.ask(
                        partitions + " partitions",
                        CREATE_TOPICS,
                        v,
                        "topics:[{name:'%s',numPartitions:%d,replicationFactor:1}],timeoutMs:9000"
                                .formatted(name, partitions));
            }
            for (int factor : new int[] {0, -2, 2}) {
                s.ask(
                        "replication factor " + factor,
                        CREATE_TOPICS,
                        v,
                        "topics:[{name:'%s',numPartitions:1,replicationFactor:%d}],timeoutMs:9000"
                                .formatted(name, factor));
            }
            s.ask(
                    "the same name twice",
                    CREATE_TOPICS,
                    v,
                    "topics:[%1$s,%1$s],timeoutMs:9000"
                            .formatted("{name:'%s',numPartitions:1,replicationFactor:1}".formatted(name)));
            s.ask(
                    "a config of the wrong type",
                    CREATE_TOPICS,
                    v,
                    "topics:[{name:'%s',numPartitions:1,replicationFactor:1,configs:[{name:'retention.ms',value:'x'}]}],timeoutMs:9000"
                            .formatted(name));
        }
        int v = newest(CREATE_TOPICS);
        for (String name : new String[] {"", ".", "..", "a b", "a/b", "ä", "x".repeat(250), "__cluster_metadata"}) {
            String shown = name.length() > 20 ? "a name of " + name.length() : "the name '" + name + "'";
            s.ask(
                    shown,
                    CREATE_TOPICS,
                    v,
                    "topics:[{name:'%s',numPartitions:1,replicationFactor:1}],timeoutMs:9000".formatted(name));
        }
        s.ask(
                "a name of 249",
                CREATE_TOPICS,
                v,
                "topics:[{name:'%s',numPartitions:1,replicationFactor:1}],timeoutMs:9000,validateOnly:true"
                        .formatted("x".repeat(249)));
        s.topicNamed("create.invalid_x", 1);
        s.ask(
                "a name that collides",
                CREATE_TOPICS,
                v,
                "topics:[{name:'create_invalid.x',numPartitions:1,replicationFactor:1}],timeoutMs:9000");
        s.ask(
                "two new names that collide",
                CREATE_TOPICS,
                v,
                ("topics:[{name:'create-invalid.y',numPartitions:1,replicationFactor:1},"
                        + "{name:'create-invalid_y',numPartitions:1,replicationFactor:1}],timeoutMs:9000"));
        String bad = "topics:[{name:'%s',numPartitions:-1,replicationFactor:-1,assignments:[%s]}],timeoutMs:9000";
        s.ask("unknown broker", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:0,brokerIds:[5]}"));
        s.ask("no broker", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:0,brokerIds:[]}"));
        s.ask("broker twice", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:0,brokerIds:[0,0]}"));
        s.ask("negative broker", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:0,brokerIds:[-1]}"));
        s.ask("a gap", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:1,brokerIds:[0]}"));
        s.ask("negative partition", CREATE_TOPICS, v, bad.formatted(s.named("x"), "{partitionIndex:-1,brokerIds:[0]}"));
        s.ask(
                "assignment and count",
                CREATE_TOPICS,
                v,
                ("topics:[{name:'%s',numPartitions:1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[0]}]}],"
                                + "timeoutMs:9000")
                        .formatted(s.named("x")));
        s.ask(
                "assignment and factor",
                CREATE_TOPICS,
                v,
                ("topics:[{name:'%s',numPartitions:-1,replicationFactor:1,assignments:[{partitionIndex:0,brokerIds:[0]}]}],"
                                + "timeoutMs:9000")
                        .formatted(s.named("x")));
        s.ask(
                "too many partitions",
                CREATE_TOPICS,
                v,
                "topics:[{name:'%s',numPartitions:20000,replicationFactor:1}],timeoutMs:9000".formatted(s.named("x")));
    }

    private static void createConfigs(Session s) throws Exception {
        int v = newest(CREATE_TOPICS);
        String[][] configs = {
            {"cleanup.policy", "compact"},
            {"cleanup.policy", "compact,delete"},
            {"cleanup.policy", "delete,compact,delete"},
            {"cleanup.policy", ""},
            {"cleanup.policy", "none"},
            {"compression.type", "zstd"},
            {"compression.type", "brotli"},
            {"compression.gzip.level", "5"},
            {"compression.gzip.level", "12"},
            {"retention.ms", "-1"},
            {"retention.ms", "-2"},
            {"retention.bytes", "1000"},
            {"segment.bytes", "1048576"},
            {"segment.bytes", "1"},
            {"segment.bytes", "9999999999"},
            {"segment.ms", "0"},
            {"max.message.bytes", "1000"},
            {"max.message.bytes", "-1"},
            {"max.message.bytes", " 1000 "},
            {"min.insync.replicas", "2"},
            {"min.insync.replicas", "0"},
            {"message.timestamp.type", "LogAppendTime"},
            {"message.timestamp.type", "logappendtime"},
            {"message.timestamp.after.max.ms", "1000"},
            {"min.cleanable.dirty.ratio", "0.7"},
            {"min.cleanable.dirty.ratio", "1.5"},
            {"preallocate", "true"},
            {"preallocate", "yes"},
            {"unclean.leader.election.enable", "TRUE"},
            {"min.compaction.lag.ms", "10"},
            {"max.compaction.lag.ms", "0"},
            {"remote.storage.enable", "true"},
            {"local.retention.ms", "10"},
            {"leader.replication.throttled.replicas", "*"},
            {"leader.replication.throttled.replicas", "0:x"},
            {"follower.replication.throttled.replicas", "0:1,1:2"},
            {"message.format.version", "2.0"},
            {"message.downconversion.enable", "false"},
            {"no.such.config", "1"},
            {"", "1"},
        };
        int i = 0;
        for (var config : configs) {
            s.ask(
                    config[0] + "=" + config[1],
                    CREATE_TOPICS,
                    v,
                    "topics:[{name:'%s',numPartitions:1,replicationFactor:1,configs:[{name:'%s',value:'%s'}]}],timeoutMs:9000"
                            .formatted(s.named("t" + i++), config[0], config[1]));
        }
        s.ask(
                "a config without value",
                CREATE_TOPICS,
                v,
                "topics:[{name:'%s',numPartitions:1,replicationFactor:1,configs:[{name:'retention.ms',value:null}]}],timeoutMs:9000"
                        .formatted(s.named("null")));
        s.ask(
                "min lag above max lag",
                CREATE_TOPICS,
                v,
                ("topics:[{name:'%s',numPartitions:1,replicationFactor:1,configs:[{name:'min.compaction.lag.ms',value:'20'},"
                                + "{name:'max.compaction.lag.ms',value:'10'}]}],timeoutMs:9000")
                        .formatted(s.named("lag")));
    }

    private static void delete(Session s) throws Exception {
        for (int v : versions(DELETE_TOPICS)) {
            var topic = s.topic("v" + v, 1);
            String name = topic.name();
            if (v < 6) {
                s.ask("delete", DELETE_TOPICS, v, "topicNames:['%s'],timeoutMs:9000".formatted(name));
                s.awaitGone(name);
                s.ask("delete again", DELETE_TOPICS, v, "topicNames:['%s'],timeoutMs:9000".formatted(name));
                s.ask("the same twice", DELETE_TOPICS, v, "topicNames:['%1$s','%1$s'],timeoutMs:9000".formatted(name));
                s.ask("an invalid name", DELETE_TOPICS, v, "topicNames:['a b'],timeoutMs:9000");
                s.ask("nothing", DELETE_TOPICS, v, "topicNames:[],timeoutMs:9000");
            } else {
                s.ask(
                        "by name and id",
                        DELETE_TOPICS,
                        v,
                        "topics:[{name:'%s',topicId:'%s'}],timeoutMs:9000".formatted(name, topic.id()));
                s.ask("delete by id", DELETE_TOPICS, v, "topics:[{topicId:'%s'}],timeoutMs:9000".formatted(topic.id()));
                s.awaitGone(name);
                s.ask(
                        "delete again by id",
                        DELETE_TOPICS,
                        v,
                        "topics:[{topicId:'%s'}],timeoutMs:9000".formatted(topic.id()));
                s.ask("unknown name", DELETE_TOPICS, v, "topics:[{name:'%s'}],timeoutMs:9000".formatted(name));
                s.ask(
                        "unknown id",
                        DELETE_TOPICS,
                        v,
                        "topics:[{topicId:'%s'}],timeoutMs:9000".formatted(new Uuid(5, 7)));
                s.ask("neither name nor id", DELETE_TOPICS, v, "topics:[{name:null}],timeoutMs:9000");
                s.ask(
                        "the same name twice",
                        DELETE_TOPICS,
                        v,
                        "topics:[{name:'%1$s'},{name:'%1$s'}],timeoutMs:9000".formatted(name));
                var again = s.topicNamed(name, 1);
                s.ask(
                        "created again, by the new id",
                        METADATA,
                        12,
                        "topics:[{name:null,topicId:'%s'}]".formatted(again.id()));
                s.ask(
                        "created again, by the old id",
                        METADATA,
                        12,
                        "topics:[{name:null,topicId:'%s'}]".formatted(topic.id()));
                s.ask(
                        "by name, its id at once",
                        DELETE_TOPICS,
                        v,
                        "topics:[{name:'%s'},{topicId:'%s'}],timeoutMs:9000".formatted(name, again.id()));
            }
        }
    }

    private static void createPartitions(Session s) throws Exception {
        for (int v : versions(CREATE_PARTITIONS)) {
            String name = s.topic("v" + v, 2).name();
            String line = "topics:[{name:'%s',count:%d,assignments:%s}],timeoutMs:9000";
            s.ask("the same count", CREATE_PARTITIONS, v, line.formatted(name, 2, null));
            s.ask("fewer", CREATE_PARTITIONS, v, line.formatted(name, 1, null));
            s.ask("zero", CREATE_PARTITIONS, v, line.formatted(name, 0, null));
            s.ask("minus one", CREATE_PARTITIONS, v, line.formatted(name, -1, null));
            s.ask("unknown topic", CREATE_PARTITIONS, v, line.formatted(s.named("unknown"), 3, null));
            s.ask("an invalid name", CREATE_PARTITIONS, v, line.formatted("a b", 3, null));
            s.ask("validate only", CREATE_PARTITIONS, v, line.formatted(name, 3, null) + ",validateOnly:true");
            s.ask("one more", CREATE_PARTITIONS, v, line.formatted(name, 3, null));
            s.awaitWritable(name, 3);
            s.ask("assigned by hand", CREATE_PARTITIONS, v, line.formatted(name, 4, "[{brokerIds:[0]}]"));
            s.awaitWritable(name, 4);
            s.ask("too few assigned", CREATE_PARTITIONS, v, line.formatted(name, 6, "[{brokerIds:[0]}]"));
            s.ask(
                    "too many assigned",
                    CREATE_PARTITIONS,
                    v,
                    line.formatted(name, 5, "[{brokerIds:[0]},{brokerIds:[0]}]"));
            s.ask("unknown broker", CREATE_PARTITIONS, v, line.formatted(name, 5, "[{brokerIds:[9]}]"));
            s.ask("two replicas", CREATE_PARTITIONS, v, line.formatted(name, 5, "[{brokerIds:[0,1]}]"));
            s.ask("no broker", CREATE_PARTITIONS, v, line.formatted(name, 5, "[{brokerIds:[]}]"));
            s.ask(
                    "the same topic twice",
                    CREATE_PARTITIONS,
                    v,
                    "topics:[{name:'%1$s',count:5,assignments:null},{name:'%1$s',count:6,assignments:null}],timeoutMs:9000"
                            .formatted(name));
            s.ask("its metadata", METADATA, 9, "topics:[{name:'%s'}]".formatted(name));
        }
        s.ask("nothing", CREATE_PARTITIONS, newest(CREATE_PARTITIONS), "topics:[],timeoutMs:9000");
    }
}
