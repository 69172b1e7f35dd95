package dev.barnabas.parity;

import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLUSTER;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import java.util.List;
import org.apache.kafka.common.Uuid;

/** Metadata, DescribeCluster, DescribeTopicPartitions. */
final class MetadataScript {
    private MetadataScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("metadata-all", MetadataScript::all),
                new Scenario("metadata", MetadataScript::metadata),
                new Scenario("auto-creation", MetadataScript::autoCreation),
                new Scenario("describe-cluster", MetadataScript::describeCluster),
                new Scenario("describe-topic-partitions", MetadataScript::describeTopicPartitions));
    }

    /** Runs before any scenario that creates topics. */
    private static void all(Session s) throws Exception {
        var topic = s.topic("t", 2);
        for (int v : versions(METADATA)) {
            s.ask("all topics", METADATA, v, v == 0 ? "topics:[]" : "topics:null");
            if (v > 0) {
                s.ask("no topics", METADATA, v, "topics:[]");
            }
        }
        s.quietly(
                org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS,
                5,
                "topicNames:['%s'],timeoutMs:9000".formatted(topic.name()));
        s.awaitGone(topic.name());
    }

    private static void metadata(Session s) throws Exception {
        var topic = s.topic("t", 3);
        var other = s.topic("u", 1);
        String unknown = s.named("unknown");
        for (int v : versions(METADATA)) {
            s.ask(
                    "two topics and one that does not exist",
                    METADATA,
                    v,
                    "topics:[{name:'%s'},{name:'%s'},{name:'%s'}],allowAutoTopicCreation:false"
                            .formatted(topic.name(), other.name(), v < 4 ? topic.name() : unknown));
            s.ask(
                    "the same topic twice",
                    METADATA,
                    v,
                    "topics:[{name:'%1$s'},{name:'%1$s'}],allowAutoTopicCreation:false".formatted(topic.name()));
            s.ask(
                    "an invalid name",
                    METADATA,
                    v,
                    "topics:[{name:'a b'}],allowAutoTopicCreation:" + (v < 4 || v % 2 == 0));
            s.ask("an empty name", METADATA, v, "topics:[{name:''}],allowAutoTopicCreation:" + (v < 4 || v % 2 == 0));
            if (v >= 8) {
                s.ask(
                        "authorized operations",
                        METADATA,
                        v,
                        "topics:[{name:'%s'}],includeTopicAuthorizedOperations:true,includeClusterAuthorizedOperations:true"
                                .formatted(topic.name()));
            }
            if (v >= 10) {
                s.ask("by topic id", METADATA, v, "topics:[{name:null,topicId:'%s'}]".formatted(topic.id()));
                s.ask(
                        "by unknown topic id",
                        METADATA,
                        v,
                        "topics:[{name:null,topicId:'%s'}]".formatted(new Uuid(5, 7)));
                s.ask(
                        "by name and id",
                        METADATA,
                        v,
                        "topics:[{name:'%s',topicId:'%s'}]".formatted(topic.name(), topic.id()));
                s.ask(
                        "by one name and the other's id",
                        METADATA,
                        v,
                        "topics:[{name:'%s',topicId:'%s'}]".formatted(topic.name(), other.id()));
                s.ask(
                        "one by name, one by id",
                        METADATA,
                        v,
                        "topics:[{name:'%s'},{name:null,topicId:'%s'}]".formatted(topic.name(), other.id()));
                s.ask("neither name nor id", METADATA, v, "topics:[{name:null}]");
            }
        }
    }

    private static void autoCreation(Session s) throws Exception {
        for (int v : versions(METADATA)) {
            String name = s.named("v" + v);
            s.ask(
                    "a topic that does not exist",
                    METADATA,
                    v,
                    "topics:[{name:'%s'}],allowAutoTopicCreation:true".formatted(name));
            s.awaitWritable(name, 1);
            s.ask(
                    "the topic afterwards",
                    METADATA,
                    v,
                    "topics:[{name:'%s'}],allowAutoTopicCreation:true".formatted(name));
        }
        int v = newest(METADATA);
        String collision = s.named("v1").replace('-', '_');
        s.topicNamed(collision, 1);
        s.ask(
                "a name that collides with a topic",
                METADATA,
                v,
                "topics:[{name:'%s'}],allowAutoTopicCreation:true".formatted(collision.replace('_', '.')));
        s.ask("an internal topic", METADATA, v, "topics:[{name:'__transaction_state'}],allowAutoTopicCreation:false");
    }

    private static void describeCluster(Session s) throws Exception {
        for (int v : versions(DESCRIBE_CLUSTER)) {
            s.ask("plain", DESCRIBE_CLUSTER, v, "includeClusterAuthorizedOperations:false");
            s.ask("with authorized operations", DESCRIBE_CLUSTER, v, "includeClusterAuthorizedOperations:true");
            s.ask("controllers", DESCRIBE_CLUSTER, v, "endpointType:2");
            s.ask("endpoint type 3", DESCRIBE_CLUSTER, v, "endpointType:3");
            s.ask("endpoint type 0", DESCRIBE_CLUSTER, v, "endpointType:0");
            s.ask("fenced brokers too", DESCRIBE_CLUSTER, v, "includeFencedBrokers:true");
        }
    }

    private static void describeTopicPartitions(Session s) throws Exception {
        var a = s.topic("a", 3);
        var b = s.topic("b", 2);
        String both = "topics:[{name:'%s'},{name:'%s'}]".formatted(a.name(), b.name());
        var api = DESCRIBE_TOPIC_PARTITIONS;
        s.ask("two topics", api, 0, both);
        s.ask("in the other order", api, 0, "topics:[{name:'%s'},{name:'%s'}]".formatted(b.name(), a.name()));
        s.ask("the same twice", api, 0, "topics:[{name:'%1$s'},{name:'%1$s'}]".formatted(b.name()));
        s.ask("unknown", api, 0, "topics:[{name:'%s'}]".formatted(s.named("unknown")));
        s.ask("invalid name", api, 0, "topics:[{name:'a b'}]");
        s.ask("empty name", api, 0, "topics:[{name:''}]");
        s.ask("limit 1", api, 0, both + ",responsePartitionLimit:1");
        s.ask("limit 3", api, 0, both + ",responsePartitionLimit:3");
        s.ask("limit 4", api, 0, both + ",responsePartitionLimit:4");
        s.ask("limit 5", api, 0, both + ",responsePartitionLimit:5");
        s.ask("limit 0", api, 0, both + ",responsePartitionLimit:0");
        s.ask("limit -1", api, 0, both + ",responsePartitionLimit:-1");
        for (int p : new int[] {-1, 0, 1, 3, 99}) {
            s.ask(
                    "cursor at partition " + p,
                    api,
                    0,
                    both + ",cursor:{topicName:'%s',partitionIndex:%d}".formatted(a.name(), p));
        }
        s.ask(
                "cursor at the second topic",
                api,
                0,
                both + ",cursor:{topicName:'%s',partitionIndex:1}".formatted(b.name()));
        s.ask("cursor after both", api, 0, both + ",cursor:{topicName:'zzz',partitionIndex:0}");
        s.ask(
                "cursor at an unknown topic",
                api,
                0,
                both + ",cursor:{topicName:'%s',partitionIndex:0}".formatted(a.name() + "a"));
        s.ask(
                "cursor and limit",
                api,
                0,
                both + ",responsePartitionLimit:2,cursor:{topicName:'%s',partitionIndex:1}".formatted(a.name()));
    }
}
