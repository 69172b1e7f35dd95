package dev.barnabas.parity;

import static dev.barnabas.parity.Batches.batch;
import static dev.barnabas.parity.Batches.produce;
import static dev.barnabas.parity.Batches.record;
import static dev.barnabas.parity.Batches.records;
import static dev.barnabas.parity.Normalizer.BASE_TIMESTAMP;
import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.util.List;
import org.apache.kafka.common.compress.Compression;

/** ListOffsets, OffsetForLeaderEpoch, DeleteRecords. */
final class OffsetLookupScript {
    private OffsetLookupScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("list-offsets", OffsetLookupScript::listOffsets),
                new Scenario("list-offsets-by-time", OffsetLookupScript::byTime),
                new Scenario("offset-for-leader-epoch", OffsetLookupScript::leaderEpoch),
                new Scenario("delete-records", OffsetLookupScript::deleteRecords));
    }

    private static String list(String topic, int partition, long timestamp, String more) {
        return "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:%d,timestamp:%d%s}]}]"
                .formatted(topic, partition, timestamp, more);
    }

    private static void listOffsets(Session s) throws Exception {
        var t = s.topic("t", 1);
        var empty = s.topic("empty", 1);
        s.quietly(PRODUCE, 12, produce(t, -1, batch(record(10, "a", "1"), record(30, "b", "2"), record(20, "c", "3"))));
        s.quietly(PRODUCE, 12, produce(t, -1, batch(record(25, "d", "4"))));
        for (int v : versions(LIST_OFFSETS)) {
            for (long special = -1; special >= -7; special--) {
                s.ask("timestamp " + special, LIST_OFFSETS, v, list(t.name(), 0, special, ""));
                s.ask("empty topic, timestamp " + special, LIST_OFFSETS, v, list(empty.name(), 0, special, ""));
            }
            s.ask("an unknown topic", LIST_OFFSETS, v, list(s.named("unknown"), 0, -1, ""));
            s.ask("an unknown partition", LIST_OFFSETS, v, list(t.name(), 5, -1, ""));
            s.ask("a negative partition", LIST_OFFSETS, v, list(t.name(), -1, -1, ""));
            s.ask("an invalid name", LIST_OFFSETS, v, list("a b", 0, -1, ""));
            s.ask("committed only", LIST_OFFSETS, v, list(t.name(), 0, -1, "") + ",isolationLevel:1");
            s.ask("an unknown isolation level", LIST_OFFSETS, v, list(t.name(), 0, -1, "") + ",isolationLevel:7");
            s.ask("the current epoch", LIST_OFFSETS, v, list(t.name(), 0, -1, ",currentLeaderEpoch:0"));
            s.ask("a future epoch", LIST_OFFSETS, v, list(t.name(), 0, -1, ",currentLeaderEpoch:3"));
            s.ask(
                    "the same partition twice",
                    LIST_OFFSETS,
                    v,
                    "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1},{partitionIndex:0,timestamp:-2}]}]"
                            .formatted(t.name()));
            s.ask(
                    "from a debugging replica",
                    LIST_OFFSETS,
                    v,
                    "replicaId:-2,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]"
                            .formatted(t.name()));
            s.ask("nothing", LIST_OFFSETS, v, "replicaId:-1,topics:[]");
        }
    }

    private static void byTime(Session s) throws Exception {
        var t = s.topic("t", 1);
        s.quietly(PRODUCE, 12, produce(t, -1, batch(record(10, "a", "1"), record(30, "b", "2"), record(20, "c", "3"))));
        s.quietly(
                PRODUCE,
                12,
                produce(t, -1, batch(Compression.gzip().build(), record(25, "d", "4"), record(60, "e", "5"))));
        s.quietly(PRODUCE, 12, produce(t, -1, batch(record(60, "f", "6"), record(50, "g", "7"))));
        for (int v : versions(LIST_OFFSETS)) {
            for (int delta : new int[] {-5, 10, 11, 30, 31, 50, 60, 61}) {
                s.ask("base+" + delta, LIST_OFFSETS, v, list(t.name(), 0, BASE_TIMESTAMP + delta, ""));
            }
            s.ask("0", LIST_OFFSETS, v, list(t.name(), 0, 0, ""));
            s.ask("the largest", LIST_OFFSETS, v, list(t.name(), 0, Long.MAX_VALUE, ""));
            s.ask(
                    "base+10, committed only",
                    LIST_OFFSETS,
                    v,
                    list(t.name(), 0, BASE_TIMESTAMP + 10, "") + ",isolationLevel:1");
        }
        for (var compression : List.of("lz4", "zstd", "snappy")) {
            var c = s.topic(compression, 1);
            var type = org.apache.kafka.common.record.internal.CompressionType.forName(compression);
            s.quietly(
                    PRODUCE,
                    12,
                    produce(
                            c,
                            -1,
                            batch(
                                    Compression.of(type).build(),
                                    record(10, "a", "1"),
                                    record(40, "b", "2"),
                                    record(20, "c", "3"))));
            s.ask(compression + " max timestamp", LIST_OFFSETS, newest(LIST_OFFSETS), list(c.name(), 0, -3, ""));
            s.ask(
                    compression + " base+11",
                    LIST_OFFSETS,
                    newest(LIST_OFFSETS),
                    list(c.name(), 0, BASE_TIMESTAMP + 11, ""));
        }
    }

    private static void leaderEpoch(Session s) throws Exception {
        var t = s.topic("t", 1);
        s.quietly(PRODUCE, 12, produce(t, -1, batch(records(4))));
        var empty = s.topic("empty", 1);
        String line =
                "replicaId:-1,topics:[{topic:'%s',partitions:[{partition:%d,currentLeaderEpoch:%d,leaderEpoch:%d}]}]";
        for (int v : versions(OFFSET_FOR_LEADER_EPOCH)) {
            for (int epoch : new int[] {-2, -1, 0, 1, 7}) {
                s.ask("epoch " + epoch, OFFSET_FOR_LEADER_EPOCH, v, line.formatted(t.name(), 0, -1, epoch));
                s.ask("empty, epoch " + epoch, OFFSET_FOR_LEADER_EPOCH, v, line.formatted(empty.name(), 0, -1, epoch));
            }
            s.ask("the current epoch", OFFSET_FOR_LEADER_EPOCH, v, line.formatted(t.name(), 0, 0, 0));
            s.ask("a future current epoch", OFFSET_FOR_LEADER_EPOCH, v, line.formatted(t.name(), 0, 4, 0));
            s.ask("an unknown topic", OFFSET_FOR_LEADER_EPOCH, v, line.formatted(s.named("unknown"), 0, -1, 0));
            s.ask("an unknown partition", OFFSET_FOR_LEADER_EPOCH, v, line.formatted(t.name(), 5, -1, 0));
            s.ask("an invalid name", OFFSET_FOR_LEADER_EPOCH, v, line.formatted("a b", 0, -1, 0));
            s.ask("nothing", OFFSET_FOR_LEADER_EPOCH, v, "replicaId:-1,topics:[]");
            s.ask(
                    "by a replica",
                    OFFSET_FOR_LEADER_EPOCH,
                    v,
                    "replicaId:5,topics:[{topic:'%s',partitions:[{partition:0,leaderEpoch:0}]}]".formatted(t.name()));
        }
    }

    private static void deleteRecords(Session s) throws Exception {
        var compacted = s.topic("compacted", 1, "cleanup.policy", "compact");
        var both = s.topic("both", 1, "cleanup.policy", "compact,delete");
        s.quietly(PRODUCE, 12, produce(both, -1, batch(records(2))));
        String line = "topics:[{name:'%s',partitions:[{partitionIndex:%d,offset:%d}]}],timeoutMs:5000";
        for (int v : versions(DELETE_RECORDS)) {
            var t = s.topic("v" + v, 1);
            s.quietly(PRODUCE, 12, produce(t, -1, batch(records(5))));
            s.quietly(PRODUCE, 12, produce(t, -1, batch(records(5))));
            s.ask("offset 0", DELETE_RECORDS, v, line.formatted(t.name(), 0, 0));
            s.ask("below 3", DELETE_RECORDS, v, line.formatted(t.name(), 0, 3));
            s.ask("the start now", LIST_OFFSETS, 5, list(t.name(), 0, -2, ""));
            s.ask(
                    "a fetch below",
                    FETCH,
                    12,
                    "replicaId:-1,maxWaitMs:0,minBytes:0,topics:[{topic:'%s',partitions:[{partition:0,fetchOffset:2,partitionMaxBytes:9999}]}]"
                            .formatted(t.name()));
            s.ask(
                    "a fetch at it",
                    FETCH,
                    12,
                    "replicaId:-1,maxWaitMs:0,minBytes:0,topics:[{topic:'%s',partitions:[{partition:0,fetchOffset:3,partitionMaxBytes:9999}]}]"
                            .formatted(t.name()));
            s.ask("the first record's time", LIST_OFFSETS, 5, list(t.name(), 0, BASE_TIMESTAMP, ""));
            s.ask("below 2, again", DELETE_RECORDS, v, line.formatted(t.name(), 0, 2));
            s.ask("beyond the end", DELETE_RECORDS, v, line.formatted(t.name(), 0, 11));
            s.ask("a negative offset", DELETE_RECORDS, v, line.formatted(t.name(), 0, -2));
            s.ask("up to the end", DELETE_RECORDS, v, line.formatted(t.name(), 0, -1));
            s.ask("the start at last", LIST_OFFSETS, 5, list(t.name(), 0, -2, ""));
            s.ask("the newest timestamp", LIST_OFFSETS, 7, list(t.name(), 0, -3, ""));
            s.ask("an unknown topic", DELETE_RECORDS, v, line.formatted(s.named("unknown"), 0, 1));
            s.ask("an unknown partition", DELETE_RECORDS, v, line.formatted(t.name(), 4, 1));
            s.ask("an invalid name", DELETE_RECORDS, v, line.formatted("a b", 0, 1));
            s.ask("a compacted topic", DELETE_RECORDS, v, line.formatted(compacted.name(), 0, -1));
            s.ask("a compacted topic that also deletes", DELETE_RECORDS, v, line.formatted(both.name(), 0, 1));
            s.ask("an internal topic", DELETE_RECORDS, v, line.formatted("__consumer_offsets", 0, 0));
            s.ask("nothing", DELETE_RECORDS, v, "topics:[],timeoutMs:5000");
        }
    }
}
