package dev.barnabas.parity;

import static dev.barnabas.parity.Batches.batch;
import static dev.barnabas.parity.Batches.produce;
import static dev.barnabas.parity.Batches.record;
import static dev.barnabas.parity.Batches.records;
import static dev.barnabas.parity.Script.newest;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLUSTER;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;

/** What one request does to the answers of others: topics that change or go, configs that act at once, requests that wait in line. */
final class LifecycleScript {
    private static final int TOPIC = 2;
    private static final String NOW = "replicaId:-1,maxWaitMs:0,minBytes:0,";

    private LifecycleScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("config-effects", LifecycleScript::configEffects),
                new Scenario("topic-created-again", LifecycleScript::createdAgain),
                new Scenario("topic-deleted-under-a-fetch", LifecycleScript::deletedUnderFetch),
                new Scenario("topic-deleted-under-a-group", LifecycleScript::deletedUnderGroup),
                new Scenario("partitions-added", LifecycleScript::partitionsAdded),
                new Scenario("pipelining", LifecycleScript::pipelining));
    }

    private static String fetch(Session.Topic topic, int partition, long offset) {
        return "topics:[{topic:'%s',topicId:'%s',partitions:[{partition:%d,fetchOffset:%d,partitionMaxBytes:1000000}]}]"
                .formatted(topic.name(), topic.id(), partition, offset);
    }

    private static void set(Session s, Session.Topic topic, String config, String value) throws Exception {
        s.ask(config + "=" + value, INCREMENTAL_ALTER_CONFIGS, 1, alteration(topic, config, value));
        s.awaitConfig(TOPIC, topic.name(), config, value);
        // Apache Kafka tells of a change before its logs obey; once it tells of the next one, they obey this one.
        String mark = Integer.toString(Math.abs((config + value).hashCode()));
        s.quietly(INCREMENTAL_ALTER_CONFIGS, 1, alteration(topic, "file.delete.delay.ms", mark));
        s.awaitConfig(TOPIC, topic.name(), "file.delete.delay.ms", mark);
    }

    private static String alteration(Session.Topic topic, String config, String value) {
        return "resources:[{resourceType:2,resourceName:'%s',configs:[{name:'%s',configOperation:0,value:'%s'}]}]"
                .formatted(topic.name(), config, value);
    }

    private static void configEffects(Session s) throws Exception {
        var t = s.topic("t", 1);
        var large = batch(record(0, "k", "v".repeat(500)));
        int v = newest(PRODUCE);
        s.ask("a large record", PRODUCE, v, produce(t, -1, large));
        set(s, t, "max.message.bytes", "300");
        s.ask("a large record is too large", PRODUCE, v, produce(t, -1, large));
        set(s, t, "max.message.bytes", "1000");
        s.ask("a large record is fine again", PRODUCE, v, produce(t, -1, large));
        set(s, t, "message.timestamp.type", "LogAppendTime");
        s.ask("stamped by the broker", PRODUCE, v, produce(t, -1, batch(records(2))));
        set(s, t, "message.timestamp.type", "CreateTime");
        s.ask("stamped by the producer", PRODUCE, v, produce(t, -1, batch(records(2))));
        set(s, t, "message.timestamp.before.max.ms", "1000");
        s.ask("too old", PRODUCE, v, produce(t, -1, batch(records(2))));
        set(s, t, "message.timestamp.before.max.ms", "9223372036854775807");
        set(s, t, "compression.type", "lz4");
        s.ask("compressed by the broker", PRODUCE, v, produce(t, -1, batch(records(2))));
        set(s, t, "compression.type", "uncompressed");
        s.ask("uncompressed by the broker", PRODUCE, v, produce(t, -1, batch(records(2))));
        set(s, t, "min.insync.replicas", "2");
        s.ask("too few replicas", PRODUCE, v, produce(t, -1, batch(records(1))));
        set(s, t, "min.insync.replicas", "1");
        set(s, t, "cleanup.policy", "compact");
        s.ask("a null key", PRODUCE, v, produce(t, -1, batch(record(0, null, "v"))));
        s.ask(
                "records are not deleted",
                DELETE_RECORDS,
                2,
                "topics:[{name:'%s',partitions:[{partitionIndex:0,offset:1}]}],timeoutMs:5000".formatted(t.name()));
        set(s, t, "cleanup.policy", "delete");
        s.ask("a null key again", PRODUCE, v, produce(t, -1, batch(record(0, null, "v"))));
        s.ask(
                "records are deleted",
                DELETE_RECORDS,
                2,
                "topics:[{name:'%s',partitions:[{partitionIndex:0,offset:1}]}],timeoutMs:5000".formatted(t.name()));
        ProduceScript.readBack(s, "what is there", t, 1);
    }

    private static void createdAgain(Session s) throws Exception {
        var old = s.topic("t", 1);
        s.quietly(PRODUCE, 12, produce(old, -1, batch(records(5))));
        delete(s, old);
        s.ask("a fetch of what is gone", FETCH, 12, NOW + fetch(old, 0, 0));
        s.ask("a fetch of what is gone", FETCH, 13, NOW + fetch(old, 0, 0));
        s.ask("a record to what is gone", PRODUCE, 12, produce(old, -1, batch(records(1))));
        s.ask("a record to what is gone", PRODUCE, 13, produce(old, -1, batch(records(1))));
        s.ask(
                "offsets of what is gone",
                LIST_OFFSETS,
                7,
                "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]".formatted(old.name()));
        var again = s.topicNamed(old.name(), 1);
        s.ask("a fetch by the old id", FETCH, 13, NOW + fetch(old, 0, 0));
        s.ask("a fetch by the new id", FETCH, 13, NOW + fetch(again, 0, 0));
        s.ask("a fetch from where the old one was", FETCH, 13, NOW + fetch(again, 0, 5));
        s.ask("a record by the old id", PRODUCE, 13, produce(old, -1, batch(records(1))));
        s.ask("a record by the new id", PRODUCE, 13, produce(again, -1, batch(records(2))));
        s.ask(
                "its end",
                LIST_OFFSETS,
                7,
                "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]".formatted(old.name()));
        s.ask("its metadata", METADATA, 12, "topics:[{name:'%s'}]".formatted(old.name()));
    }

    private static void delete(Session s, Session.Topic topic) throws Exception {
        s.ask("delete it", DELETE_TOPICS, 6, "topics:[{topicId:'%s'}],timeoutMs:9000".formatted(topic.id()));
        s.awaitGone(topic.name());
    }

    private static void deletedUnderFetch(Session s) throws Exception {
        for (int v : new int[] {4, 11, 12, 13, newest(FETCH)}) {
            var t = s.topic("v" + v, 1);
            var stays = s.topic("stays" + v, 1);
            FetchResponseData opened =
                    v < 7 ? null : s.ask("open a session", FETCH, v, NOW + "sessionEpoch:0," + fetch(t, 0, 0));
            var peer = s.connect();
            var waiting = peer.send(
                            "a fetch waits", FETCH, v, "replicaId:-1,maxWaitMs:15000,minBytes:1," + fetch(t, 0, 0))
                    .waits(20);
            delete(s, t);
            waiting.answer();
            if (opened != null) {
                s.ask(
                        "the session goes on",
                        FETCH,
                        v,
                        NOW + "sessionId:%d,sessionEpoch:1,topics:[]".formatted(opened.sessionId()));
                s.ask(
                        "with another topic",
                        FETCH,
                        v,
                        NOW + "sessionId:%d,sessionEpoch:2,".formatted(opened.sessionId()) + fetch(stays, 0, 0));
            }
            peer.close();
        }
    }

    private static void deletedUnderGroup(Session s) throws Exception {
        var t = s.topic("t", 2);
        var stays = s.topic("stays", 1);
        String group = s.group("g");
        for (var topic : List.of(t, stays)) {
            s.ask(
                    "commit",
                    OFFSET_COMMIT,
                    7,
                    "groupId:'%s',topics:[{name:'%s',partitions:[{partitionIndex:0,committedOffset:5,committedMetadata:'m'}]}]"
                            .formatted(group, topic.name()));
        }
        delete(s, t);
        s.<OffsetFetchResponseData>await(
                OFFSET_FETCH,
                7,
                "groupId:'%s',topics:null".formatted(group),
                a -> a.topics().size() == 1);
        s.ask("what is left", OFFSET_FETCH, 7, "groupId:'%s',topics:null".formatted(group));
        s.ask(
                "the deleted one",
                OFFSET_FETCH,
                7,
                "groupId:'%s',topics:[{name:'%s',partitionIndexes:[0]}]".formatted(group, t.name()));
        s.ask(
                "the deleted one by id",
                OFFSET_FETCH,
                10,
                "groups:[{groupId:'%s',topics:[{topicId:'%s',partitionIndexes:[0]}]}]".formatted(group, t.id()));
        s.ask(
                "commit to the deleted one",
                OFFSET_COMMIT,
                7,
                "groupId:'%s',topics:[{name:'%s',partitions:[{partitionIndex:0,committedOffset:5}]}]"
                        .formatted(group, t.name()));
        s.ask(
                "commit to the deleted one by id",
                OFFSET_COMMIT,
                10,
                "groupId:'%s',topics:[{topicId:'%s',partitions:[{partitionIndex:0,committedOffset:5}]}]"
                        .formatted(group, t.id()));
        delete(s, stays);
        s.<OffsetFetchResponseData>await(OFFSET_FETCH, 7, "groupId:'%s',topics:null".formatted(group), a -> a.topics()
                .isEmpty());
        s.ask("the group without offsets", DESCRIBE_GROUPS, 6, "groups:['%s']".formatted(group));
    }

    private static void partitionsAdded(Session s) throws Exception {
        var t = s.topic("t", 1);
        s.ask("not there", PRODUCE, 13, produce(t.name(), t.id(), 2, -1, batch(records(1))));
        FetchResponseData opened = s.ask("open a session", FETCH, 13, NOW + "sessionEpoch:0," + fetch(t, 2, 0));
        s.ask(
                "add two",
                CREATE_PARTITIONS,
                3,
                "topics:[{name:'%s',count:3,assignments:null}],timeoutMs:9000".formatted(t.name()));
        s.awaitWritable(t.name(), 3);
        s.ask("there", PRODUCE, 13, produce(t.name(), t.id(), 2, -1, batch(records(1))));
        s.ask(
                "the session sees it",
                FETCH,
                13,
                NOW + "sessionId:%d,sessionEpoch:1,topics:[]".formatted(opened.sessionId()));
        s.ask("its metadata", METADATA, 12, "topics:[{name:'%s'}]".formatted(t.name()));
    }

    /** Many requests before the first answer is read; the answers come in the order of the questions. */
    private static void pipelining(Session s) throws Exception {
        var t = s.topic("t", 1);
        var peer = s.connect();
        var pending = new ArrayList<Session.Pending>();
        for (int i = 0; i < 5; i++) {
            pending.add(peer.send("batch " + i, PRODUCE, 13, produce(t, -1, batch(records(i + 1)))));
        }
        pending.add(
                peer.send("a fetch that waits", FETCH, 12, "replicaId:-1,maxWaitMs:150,minBytes:1," + fetch(t, 0, 15)));
        pending.add(peer.send("quick", DESCRIBE_CLUSTER, 0, ""));
        pending.add(peer.send(
                "the end",
                LIST_OFFSETS,
                7,
                "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]".formatted(t.name())));
        pending.add(peer.send("one more batch", PRODUCE, 13, produce(t, 1, batch(records(1)))));
        pending.add(
                peer.send("a fetch that reads", FETCH, 12, "replicaId:-1,maxWaitMs:150,minBytes:1," + fetch(t, 0, 14)));
        pending.add(peer.send("metadata", METADATA, 12, "topics:[{name:'%s'}]".formatted(t.name())));
        for (var question : pending) {
            question.answer();
        }
    }
}
