package dev.barnabas.parity;

import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import java.nio.ByteBuffer;
import java.util.List;

/** ApiVersions, and what is not Kafka's protocol at all. */
final class NegotiationScript {
    private NegotiationScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("api-versions", NegotiationScript::apiVersions),
                new Scenario("malformed", NegotiationScript::malformed));
    }

    private static void apiVersions(Session s) throws Exception {
        for (int v : versions(API_VERSIONS)) {
            s.ask("a named client", API_VERSIONS, v, "clientSoftwareName:'parity',clientSoftwareVersion:'1.0'");
            s.ask("a name with a blank", API_VERSIONS, v, "clientSoftwareName:'a b',clientSoftwareVersion:'1.0'");
            s.ask("no version", API_VERSIONS, v, "clientSoftwareName:'parity',clientSoftwareVersion:''");
            s.ask(
                    "a version ending in a dash",
                    API_VERSIONS,
                    v,
                    "clientSoftwareName:'parity',clientSoftwareVersion:'1-'");
        }
        s.connect(null).ask("no client id", API_VERSIONS, 3, "clientSoftwareName:'p',clientSoftwareVersion:'1'");
        s.connect("").ask("an empty client id", API_VERSIONS, 0, "");
        // A version that no broker knows is answered in the layout of version 0, with the range that the client may
        // retry in.
        var body = Wire.bytes(Body.of(API_VERSIONS, 3, "clientSoftwareName:'p',clientSoftwareVersion:'1'"), (short) 3);
        s.connect().askFrame("version 99", API_VERSIONS, 0, Wire.header((short) 18, (short) 99, 7, (short) 2), body);
        for (short version : new short[] {-1, -2, Short.MIN_VALUE}) {
            var header = Wire.header((short) 18, version, 7, (short) 1);
            s.connect().askFrame("version " + version, API_VERSIONS, 0, header);
            s.connect().askFrame("version " + version + " with a body", API_VERSIONS, 0, header, body);
        }
    }

    private static void malformed(Session s) throws Exception {
        var peer = s.connect();
        peer.sendFrame("unknown api 1000", Wire.header((short) 1000, (short) 0, 1, (short) 1));
        peer.sendFrame("negative api", Wire.header((short) -1, (short) 0, 1, (short) 1));
        peer.sendFrame("unsupported version of Metadata", Wire.header((short) 3, (short) 99, 1, (short) 2));
        peer.sendFrame("negative version of Metadata", Wire.header((short) 3, (short) -1, 1, (short) 1));
        peer.sendFrame("retired LeaderAndIsr", Wire.header((short) 4, (short) 7, 1, (short) 2));
        peer.sendFrame("controller-only Vote", Wire.header((short) 52, (short) 0, 1, (short) 2));
        peer.sendFrame("empty frame");
        peer.sendFrame("half a header", ByteBuffer.wrap(new byte[] {0, 3, 0}));
        peer.sendFrame("header without body", Wire.header((short) 3, (short) 9, 1, (short) 2));
        peer.sendFrame(
                "array length beyond the frame",
                Wire.header((short) 3, (short) 1, 1, (short) 1),
                number(Integer.MAX_VALUE));
        peer.sendFrame("negative array length", Wire.header((short) 3, (short) 1, 1, (short) 1), number(-5));
        peer.sendFrame(
                "null topic name",
                Wire.header((short) 3, (short) 1, 1, (short) 1),
                number(1),
                ByteBuffer.wrap(new byte[] {-1, -1}));
        peer.sendBytes("negative frame length", new byte[] {-1, -1, -1, -1});
        peer.sendBytes("frame of 2 GB", new byte[] {0x7f, -1, -1, -1});
        peer.sendBytes(
                "frame of 105 MB", ByteBuffer.allocate(4).putInt(104_857_601).array());
        peer.sendBytes(
                "an HTTP request",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        var metadata = Wire.bytes(Body.of(METADATA, 1, "topics:[]"), (short) 1);
        s.connect()
                .askFrame(
                        "bytes after the body",
                        METADATA,
                        1,
                        Wire.header((short) 3, (short) 1, 1, (short) 1),
                        metadata,
                        ByteBuffer.wrap(new byte[] {1, 2, 3}));
        // Version 9: topics (empty), three booleans, then one unknown tagged field of two bytes.
        s.connect()
                .askFrame(
                        "an unknown tagged field",
                        METADATA,
                        9,
                        Wire.header((short) 3, (short) 9, 1, (short) 2),
                        ByteBuffer.wrap(new byte[] {1, 0, 0, 0, 1, 99, 2, 7, 7}));
    }

    private static ByteBuffer number(int value) {
        return ByteBuffer.allocate(4).putInt(0, value);
    }
}
