package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One scenario's run against one broker: opens connections, asks, and keeps every question with its answer. What a scenario needs but does not
 * compare (a topic that has a leader, a coordinator that has loaded) is awaited with questions that are not kept.
 */
final class Session implements AutoCloseable {
    static final String CLIENT_ID = "parity";
    private static final int ANSWER_WAIT_MS = 8_000;
    private static final String CLOSED = "connection closed";

    private final Target target;
    private final String scenario;
    private final Normalizer normalizer = new Normalizer();
    private final List<Step> steps = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final Peer main;
    private @Nullable Peer quiet;

    Session(Target target, String scenario) throws IOException {
        this.target = target;
        this.scenario = scenario;
        this.main = connect();
    }

    static List<Step> run(Scenario scenario, Target target) throws IOException {
        try (var session = new Session(target, scenario.name())) {
            try {
                scenario.script().run(session);
            } catch (Exception | AssertionError e) {
                session.keep("the script stops", "", JsonNodeFactory.instance.textNode("stopped: " + e));
            }
            return session.steps;
        }
    }

    /** A name for a topic or group that no other scenario uses. */
    String named(String suffix) {
        return scenario + "-" + suffix;
    }

    Peer connect() throws IOException {
        return connect(CLIENT_ID);
    }

    Peer connect(@Nullable String clientId) throws IOException {
        var peer = new Peer(clientId);
        peers.add(peer);
        return peer;
    }

    <T extends ApiMessage> T ask(String what, ApiKeys api, int version, ApiMessage request) throws IOException {
        return main.ask(what, api, version, request);
    }

