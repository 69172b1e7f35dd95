package dev.barnabas.parity;

import static dev.barnabas.parity.Batches.batch;
import static dev.barnabas.parity.Batches.produce;
import static dev.barnabas.parity.Batches.record;
import static dev.barnabas.parity.Batches.records;
import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;

/** Fetch: reading, limits, epochs, long polls and sessions. */
final class FetchScript {
    private FetchScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("fetch", FetchScript::read),
                new Scenario("fetch-invalid", FetchScript::invalid),
                new Scenario("fetch-limits", FetchScript::limits),
                new Scenario("fetch-long-poll", FetchScript::longPoll),
                new Scenario("fetch-sessions", FetchScript::sessions));
    }

    private static final String NOW = "replicaId:-1,maxWaitMs:0,minBytes:0,";

    private static String topic(Session.Topic topic, String... partitions) {
        return "{topic:'%s',topicId:'%s',partitions:[%s]}"
                .formatted(topic.name(), topic.id(), String.join(",", partitions));
    }

    private static String partition(int partition, long offset) {
        return partition(partition, offset, "");
    }

    private static String partition(int partition, long offset, String more) {
        return "{partition:%d,fetchOffset:%d,partitionMaxBytes:1000000%s}".formatted(partition, offset, more);
    }

    private static String topics(String... topics) {
        return "topics:[" + String.join(",", topics) + "]";
    }

    /** Three batches: offsets 0-2, 3-3, 4-8. */
    private static Session.Topic filled(Session s, String suffix, int partitions) throws Exception {
        var topic = s.topic(suffix, partitions);
        for (int p = 0; p < partitions; p++) {
            for (int count : new int[] {3, 1, 5}) {
                s.quietly(PRODUCE, 12, produce(topic.name(), topic.id(), p, -1, batch(records(count))));
            }
        }
        return topic;
    }

    private static void read(Session s) throws Exception {
        var t = filled(s, "t", 2);
        for (int v : versions(FETCH)) {
            s.ask("from the start", FETCH, v, NOW + topics(topic(t, partition(0, 0))));
            s.ask("from within a batch", FETCH, v, NOW + topics(topic(t, partition(0, 6))));
            s.ask("two partitions", FETCH, v, NOW + topics(topic(t, partition(0, 3), partition(1, 4))));
            s.ask("at the end", FETCH, v, NOW + topics(topic(t, partition(0, 9))));
            s.ask("committed only", FETCH, v, NOW + "isolationLevel:1," + topics(topic(t, partition(0, 3))));
            s.ask(
                    "the current leader epoch",
                    FETCH,
                    v,
                    NOW + topics(topic(t, partition(0, 8, ",currentLeaderEpoch:0"))));
            s.ask("nothing", FETCH, v, NOW + "topics:[]");
            if (v >= 12) {
                s.ask(
                        "last fetched epoch 0",
                        FETCH,
                        v,
                        NOW + topics(topic(t, partition(0, 9, ",currentLeaderEpoch:0,lastFetchedEpoch:0"))));
            }
        }
    }

    private static void invalid(Session s) throws Exception {
        var t = filled(s, "t", 1);
        var other = s.topic("other", 1);
        var unknown = new Session.Topic(s.named("unknown"), new Uuid(5, 7));
        for (int v : versions(FETCH)) {
            s.ask("beyond the end", FETCH, v, NOW + topics(topic(t, partition(0, 10))));
            s.ask("a negative offset", FETCH, v, NOW + topics(topic(t, partition(0, -1))));
            s.ask("an unknown topic", FETCH, v, NOW + topics(topic(unknown, partition(0, 0))));
            s.ask("an unknown partition", FETCH, v, NOW + topics(topic(t, partition(5, 0))));
            s.ask("a negative partition", FETCH, v, NOW + topics(topic(t, partition(-1, 0))));
            s.ask("a future leader epoch", FETCH, v, NOW + topics(topic(t, partition(0, 0, ",currentLeaderEpoch:5"))));
            s.ask("the same partition twice", FETCH, v, NOW + topics(topic(t, partition(0, 8), partition(0, 3))));
            s.ask(
                    "a good and an unknown topic",
                    FETCH,
                    v,
                    NOW + topics(topic(t, partition(0, 8)), topic(unknown, partition(0, 0))));
            s.ask(
                    "a follower that is none",
                    FETCH,
                    v,
                    "replicaId:7,replicaState:{replicaId:7},maxWaitMs:0,minBytes:0,"
                            + topics(topic(t, partition(0, 0))));
            s.ask(
                    "an unknown isolation level",
                    FETCH,
                    v,
                    NOW + "isolationLevel:7," + topics(topic(t, partition(0, 8))));
            s.ask(
                    "a negative wait",
                    FETCH,
                    v,
                    "replicaId:-1,maxWaitMs:-1,minBytes:1," + topics(topic(t, partition(0, 9))));
            if (v >= 12) {
                s.ask(
                        "a future last fetched epoch",
                        FETCH,
                        v,
                        NOW + topics(topic(t, partition(0, 9, ",lastFetchedEpoch:3"))));
            }
            if (v >= 13) {
                s.ask(
                        "a zero topic id",
                        FETCH,
                        v,
                        NOW + topics(topic(new Session.Topic(t.name(), Uuid.ZERO_UUID), partition(0, 0))));
            }
        }
        s.ask("an empty topic", FETCH, newest(FETCH), NOW + topics(topic(other, partition(0, 0))));
    }

    private static void limits(Session s) throws Exception {
        var t = filled(s, "t", 3);
        for (int v : versions(FETCH)) {
            s.ask(
                    "1 byte of a partition",
                    FETCH,
                    v,
                    NOW + topics(topic(t, "{partition:0,fetchOffset:0,partitionMaxBytes:1}")));
            s.ask(
                    "1 byte of each partition",
                    FETCH,
                    v,
                    NOW
                            + topics(topic(
                                    t,
                                    "{partition:0,fetchOffset:0,partitionMaxBytes:1}",
                                    "{partition:1,fetchOffset:0,partitionMaxBytes:1}")));
            s.ask("1 byte in all", FETCH, v, NOW + "maxBytes:1," + topics(topic(t, partition(0, 0), partition(1, 0))));
            s.ask(
                    "1 byte in all, the first empty",
                    FETCH,
                    v,
                    NOW + "maxBytes:1," + topics(topic(t, partition(0, 9), partition(1, 0))));
            s.ask(
                    "200 bytes in all",
                    FETCH,
                    v,
                    NOW + "maxBytes:200," + topics(topic(t, partition(0, 0), partition(1, 0))));
            s.ask(
                    "300 bytes in all",
                    FETCH,
                    v,
                    NOW + "maxBytes:300," + topics(topic(t, partition(2, 0), partition(1, 0), partition(0, 0))));
            s.ask("0 bytes in all", FETCH, v, NOW + "maxBytes:0," + topics(topic(t, partition(0, 0))));
        }
    }

    private static void longPoll(Session s) throws Exception {
        for (int v : versions(FETCH)) {
            var t = s.topic("v" + v, 2);
            var peer = s.connect();
            var poll = peer.send(
                            "until something comes",
                            FETCH,
                            v,
                            "replicaId:-1,maxWaitMs:15000,minBytes:1,"
                                    + topics(topic(t, partition(0, 0), partition(1, 0))))
                    .waits(30);
            s.ask("something comes", PRODUCE, 12, produce(t.name(), t.id(), 1, -1, batch(record(0, "k", "v"))));
            poll.answer();
            peer.ask(
                    "until the wait is over",
                    FETCH,
                    v,
                    "replicaId:-1,maxWaitMs:40,minBytes:1," + topics(topic(t, partition(0, 0))));
            var large = peer.send(
                            "until 300 bytes are there",
                            FETCH,
                            v,
                            "replicaId:-1,maxWaitMs:15000,minBytes:300," + topics(topic(t, partition(0, 0))))
                    .waits(20);
            s.ask("too little comes", PRODUCE, 12, produce(t.name(), t.id(), 0, -1, batch(record(0, "k", "v"))));
            large.waits(30);
            s.ask(
                    "enough comes",
                    PRODUCE,
                    12,
                    produce(t.name(), t.id(), 0, -1, batch(record(0, "k", "v".repeat(300)))));
            large.answer();
            peer.ask(
                    "an error is told at once",
                    FETCH,
                    v,
                    "replicaId:-1,maxWaitMs:15000,minBytes:1," + topics(topic(t, partition(0, 0), partition(9, 0))));
            peer.ask(
                    "no minimum",
                    FETCH,
                    v,
                    "replicaId:-1,maxWaitMs:15000,minBytes:0," + topics(topic(t, partition(0, 2))));
            peer.close();
        }
    }

    private static void sessions(Session s) throws Exception {
        for (int v : versions(FETCH, 7)) {
            var t = filled(s, "v" + v, 3);
            FetchResponseData opened = s.ask(
                    "open a session",
                    FETCH,
                    v,
                    NOW + "sessionEpoch:0," + topics(topic(t, partition(0, 4), partition(1, 9))));
            String session = NOW + "sessionId:%d,sessionEpoch:%d,".formatted(opened.sessionId(), 1);
            s.ask("nothing changed but what is unread", FETCH, v, session + "topics:[]");
            session = NOW + "sessionId:%d,sessionEpoch:%d,";
            int id = opened.sessionId();
            s.ask(
                    "on from where the first was read",
                    FETCH,
                    v,
                    session.formatted(id, 2) + topics(topic(t, partition(0, 9))));
            s.ask("nothing new", FETCH, v, session.formatted(id, 3) + "topics:[]");
            s.quietly(PRODUCE, 12, produce(t.name(), t.id(), 1, -1, batch(records(1))));
            s.ask("something new in the second", FETCH, v, session.formatted(id, 4) + "topics:[]");
            s.ask(
                    "a partition more",
                    FETCH,
                    v,
                    session.formatted(id, 5) + topics(topic(t, partition(2, 8), partition(1, 10))));
            s.ask(
                    "an unknown partition more",
                    FETCH,
                    v,
                    session.formatted(id, 6) + topics(topic(t, partition(7, 0), partition(2, 9))));
            s.ask("the unknown one again", FETCH, v, session.formatted(id, 7) + "topics:[]");
            s.ask(
                    "forget it",
                    FETCH,
                    v,
                    session.formatted(id, 8)
                            + "topics:[],forgottenTopicsData:[{topic:'%s',topicId:'%s',partitions:[7,0]}]"
                                    .formatted(t.name(), t.id()));
            s.ask("nothing new after that", FETCH, v, session.formatted(id, 9) + "topics:[]");
            s.ask("an epoch too early", FETCH, v, session.formatted(id, 9) + "topics:[]");
            s.ask("an epoch too late", FETCH, v, session.formatted(id, 15) + "topics:[]");
            s.ask("an unknown session", FETCH, v, session.formatted(id == 77 ? 78 : 77, 1) + "topics:[]");
            s.ask("close", FETCH, v, session.formatted(id, -1) + "topics:[]");
            s.ask("after the close", FETCH, v, session.formatted(id, 10) + "topics:[]");
            s.ask("epoch 0 without partitions", FETCH, v, NOW + "sessionEpoch:0,topics:[]");
            if (v >= 13) {
                var gone = filled(s, "gone" + v, 1);
                FetchResponseData answer = s.ask(
                        "a session with an unknown topic id",
                        FETCH,
                        v,
                        NOW + "sessionEpoch:0,"
                                + topics(
                                        topic(gone, partition(0, 9)),
                                        topic(new Session.Topic("x", new Uuid(5, 7)), partition(0, 0))));
                s.ask(
                        "its next fetch",
                        FETCH,
                        v,
                        NOW + "sessionId:%d,sessionEpoch:1,topics:[]".formatted(answer.sessionId()));
            }
        }
        // A session opened by names and carried on by ids.
        var t = filled(s, "switch", 1);
        FetchResponseData opened =
                s.ask("open by name", FETCH, 12, NOW + "sessionEpoch:0," + topics(topic(t, partition(0, 9))));
        s.ask(
                "carry on by id",
                FETCH,
                13,
                NOW + "sessionId:%d,sessionEpoch:1,".formatted(opened.sessionId()) + topics(topic(t, partition(0, 8))));
    }
}
