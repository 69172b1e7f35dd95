package dev.barnabas.parity;

import static dev.barnabas.parity.Batches.batch;
import static dev.barnabas.parity.Batches.produce;
import static dev.barnabas.parity.Batches.records;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_QUORUM;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.UPDATE_FEATURES;

import java.util.List;

/** DescribeLogDirs, DescribeQuorum, UpdateFeatures, ElectLeaders, ListPartitionReassignments. */
final class ClusterScript {
    private ClusterScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("describe-log-dirs", ClusterScript::logDirs),
                new Scenario("describe-quorum", ClusterScript::quorum),
                new Scenario("update-features", ClusterScript::features),
                new Scenario("elect-leaders", ClusterScript::elect),
                new Scenario("list-partition-reassignments", ClusterScript::reassignments));
    }

    private static void logDirs(Session s) throws Exception {
        var t = s.topic("t", 2);
        s.quietly(PRODUCE, 12, produce(t, -1, batch(records(5))));
        for (int v : versions(DESCRIBE_LOG_DIRS)) {
            s.ask("one topic", DESCRIBE_LOG_DIRS, v, "topics:[{topic:'%s',partitions:[0,1]}]".formatted(t.name()));
            s.ask("one partition", DESCRIBE_LOG_DIRS, v, "topics:[{topic:'%s',partitions:[1]}]".formatted(t.name()));
            s.ask(
                    "an unknown partition",
                    DESCRIBE_LOG_DIRS,
                    v,
                    "topics:[{topic:'%s',partitions:[7]}]".formatted(t.name()));
            s.ask(
                    "an unknown topic",
                    DESCRIBE_LOG_DIRS,
                    v,
                    "topics:[{topic:'%s',partitions:[0]}]".formatted(s.named("unknown")));
            s.ask("no topics", DESCRIBE_LOG_DIRS, v, "topics:[]");
        }
    }

    private static void quorum(Session s) throws Exception {
        for (int v : versions(DESCRIBE_QUORUM)) {
            s.ask(
                    "the metadata quorum",
                    DESCRIBE_QUORUM,
                    v,
                    "topics:[{topicName:'__cluster_metadata',partitions:[{partitionIndex:0}]}]");
            s.ask(
                    "another partition of it",
                    DESCRIBE_QUORUM,
                    v,
                    "topics:[{topicName:'__cluster_metadata',partitions:[{partitionIndex:1}]}]");
            s.ask("another topic", DESCRIBE_QUORUM, v, "topics:[{topicName:'x',partitions:[{partitionIndex:0}]}]");
            s.ask("no topic", DESCRIBE_QUORUM, v, "topics:[]");
        }
    }

    private static void features(Session s) throws Exception {
        String line =
                "timeoutMs:5000,featureUpdates:[{feature:'%s',maxVersionLevel:%d,allowDowngrade:%b,upgradeType:%d}],validateOnly:%b";
        for (int v : versions(UPDATE_FEATURES)) {
            boolean dry = v > 0;
            s.ask("an unknown feature", UPDATE_FEATURES, v, line.formatted("no.such", 1, false, 1, dry));
            s.ask("an empty name", UPDATE_FEATURES, v, line.formatted("", 1, false, 1, dry));
            s.ask(
                    "a level beyond the newest",
                    UPDATE_FEATURES,
                    v,
                    line.formatted("metadata.version", 9999, false, 1, dry));
            s.ask("a negative level", UPDATE_FEATURES, v, line.formatted("metadata.version", -1, false, 1, dry));
            s.ask(
                    "level 0 without leave to downgrade",
                    UPDATE_FEATURES,
                    v,
                    line.formatted("metadata.version", 0, false, 1, dry));
            s.ask(
                    "a lower level without leave to downgrade",
                    UPDATE_FEATURES,
                    v,
                    line.formatted("metadata.version", 29, false, 1, dry));
            s.ask("the level it has", UPDATE_FEATURES, v, line.formatted("metadata.version", 30, false, 1, dry));
            s.ask("upgrade type 9", UPDATE_FEATURES, v, line.formatted("metadata.version", 30, false, 9, dry));
            s.ask("nothing", UPDATE_FEATURES, v, "timeoutMs:5000,featureUpdates:[],validateOnly:" + dry);
        }
    }

    private static void elect(Session s) throws Exception {
        var t = s.topic("t", 2);
        for (int v : versions(ELECT_LEADERS)) {
            for (int type : v == 0 ? new int[] {0} : new int[] {0, 1, 2}) {
                String line = "timeoutMs:5000,electionType:" + type + ",topicPartitions:";
                s.ask("type " + type, ELECT_LEADERS, v, line + "[{topic:'%s',partitions:[0,1]}]".formatted(t.name()));
                s.ask(
                        "type " + type + ", unknown partition",
                        ELECT_LEADERS,
                        v,
                        line + "[{topic:'%s',partitions:[0,9]}]".formatted(t.name()));
                s.ask(
                        "type " + type + ", unknown topic",
                        ELECT_LEADERS,
                        v,
                        line + "[{topic:'%s',partitions:[0]}]".formatted(s.named("x")));
                s.ask("type " + type + ", every partition", ELECT_LEADERS, v, line + "null");
                s.ask("type " + type + ", no partition", ELECT_LEADERS, v, line + "[]");
            }
        }
    }

    private static void reassignments(Session s) throws Exception {
        var t = s.topic("t", 2);
        s.ask(
                "one topic",
                LIST_PARTITION_REASSIGNMENTS,
                0,
                "timeoutMs:5000,topics:[{name:'%s',partitionIndexes:[0,1]}]".formatted(t.name()));
        s.ask("every topic", LIST_PARTITION_REASSIGNMENTS, 0, "timeoutMs:5000,topics:null");
        s.ask("no topic", LIST_PARTITION_REASSIGNMENTS, 0, "timeoutMs:5000,topics:[]");
        s.ask(
                "an unknown topic",
                LIST_PARTITION_REASSIGNMENTS,
                0,
                "timeoutMs:5000,topics:[{name:'x',partitionIndexes:[0]}]");
        s.ask(
                "an unknown partition",
                LIST_PARTITION_REASSIGNMENTS,
                0,
                "timeoutMs:5000,topics:[{name:'%s',partitionIndexes:[8]}]".formatted(t.name()));
    }
}