    /** Asks with a body in the notation of {@link Body}. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    <T extends ApiMessage> T ask(String what, ApiKeys api, int version, String body) throws IOException {
        return main.ask(what, api, version, body);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    <T extends ApiMessage> T quietly(ApiKeys api, int version, String body) throws IOException {
        return quietly(api, version, Body.of(api, version, body));
    }

    /** Asks without keeping question and answer. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    <T extends ApiMessage> T quietly(ApiKeys api, int version, ApiMessage request) throws IOException {
        if (quiet == null) {
            quiet = connect("quiet");
        }
        int id = quiet.wire.send(api, (short) version, request, CLIENT_ID);
        var frame = quiet.wire.receive(ANSWER_WAIT_MS);
        if (frame == null) {
            quiet = null;
            throw new IOException("connection closed by the broker on " + api + " v" + version);
        }
        return (T) Wire.decode(api, (short) version, id, frame);
    }

    /** Repeats a quiet question until its answer is as wished; ten seconds at most. */
    <T extends ApiMessage> T await(ApiKeys api, int version, String body, Predicate<T> done) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            T answer = quietly(api, version, body);
            if (done.test(answer)) {
                return answer;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("not reached within 10 s: " + api + " still answers " + answer);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** A topic that exists and whose partitions can be written. */
    Topic topic(String suffix, int partitions, String... configs) throws IOException {
        return topicNamed(named(suffix), partitions, configs);
    }

    Topic topicNamed(String name, int partitions, String... configs) throws IOException {
        var configList = new StringJoiner(",");
        for (int i = 0; i < configs.length; i += 2) {
            configList.add("{name:'" + configs[i] + "',value:'" + configs[i + 1] + "'}");
        }
        CreateTopicsResponseData answer = quietly(
                ApiKeys.CREATE_TOPICS,
                7,
                "timeoutMs:10000,topics:[{name:'%s',numPartitions:%d,replicationFactor:1,configs:[%s]}]"
                        .formatted(name, partitions, configList));
        var created = answer.topics().find(name);
        if (created == null || created.errorCode() != 0) {
            throw new IllegalStateException("topic " + name + ": " + created);
        }
        awaitWritable(name, partitions);
        return new Topic(name, created.topicId());
    }

    void awaitWritable(String name, int partitions) throws IOException {
        this.<ListOffsetsResponseData>await(
                ApiKeys.LIST_OFFSETS,
                5,
                "replicaId:-1,topics:[{name:'%s',partitions:[%s]}]"
                        .formatted(
                                name,
                                IntStream.range(0, partitions)
                                        .mapToObj(p -> "{partitionIndex:" + p + ",timestamp:-1}")
                                        .collect(Collectors.joining(","))),
                a -> a.topics().get(0).partitions().stream().allMatch(p -> p.errorCode() == 0));
    }

    void awaitGone(String name) throws IOException {
        this.<ListOffsetsResponseData>await(
                ApiKeys.LIST_OFFSETS,
                5,
                "replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]".formatted(name),
                a -> a.topics().get(0).partitions().stream().allMatch(p -> p.errorCode() == 3));
    }

    void awaitConfig(int resourceType, String resource, String name, @Nullable String value) throws IOException {
        this.<DescribeConfigsResponseData>await(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                "resources:[{resourceType:%d,resourceName:'%s',configurationKeys:['%s']}]"
                        .formatted(resourceType, resource, name),
                a -> a.results().get(0).configs().stream().anyMatch(c -> Objects.equals(c.value(), value)));
    }

    /** Returns the group's full id when its coordinator has been found and has loaded. */
    String group(String suffix) throws IOException {
        String group = named(suffix);
        this.<FindCoordinatorResponseData>await(
                ApiKeys.FIND_COORDINATOR, 3, "key:'%s',keyType:0".formatted(group), a -> a.errorCode() == 0);
        this.<OffsetFetchResponseData>await(
                ApiKeys.OFFSET_FETCH,
                8,
                "groups:[{groupId:'%s',topics:null}]".formatted(group),
                a -> a.groups().get(0).errorCode() == 0);
        return group;
    }

    /** Keeps a fact that the script found out by itself. */
    void note(String what, JsonNode fact) {
        keep(what, "", fact);
    }

    private void keep(String name, String request, JsonNode answer) {
        steps.add(new Step(unique(name), null, 0, request, answer));
    }

    private void keep(String name, ApiKeys api, int version, String request, JsonNode answer) {
        steps.add(new Step(unique(name), api, version, request, answer));
    }

    private final Map<String, Integer> names = new HashMap<>();

    private String unique(String name) {
        int count = names.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + " (" + count + ")";
    }

    @Override
    public void close() throws IOException {
        for (var peer : peers) {
            peer.wire.close();
        }
    }

    /** A topic by its name and the id it was given. */
    record Topic(String name, Uuid id) {}

    /** One connection of the scenario. After the broker closed it, the next question opens another. */
    final class Peer {
        private final @Nullable String clientId;
        private Wire wire;

        Peer(@Nullable String clientId) throws IOException {
            this.clientId = clientId;
            this.wire = new Wire(target.port());
        }

        @SuppressWarnings("TypeParameterUnusedInFormals")
        <T extends ApiMessage> T ask(String what, ApiKeys api, int version, ApiMessage request) throws IOException {
            return this.send(what, api, version, request).answer();
        }

        @SuppressWarnings("TypeParameterUnusedInFormals")
        <T extends ApiMessage> T ask(String what, ApiKeys api, int version, String body) throws IOException {
            return this.ask(what, api, version, Body.of(api, version, body));
        }

        Pending send(String what, ApiKeys api, int version, String body) throws IOException {
            return send(what, api, version, Body.of(api, version, body));
        }

        Pending send(String what, ApiKeys api, int version, ApiMessage request) throws IOException {
            int id = wire.send(api, (short) version, request, clientId);
            return new Pending(this, what + " " + api.name + " v" + version, api, (short) version, request, id);
        }

        /** Sends a request that gets no answer when all is well, and keeps whether one came or the connection was closed. */
        void tell(String what, ApiKeys api, int version, ApiMessage request) throws IOException {
            wire.send(api, (short) version, request, clientId);
            keepOutcome(
                    what + " " + api.name + " v" + version,
                    Trees.of(request, (short) version).toString());
        }

        /** Sends a frame of these parts and keeps what the broker does. */
        void sendFrame(String what, ByteBuffer... parts) throws IOException {
            wire.sendFrame(parts);
            keepOutcome(what, "");
        }

        void sendBytes(String what, byte[] bytes) throws IOException {
            wire.sendBytes(bytes);
            keepOutcome(what, "");
        }

        /** Sends a frame of these parts and keeps the answer, read as {@code version} of {@code api}. */
        void askFrame(String what, ApiKeys api, int version, ByteBuffer... parts) throws IOException {
            wire.sendFrame(parts);
            var frame = wire.receive(ANSWER_WAIT_MS);
            if (frame == null) {
                reopen();
                keep(what, "", text(CLOSED));
                return;
            }
            var answer = Wire.decode(api, (short) version, frame.getInt(0), frame);
            keep(what, "", normalizer.normalize(api, Trees.of(answer, (short) version)));
        }

        private void keepOutcome(String what, String request) throws IOException {
            keep(what, request, text(outcome()));
            reopen();
        }

        /** Answers come in the order of the questions: what is not answered before the next question is, never will be. */
        private String outcome() throws IOException {
            ByteBuffer frame;
            try {
                wire.sendProbe();
                frame = wire.receive(ANSWER_WAIT_MS);
            } catch (SocketTimeoutException e) {
                return "open, but not even the next question is answered";
            } catch (SocketException e) {
                return CLOSED;
            }
            if (frame == null) {
                return CLOSED;
            }
            return Wire.isAnswerToProbe(frame) ? "no answer" : "answered";
        }

        private void reopen() throws IOException {
            wire.close();
            wire = new Wire(target.port());
        }

        void close() throws IOException {
            wire.close();
        }
    }

    private static JsonNode text(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }

    /** A question whose answer is still to come. */
    final class Pending {
        private final Peer peer;
        private final String name;
        private final ApiKeys api;
        private final short version;
        private final ApiMessage request;
        private final int correlationId;
        private @Nullable ByteBuffer arrived;

        Pending(Peer peer, String name, ApiKeys api, short version, ApiMessage request, int correlationId) {
            this.peer = peer;
            this.name = name;
            this.api = api;
            this.version = version;
            this.request = request;
            this.correlationId = correlationId;
        }

        /** Keeps whether the broker leaves this question waiting for {@code ms}. */
        Pending waits(int ms) throws IOException {
            boolean waiting = false;
            try {
                arrived = peer.wire.receive(ms);
            } catch (SocketTimeoutException e) {
                waiting = true;
            }
            keep(name + " waits", "", BooleanNode.valueOf(waiting));
            return this;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        <T extends ApiMessage> T answer() throws IOException {
            String asked = Trees.of(request, version).toString();
            var frame = arrived;
            if (frame == null) {
                try {
                    frame = peer.wire.receive(ANSWER_WAIT_MS);
                } catch (SocketTimeoutException e) {
                    keep(name, api, version, asked, text("no answer within " + ANSWER_WAIT_MS + " ms"));
                    peer.reopen();
                    return (T) api.messageType.newResponse();
                }
            }
            if (frame == null) {
                keep(name, api, version, asked, text(CLOSED));
                peer.reopen();
                return (T) api.messageType.newResponse();
            }
            ApiMessage answer;
            try {
                answer = Wire.decode(api, version, correlationId, frame);
            } catch (RuntimeException e) {
                keep(name, api, version, asked, text("answer cannot be decoded: " + e));
                peer.reopen();
                return (T) api.messageType.newResponse();
            }
            keep(name, api, version, asked, normalizer.normalize(api, Trees.of(answer, version)));
            return (T) answer;
        }
    }
}
