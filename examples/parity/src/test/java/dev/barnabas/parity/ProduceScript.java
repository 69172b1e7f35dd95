package dev.barnabas.parity;

import static dev.barnabas.parity.Batches.batch;
import static dev.barnabas.parity.Batches.cut;
import static dev.barnabas.parity.Batches.damaged;
import static dev.barnabas.parity.Batches.idempotent;
import static dev.barnabas.parity.Batches.joined;
import static dev.barnabas.parity.Batches.legacy;
import static dev.barnabas.parity.Batches.produce;
import static dev.barnabas.parity.Batches.record;
import static dev.barnabas.parity.Batches.records;
import static dev.barnabas.parity.Batches.with;
import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Produce, InitProducerId, DescribeProducers. */
final class ProduceScript {
    private static final int ALL = -1;

    private ProduceScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("produce", ProduceScript::valid),
                new Scenario("produce-invalid", ProduceScript::invalid),
                new Scenario("produce-twice", ProduceScript::twice),
                new Scenario("produce-batches", ProduceScript::batches),
                new Scenario("produce-compression", ProduceScript::compression),
                new Scenario("produce-topic-configs", ProduceScript::topicConfigs),
                new Scenario("produce-idempotent", ProduceScript::idempotence),
                new Scenario("init-producer-id", ProduceScript::initProducerId));
    }

    /** Reads a topic's first partition back from an offset, as the newest version that names topics. */
    static void readBack(Session s, String what, Session.Topic topic, long offset) throws Exception {
        s.ask(
                what,
                FETCH,
                12,
                ("replicaId:-1,maxWaitMs:0,minBytes:0,topics:[{topic:'%s',partitions:[{partition:0,fetchOffset:%d,"
                                + "partitionMaxBytes:10000000}]}]")
                        .formatted(topic.name(), offset));
    }

    private static void valid(Session s) throws Exception {
        for (int v : versions(PRODUCE)) {
            var topic = s.topic("v" + v, 2);
            s.ask("acks all", PRODUCE, v, produce(topic, ALL, batch(records(3))));
            s.ask("acks 1", PRODUCE, v, produce(topic, 1, batch(records(2))));
            var both = produce(topic, ALL, batch(records(1)));
            Batches.add(both, topic.name(), topic.id(), 1, batch(records(4)));
            s.ask("two partitions", PRODUCE, v, both);
            var peer = s.connect();
            peer.tell("acks 0", PRODUCE, v, produce(topic, 0, batch(records(1))));
            s.await(
                    LIST_OFFSETS,
                    5,
                    "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]"
                            .formatted(topic.name()),
                    (org.apache.kafka.common.message.ListOffsetsResponseData a) ->
                            a.topics().get(0).partitions().get(0).offset() == 7);
            readBack(s, "read back what v" + v + " wrote", topic, 0);
        }
    }

    private static void invalid(Session s) throws Exception {
        var unknown = new Session.Topic(s.named("unknown"), new Uuid(5, 7));
        for (int v : versions(PRODUCE)) {
            var topic = s.topic("v" + v, 1);
            var good = batch(records(1));
            s.ask("acks 2", PRODUCE, v, produce(topic, 2, good));
            s.ask("acks -2", PRODUCE, v, produce(topic, -2, good));
            s.ask("an unknown topic", PRODUCE, v, produce(unknown, ALL, good));
            s.ask("an unknown partition", PRODUCE, v, produce(topic.name(), topic.id(), 7, ALL, good));
            s.ask("a negative partition", PRODUCE, v, produce(topic.name(), topic.id(), -1, ALL, good));
            s.ask(
                    "no partition",
                    PRODUCE,
                    v,
                    Batches.produce(topic, ALL, good)
                            .setTopicData(new org.apache.kafka.common.message.ProduceRequestData().topicData()));
            s.ask("a checksum that is wrong", PRODUCE, v, produce(topic, ALL, damaged(good, 65)));
            s.ask("a negative timeout", PRODUCE, v, produce(topic, ALL, good).setTimeoutMs(-1));
            var mixed = produce(topic, ALL, good);
            Batches.add(mixed, topic.name(), topic.id(), 3, good);
            s.ask("a good and an unknown partition", PRODUCE, v, mixed);
            s.connect().tell("acks 0 to an unknown topic", PRODUCE, v, produce(unknown, 0, good));
            s.ask("empty records", PRODUCE, v, produce(topic, ALL, MemoryRecords.EMPTY));
            s.ask("two batches", PRODUCE, v, produce(topic, ALL, joined(good, good)));
            s.ask("magic 1", PRODUCE, v, produce(topic, ALL, legacy(1, record(0, "k", "v"))));
            s.ask("magic 0", PRODUCE, v, produce(topic, ALL, legacy(0, record(0, "k", "v"))));
            s.ask("an internal topic", PRODUCE, v, produce(offsetsTopic(s), ALL, good));
            s.ask("a transactional id", PRODUCE, v, produce(topic, ALL, good).setTransactionalId("t"));
            readBack(s, "what v" + v + " left", topic, 0);
        }
        int v = newest(PRODUCE);
        var topic = s.topic("last", 1);
        s.connect().tell("null records", PRODUCE, v, produce(topic, ALL, null));
        s.ask("a zero topic id", PRODUCE, v, produce(topic.name(), Uuid.ZERO_UUID, 0, ALL, batch(records(1))));
    }

    /** A partition or a topic that one request names more than once. */
    private static void twice(Session s) throws Exception {
        var unknown = new Session.Topic(s.named("unknown"), new Uuid(5, 7));
        for (int v : versions(PRODUCE)) {
            var topic = s.topic("v" + v, 3);
            var other = s.topic("other-v" + v, 1);
            var one = batch(record(0, "k", "one"));
            var two = batch(record(1, "k", "two"));
            var three = batch(record(2, "k", "three"));
            s.ask("a partition twice", PRODUCE, v, repeated(ALL, part(topic, 0, one), part(topic, 0, two)));
            s.ask("a partition twice, acks 1", PRODUCE, v, repeated(1, part(topic, 0, one), part(topic, 0, two)));
            readBack(s, "what a partition twice left of v" + v, topic, 0);
            s.ask(
                    "a partition three times among others",
                    PRODUCE,
                    v,
                    repeated(
                            ALL,
                            part(topic, 2, one),
                            part(topic, 0, one),
                            part(topic, 1, one),
                            part(topic, 0, two),
                            part(topic, 0, three)));
            s.ask(
                    "a topic twice",
                    PRODUCE,
                    v,
                    repeatedTopics(ALL, part(topic, 0, one), part(other, 0, one), part(topic, 1, two)));
            s.ask(
                    "a topic twice with the same partition",
                    PRODUCE,
                    v,
                    repeatedTopics(
                            ALL, part(topic, 2, one), part(topic, 0, one), part(other, 0, one), part(topic, 0, two)));
            s.ask(
                    "a good batch, then a bad one",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, one), part(topic, 0, damaged(two, 65))));
            var zstd = batch(Compression.zstd().build(), record(1, "k", "zstd"));
            s.ask(
                    "a good batch, then one of zstd",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, one), part(topic, 0, zstd)));
            s.ask(
                    "one of zstd, then a good batch",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, zstd), part(topic, 0, two)));
            s.ask("a partition twice with zstd", PRODUCE, v, repeated(ALL, part(topic, 0, zstd), part(topic, 0, zstd)));
            s.ask(
                    "a partition of no topic with zstd and without",
                    PRODUCE,
                    v,
                    repeated(ALL, part(unknown, 0, zstd), part(unknown, 0, two)));
            readBack(s, "what zstd left of v" + v, topic, 0);
            s.ask(
                    "a bad batch, then a good one",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, damaged(one, 65)), part(topic, 0, two)));
            s.ask(
                    "a batch, then none",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, one), part(topic, 0, MemoryRecords.EMPTY)));
            s.ask(
                    "a batch, then two",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, one), part(topic, 0, joined(two, three))));
            s.ask(
                    "two batches, then one",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, joined(two, three)), part(topic, 0, one)));
            s.ask(
                    "a length that is wrong, then a batch",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, with(one, 8, new byte[4])), part(topic, 0, two)));
            s.ask(
                    "magic 1, then 2",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, legacy(1, record(0, "k", "v"))), part(topic, 0, two)));
            s.ask("acks 2", PRODUCE, v, repeated(2, part(topic, 0, one), part(topic, 0, two)));
            s.ask("an unknown partition twice", PRODUCE, v, repeated(ALL, part(topic, 7, one), part(topic, 7, two)));
            s.ask("an unknown topic twice", PRODUCE, v, repeated(ALL, part(unknown, 0, one), part(unknown, 0, two)));
            s.ask(
                    "an unknown topic named twice",
                    PRODUCE,
                    v,
                    repeatedTopics(ALL, part(unknown, 0, one), part(unknown, 0, two)));
            s.ask(
                    "unknown and known topics mixed",
                    PRODUCE,
                    v,
                    repeatedTopics(
                            ALL,
                            part(unknown, 1, one),
                            part(topic, 0, one),
                            part(unknown, 0, two),
                            part(topic, 7, two),
                            part(topic, 0, two),
                            part(other, 0, two)));
            s.ask("a topic without partitions", PRODUCE, v, withoutPartitions(topic, part(other, 0, one)));
            s.ask(
                    "a transactional batch, then a plain one",
                    PRODUCE,
                    v,
                    repeated(ALL, part(topic, 0, with(one, 22, new byte[] {0x10})), part(topic, 0, two)));
            long id = newProducer(s);
            s.ask(
                    "sequences 0 and 1",
                    PRODUCE,
                    v,
                    repeated(
                            ALL,
                            part(topic, 0, idempotent(id, 0, 0, records(1))),
                            part(topic, 0, idempotent(id, 0, 1, records(1)))));
            s.connect().tell("acks 0", PRODUCE, v, repeated(0, part(topic, 1, one), part(topic, 1, two)));
            for (int p = 0; p < 3; p++) {
                s.ask(
                        "what v" + v + " left in partition " + p,
                        FETCH,
                        12,
                        ("replicaId:-1,maxWaitMs:0,minBytes:0,topics:[{topic:'%s',partitions:[{partition:%d,fetchOffset:0,"
                                        + "partitionMaxBytes:10000000}]}]")
                                .formatted(topic.name(), p));
            }
        }
    }

    private record Part(Session.Topic topic, int partition, MemoryRecords records) {}

    private static Part part(Session.Topic topic, int partition, MemoryRecords records) {
        return new Part(topic, partition, records);
    }

    /** One entry for each topic. */
    private static ProduceRequestData repeated(int acks, Part... parts) {
        var data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(5_000);
        for (var part : parts) {
            Batches.add(data, part.topic.name(), part.topic.id(), part.partition, part.records);
        }
        return data;
    }

    /** One entry for each part, with its topic. */
    private static ProduceRequestData repeatedTopics(int acks, Part... parts) {
        var data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(5_000);
        for (var part : parts) {
            var topic = new ProduceRequestData.TopicProduceData()
                    .setName(part.topic.name())
                    .setTopicId(part.topic.id());
            topic.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(part.partition)
                            .setRecords(part.records));
            data.topicData().mustAdd(topic);
        }
        return data;
    }

    private static ProduceRequestData withoutPartitions(Session.Topic topic, Part part) {
        var data = repeatedTopics(ALL, part);
        data.topicData()
                .mustAdd(new ProduceRequestData.TopicProduceData()
                        .setName(topic.name())
                        .setTopicId(topic.id()));
        return data;
    }

    private static Session.Topic offsetsTopic(Session s) throws Exception {
        s.group("g");
        org.apache.kafka.common.message.MetadataResponseData answer = s.quietly(
                org.apache.kafka.common.protocol.ApiKeys.METADATA, 12, "topics:[{name:'__consumer_offsets'}]");
        return new Session.Topic(
                "__consumer_offsets", answer.topics().find("__consumer_offsets").topicId());
    }

    /** What may be wrong inside a batch; every answer is asked at the oldest and the newest version. */
    private static void batches(Session s) throws Exception {
        for (int v : new int[] {3, 7, 8, newest(PRODUCE)}) {
            var topic = s.topic("v" + v, 1);
            var good = batch(records(3));
            s.ask("base offset 5", PRODUCE, v, produce(topic, ALL, with(good, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, 5})));
            s.ask("last offset delta too large", PRODUCE, v, produce(topic, ALL, with(good, 23, new byte[] {0, 0, 0, 9
            })));
            s.ask("last offset delta negative", PRODUCE, v, produce(topic, ALL, with(good, 23, new byte[] {
                -1, -1, -1, -1
            })));
            s.ask("record count too large", PRODUCE, v, produce(topic, ALL, with(good, 57, new byte[] {0, 0, 0, 4})));
            s.ask("record count too small", PRODUCE, v, produce(topic, ALL, with(good, 57, new byte[] {0, 0, 0, 2})));
            s.ask("record count zero", PRODUCE, v, produce(topic, ALL, with(good, 57, new byte[] {0, 0, 0, 0})));
            s.ask("record count negative", PRODUCE, v, produce(topic, ALL, with(good, 57, new byte[] {-1, -1, -1, -1
            })));
            s.ask("record count huge", PRODUCE, v, produce(topic, ALL, with(good, 57, new byte[] {127, -1, -1, -1})));
            s.ask("record length wrong", PRODUCE, v, produce(topic, ALL, with(good, 61, new byte[] {126})));
            s.ask("unknown compression", PRODUCE, v, produce(topic, ALL, with(good, 22, new byte[] {7})));
            s.ask("gzip that is none", PRODUCE, v, produce(topic, ALL, with(good, 22, new byte[] {1})));
            s.ask("log append time set by the client", PRODUCE, v, produce(topic, ALL, with(good, 22, new byte[] {8})));
            s.ask("a control batch", PRODUCE, v, produce(topic, ALL, with(good, 22, new byte[] {0x20})));
            s.ask("delete horizon set by the client", PRODUCE, v, produce(topic, ALL, with(good, 22, new byte[] {0x40
            })));
            s.ask("max timestamp wrong", PRODUCE, v, produce(topic, ALL, with(good, 35, new byte[8])));
            s.ask("a leader epoch", PRODUCE, v, produce(topic, ALL, with(good, 12, new byte[] {0, 0, 0, 9})));
            s.ask("magic 3", PRODUCE, v, produce(topic, ALL, with(good, 16, new byte[] {3})));
            s.ask("magic -1", PRODUCE, v, produce(topic, ALL, with(good, 16, new byte[] {-1})));
            s.ask("cut in the header", PRODUCE, v, produce(topic, ALL, cut(good, 30)));
            s.ask("cut in the records", PRODUCE, v, produce(topic, ALL, cut(good, good.sizeInBytes() - 5)));
            s.ask("length negative", PRODUCE, v, produce(topic, ALL, with(good, 8, new byte[] {-1, -1, -1, -1})));
            s.ask("length too small", PRODUCE, v, produce(topic, ALL, with(good, 8, new byte[] {0, 0, 0, 20})));
            s.ask(
                    "a timestamp two hours ahead",
                    PRODUCE,
                    v,
                    produce(topic, ALL, batch(record(4 * 3_600_000, "k", "v"))));
            s.ask(
                    "the second of three too far ahead",
                    PRODUCE,
                    v,
                    produce(
                            topic,
                            ALL,
                            batch(record(0, "a", "b"), record(6 * 3_600_000, "k", "v"), record(1, "c", "d"))));
            s.ask(
                    "a negative timestamp",
                    PRODUCE,
                    v,
                    produce(topic, ALL, batch(record(-Normalizer.BASE_TIMESTAMP - 1, "k", "v"))));
            s.ask("null key and value", PRODUCE, v, produce(topic, ALL, batch(record(0, null, null))));
            readBack(s, "what v" + v + " left", topic, 0);
        }
    }

    private static void compression(Session s) throws Exception {
        for (int v : new int[] {3, 6, 7, newest(PRODUCE)}) {
            for (var type : CompressionType.values()) {
                var topic = s.topic("v" + v + "-" + type.name, 1);
                s.ask(
                        type.name,
                        PRODUCE,
                        v,
                        produce(topic, ALL, batch(Compression.of(type).build(), records(20))));
                readBack(s, "read back " + type.name + " of v" + v, topic, 0);
            }
        }
        for (var target : List.of("gzip", "snappy", "lz4", "zstd", "uncompressed", "producer")) {
            var topic = s.topic("to-" + target, 1, "compression.type", target);
            for (var type : CompressionType.values()) {
                s.ask(
                        type.name + " into " + target,
                        PRODUCE,
                        newest(PRODUCE),
                        produce(topic, ALL, batch(Compression.of(type).build(), records(5))));
            }
            readBack(s, "read back " + target, topic, 0);
        }
        var zstd = s.topic("zstd-to-all", 1, "compression.type", "zstd");
        s.ask("plain into zstd by an old producer", PRODUCE, 3, produce(zstd, ALL, batch(records(5))));
        for (int v : versions(FETCH)) {
            if (v < 13) {
                s.ask(
                        "zstd to a consumer",
                        FETCH,
                        v,
                        "replicaId:-1,maxWaitMs:0,minBytes:0,topics:[{topic:'%s',partitions:[{partition:0,fetchOffset:0,partitionMaxBytes:100000}]}]"
                                .formatted(zstd.name()));
            }
        }
    }

    private static void topicConfigs(Session s) throws Exception {
        var small = s.topic("small", 1, "max.message.bytes", "200");
        var compacted = s.topic("compacted", 1, "cleanup.policy", "compact");
        var both = s.topic("compacted-deleted", 1, "cleanup.policy", "compact,delete");
        var stamped = s.topic("stamped", 1, "message.timestamp.type", "LogAppendTime");
        var careful = s.topic("careful", 1, "min.insync.replicas", "2");
        var punctual = s.topic("punctual", 1, "message.timestamp.before.max.ms", "1000");
        var tight = s.topic("tight", 1, "segment.bytes", "1048576", "max.message.bytes", "2000000");
        for (int v : new int[] {3, 7, 8, 9, newest(PRODUCE)}) {
            s.ask("just small enough", PRODUCE, v, produce(small, ALL, batch(record(0, "k", "v".repeat(100)))));
            s.ask("too large", PRODUCE, v, produce(small, ALL, batch(record(0, "k", "v".repeat(300)))));
            s.ask(
                    "too large but for its compression",
                    PRODUCE,
                    v,
                    produce(small, ALL, batch(Compression.gzip().build(), record(0, "k", "v".repeat(300)))));
            s.ask(
                    "larger than a segment",
                    PRODUCE,
                    v,
                    produce(tight, ALL, batch(record(0, "k", "v".repeat(1_100_000)))));
            s.ask("a null key to a compacted topic", PRODUCE, v, produce(compacted, ALL, batch(record(0, null, "v"))));
            s.ask(
                    "one null key of three",
                    PRODUCE,
                    v,
                    produce(both, ALL, batch(record(0, "a", "b"), record(0, null, "v"), record(0, "c", "d"))));
            s.ask("a tombstone", PRODUCE, v, produce(compacted, ALL, batch(record(0, "k", null))));
            s.ask("a topic that stamps", PRODUCE, v, produce(stamped, ALL, batch(records(2))));
            s.ask(
                    "a topic that stamps, compressed",
                    PRODUCE,
                    v,
                    produce(stamped, ALL, batch(Compression.lz4().build(), records(2))));
            s.ask("too few in-sync replicas", PRODUCE, v, produce(careful, ALL, batch(records(1))));
            s.ask("too few in-sync replicas, acks 1", PRODUCE, v, produce(careful, 1, batch(records(1))));
            s.ask("too old", PRODUCE, v, produce(punctual, ALL, batch(records(2))));
        }
        readBack(s, "what the stamping topic holds", stamped, 0);
        readBack(s, "what the small topic holds", small, 0);
        readBack(s, "what the compacted topic holds", compacted, 0);
    }

    private static long newProducer(Session s) throws Exception {
        return s.<InitProducerIdResponseData>await(
                        INIT_PRODUCER_ID,
                        newest(INIT_PRODUCER_ID),
                        "transactionalId:null,transactionTimeoutMs:60000",
                        a -> a.errorCode() == 0)
                .producerId();
    }

    private static void idempotence(Session s) throws Exception {
        for (int v : versions(PRODUCE)) {
            var topic = s.topic("v" + v, 1);
            long id = newProducer(s);
            s.ask("sequences 0-2", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 0, records(3))));
            s.ask("sequences 3-3", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 3, records(1))));
            s.ask("the first again", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 0, records(3))));
            s.ask("half of the first again", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 0, records(2))));
            s.ask("a gap", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 7, records(1))));
            s.ask("the next epoch from 0", PRODUCE, v, produce(topic, ALL, idempotent(id, 1, 0, records(1))));
            s.ask("the old epoch", PRODUCE, v, produce(topic, ALL, idempotent(id, 0, 4, records(1))));
            s.ask("the next epoch from 5", PRODUCE, v, produce(topic, ALL, idempotent(id, 2, 5, records(1))));
            s.ask(
                    "an unknown producer from 9",
                    PRODUCE,
                    v,
                    produce(topic, ALL, idempotent(newProducer(s), 0, 9, records(1))));
            s.ask(
                    "producers",
                    DESCRIBE_PRODUCERS,
                    0,
                    "topics:[{name:'%s',partitionIndexes:[0]}]".formatted(topic.name()));
            readBack(s, "what is there", topic, 0);
        }
        var topic = s.topic("window", 1);
        long id = newProducer(s);
        int v = newest(PRODUCE);
        for (int i = 0; i < 7; i++) {
            s.ask("sequence " + i, PRODUCE, v, produce(topic, ALL, idempotent(id, 0, i, records(1))));
        }
        for (int i = 0; i < 7; i++) {
            s.ask("again sequence " + i, PRODUCE, v, produce(topic, ALL, idempotent(id, 0, i, records(1))));
        }
        s.ask("no sequence", PRODUCE, v, produce(topic, ALL, with(idempotent(id, 0, 7, records(1)), 53, new byte[] {
            -1, -1, -1, -1
        })));
        s.ask("no epoch", PRODUCE, v, produce(topic, ALL, with(idempotent(id, 0, 7, records(1)), 51, new byte[] {-1, -1
        })));
        var wrap = s.topic("wrap", 1);
        s.ask(
                "the last sequences",
                PRODUCE,
                v,
                produce(wrap, ALL, idempotent(id, 0, Integer.MAX_VALUE - 1, records(2))));
        s.ask("then 0", PRODUCE, v, produce(wrap, ALL, idempotent(id, 0, 0, records(2))));
        s.ask(
                "across the end",
                PRODUCE,
                v,
                produce(s.topic("across", 1), ALL, idempotent(id, 0, Integer.MAX_VALUE, records(3))));
        s.ask(
                "producers of the window",
                DESCRIBE_PRODUCERS,
                0,
                "topics:[{name:'%s',partitionIndexes:[0]}]".formatted(topic.name()));
        s.ask(
                "producers of an unknown partition",
                DESCRIBE_PRODUCERS,
                0,
                "topics:[{name:'%s',partitionIndexes:[4]}]".formatted(topic.name()));
        s.ask(
                "producers of an unknown topic",
                DESCRIBE_PRODUCERS,
                0,
                "topics:[{name:'%s',partitionIndexes:[0]}]".formatted(s.named("x")));
        s.ask("producers of an invalid topic", DESCRIBE_PRODUCERS, 0, "topics:[{name:'a b',partitionIndexes:[0]}]");
        s.ask("producers of nothing", DESCRIBE_PRODUCERS, 0, "topics:[]");
    }

    private static void initProducerId(Session s) throws Exception {
        newProducer(s);
        for (int v : versions(INIT_PRODUCER_ID)) {
            String none = "transactionalId:null,transactionTimeoutMs:60000";
            InitProducerIdResponseData first = s.ask("a new producer", INIT_PRODUCER_ID, v, none);
            s.ask("another", INIT_PRODUCER_ID, v, none);
            s.ask("an empty transactional id", INIT_PRODUCER_ID, v, "transactionalId:'',transactionTimeoutMs:60000");
            s.ask("no timeout", INIT_PRODUCER_ID, v, "transactionalId:null,transactionTimeoutMs:0");
            if (v >= 3) {
                s.ask(
                        "the same producer again",
                        INIT_PRODUCER_ID,
                        v,
                        none + ",producerId:%d,producerEpoch:0".formatted(first.producerId()));
                s.ask("an id without epoch", INIT_PRODUCER_ID, v, none + ",producerId:7,producerEpoch:-1");
                s.ask("an epoch without id", INIT_PRODUCER_ID, v, none + ",producerId:-1,producerEpoch:3");
            }
        }
    }
}
