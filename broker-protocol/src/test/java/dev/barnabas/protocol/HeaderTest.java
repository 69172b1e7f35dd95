package dev.barnabas.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HeaderTest {

    private static WireReader bytes(String hex) {
        return new WireReader(Unpooled.wrappedBuffer(HexFormat.ofDelimiter(" ").parseHex(hex)));
    }

    @Test
    void requestHeaderOneHasNoTaggedFields() {
        WireReader in = bytes("00 00 00 08 00 00 00 07 00 02 61 62 ff");
        assertThat(RequestHeader.read(in)).isEqualTo(new RequestHeader(ApiKey.PRODUCE, (short) 8, 7, "ab"));
        assertThat(in.remaining()).isEqualTo(1);
    }

    @Test
    void requestHeaderTwoKeepsThePlainClientIdAndSkipsTaggedFields() {
        WireReader in = bytes("00 12 00 03 00 00 00 07 ff ff 01 05 02 aa bb ff");
        assertThat(RequestHeader.read(in)).isEqualTo(new RequestHeader(ApiKey.API_VERSIONS, (short) 3, 7, null));
        assertThat(in.remaining()).isEqualTo(1);
    }

    @Test
    void requestHeaderZeroEndsWithTheCorrelationId() {
        WireReader in = bytes("00 07 00 00 00 00 00 09 00 00");
        assertThat(RequestHeader.read(in).correlationId()).isEqualTo(9);
        assertThat(in.remaining()).isEqualTo(2);
    }

    @Test
    void requestHeaderIsWrittenAsItIsRead() {
        for (ApiKey key : ApiKey.values()) {
            for (int version = 0; version <= key.versions().max(); version++) {
                String clientId = key.requestHeaderVersion(version) == 0 ? "" : "client";
                RequestHeader header = new RequestHeader(key, (short) version, 42, clientId);
                WireWriter out = new WireWriter();
                header.write(out);
                ByteBuf buffer = Unpooled.wrappedBuffer(out.toByteArray());
                assertThat(RequestHeader.read(new WireReader(buffer))).isEqualTo(header);
                assertThat(buffer.readableBytes()).isZero();
            }
        }
    }

    @Test
    void anUnknownApiIsMalformed() {
        assertThatThrownBy(() -> RequestHeader.read(bytes("03 e7 00 00 00 00 00 01 ff ff")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("apiKey: 999 (expected: 0-94)");
        assertThatThrownBy(() -> RequestHeader.read(bytes("00 00")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("bytes left: 2 (expected: at least 4)");
    }

    @Test
    void theHeaderOfANegativeVersionIsReadAsThatOfAnOldOne() {
        assertThat(RequestHeader.read(bytes("00 12 ff ff 00 00 00 07 00 01 63")))
                .isEqualTo(new RequestHeader(ApiKey.API_VERSIONS, (short) -1, 7, "c"));
    }

    @Test
    void responseHeaderIsWrittenAsItIsRead() {
        for (int version = 0; version <= 1; version++) {
            WireWriter out = new WireWriter();
            new ResponseHeader(42).write(out, version);
            ByteBuf buffer = Unpooled.wrappedBuffer(out.toByteArray());
            assertThat(buffer.readableBytes()).isEqualTo(4 + version);
            assertThat(ResponseHeader.read(new WireReader(buffer), version).correlationId())
                    .isEqualTo(42);
            assertThat(buffer.readableBytes()).isZero();
        }
    }
}
