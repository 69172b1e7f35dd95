package dev.barnabas.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.ByteBufRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WireReaderTest {

    private static WireReader bytes(String hex) {
        return new WireReader(Unpooled.wrappedBuffer(HexFormat.ofDelimiter(" ").parseHex(hex)));
    }

    private static void assertMalformed(String hex, Consumer<WireReader> read, String message) {
        WireReader in = bytes(hex);
        assertThatThrownBy(() -> read.accept(in))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(message);
    }

    @Test
    void numbersAreBigEndian() {
        assertThat(bytes("80").readInt8()).isEqualTo((byte) -128);
        assertThat(bytes("01 02").readInt16()).isEqualTo((short) 0x0102);
        assertThat(bytes("ff fe").readUnsignedInt16()).isEqualTo(65534);
        assertThat(bytes("ff ff ff fe").readInt32()).isEqualTo(-2);
        assertThat(bytes("ff ff ff fe").readUnsignedInt32()).isEqualTo(4294967294L);
        assertThat(bytes("00 00 00 01 00 00 00 00").readInt64()).isEqualTo(1L << 32);
        assertThat(bytes("3f f8 00 00 00 00 00 00").readFloat64()).isEqualTo(1.5);
        assertThat(bytes("02").readBoolean()).isTrue();
        assertThat(bytes("00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 02").readUuid())
                .isEqualTo(new Uuid(1, 2));
    }

    @Test
    void everyTypeNeedsItsBytes() {
        assertMalformed("", WireReader::readInt8, "bytes left: 0 (expected: at least 1)");
        assertMalformed("00", WireReader::readInt16, "bytes left: 1 (expected: at least 2)");
        assertMalformed("00", WireReader::readUnsignedInt16, "bytes left: 1 (expected: at least 2)");
        assertMalformed("00", WireReader::readInt32, "bytes left: 1 (expected: at least 4)");
        assertMalformed("00", WireReader::readUnsignedInt32, "bytes left: 1 (expected: at least 4)");
        assertMalformed("00", WireReader::readInt64, "bytes left: 1 (expected: at least 8)");
        assertMalformed("00", WireReader::readFloat64, "bytes left: 1 (expected: at least 8)");
        assertMalformed("00", WireReader::readUuid, "bytes left: 1 (expected: at least 16)");
        assertMalformed("80", WireReader::readUnsignedVarint, "bytes left: 0 (expected: at least 1)");
    }

    @Test
    void unsignedVarintsTakeAtMostFiveBytes() {
        assertThat(bytes("00").readUnsignedVarint()).isZero();
        assertThat(bytes("7f").readUnsignedVarint()).isEqualTo(127);
        assertThat(bytes("80 01").readUnsignedVarint()).isEqualTo(128);
        assertThat(bytes("ff ff ff ff 07").readUnsignedVarint()).isEqualTo(Integer.MAX_VALUE);
        assertThat(bytes("ff ff ff ff 0f").readUnsignedVarint()).isEqualTo(-1);
        String message = "varint: more than 32 bits (expected: at most 5 bytes)";
        assertMalformed("ff ff ff ff 10", WireReader::readUnsignedVarint, message);
        assertMalformed("80 80 80 80 80 00", WireReader::readUnsignedVarint, message);
    }

    @Test
    void varlongsTakeAtMostTenBytes() {
        assertThat(bytes("01").readVarint()).isEqualTo(-1);
        assertThat(bytes("01").readVarlong()).isEqualTo(-1);
        assertThat(bytes("ff ff ff ff ff ff ff ff ff 01").readVarlong()).isEqualTo(Long.MIN_VALUE);
        String message = "varlong: more than 64 bits (expected: at most 10 bytes)";
        assertMalformed("ff ff ff ff ff ff ff ff ff 02", WireReader::readVarlong, message);
        assertMalformed("80 80 80 80 80 80 80 80 80 80 00", WireReader::readVarlong, message);
    }

    @Test
    void stringsAreUtf8InHeapAndDirectBuffers() {
        for (String text : new String[] {"", "topic", "ümläut 日本 \uD83D\uDE00", "x".repeat(300), "é".repeat(16383)}) {
            for (ByteBuf buffer : new ByteBuf[] {Unpooled.buffer(), Unpooled.directBuffer()}) {
                WireWriter out = new WireWriter();
                out.writeString(text, true);
                out.writeNullableString(text, false);
                out.writeTo(buffer);
                WireReader in = new WireReader(buffer);
                assertThat(in.readString(true)).isEqualTo(text);
                assertThat(in.readNullableString(false)).isEqualTo(text);
                assertThat(in.remaining()).isZero();
                buffer.release();
            }
        }
    }

    @Test
    void lengthsAreCheckedBeforeMemoryIsTaken() {
        assertMalformed("7f ff 00", in -> in.readString(false), "bytes left: 1 (expected: at least 32767)");
        assertMalformed("ff fe", in -> in.readString(false), "string bytes: -2 (expected: 0-32767)");
        assertMalformed("81 80 02", in -> in.readString(true), "string bytes: 32768 (expected: 0-32767)");
        assertMalformed("7f ff ff ff", in -> in.readBytes(false), "bytes length: 2147483647 (expected: at most 0)");
        assertMalformed("ff ff ff ff 0f", in -> in.readBytes(true), "bytes length: -2 (expected: at most 0)");
        assertMalformed(
                "80 00 00 00",
                in -> in.readNullableRecords(false),
                "records length: -2147483648 (expected: at most 0)");
        assertMalformed("00 00 00 02 00", in -> in.readArrayLength(false), "array length: 2 (expected: at most 1)");
        assertMalformed("05 00", WireReader::readTaggedFieldEnd, "tagged field bytes: 5 (expected: 0-1)");
    }

    @Test
    void nullIsMinusOneOrCompactZero() {
        assertThat(bytes("ff ff").readNullableString(false)).isNull();
        assertThat(bytes("00").readNullableString(true)).isNull();
        assertThat(bytes("ff ff ff ff").readNullableBytes(false)).isNull();
        assertThat(bytes("00").readNullableRecords(true)).isNull();
        assertThat(bytes("ff ff ff ff").readNullableArrayLength(false)).isEqualTo(-1);
        assertThat(bytes("ff").readPresence()).isFalse();
        assertMalformed("ff ff", in -> in.readString(false), "string: null (expected: a value)");
        assertMalformed("00", in -> in.readBytes(true), "bytes: null (expected: a value)");
        assertMalformed("00", in -> in.readRecords(true), "records: null (expected: a value)");
        assertMalformed("ff ff ff ff", in -> in.readArrayLength(false), "array: null (expected: a value)");
    }

    @Test
    void recordsAreNeitherCopiedNorRetained() {
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {4, 1, 2, 3});
        ByteBufRecords records = (ByteBufRecords) new WireReader(buffer).readRecords(true);
        buffer.setByte(1, 9);
        assertThat(records.buffer().getByte(0)).isEqualTo((byte) 9);
        assertThat(buffer.refCnt()).isEqualTo(1);
        assertThat(buffer.readableBytes()).isZero();
    }

    @Test
    void listsStartSmall() {
        WireReader in = bytes("00");
        assertThat(in.listCapacity(5)).isEqualTo(5);
        assertThat(in.listCapacity(Integer.MAX_VALUE)).isEqualTo(1024);
    }

    @Test
    void elementsOfAllListsTogetherAreLimited() {
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {4, 0, 0, 0, 4, 0, 0, 0});
        WireReader in = new WireReader(buffer, 5);
        in.readInt8List(in.readArrayLength(true));
        assertThatThrownBy(() -> in.readArrayLength(true))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("array: 3 more elements (expected: at most 2)");
    }

    @Test
    void unknownTaggedFieldsAreKept() {
        WireReader in = bytes("02 05 02 aa bb 06 00 ff");
        assertThat(in.readUnknownTaggedFields())
                .containsExactly(
                        new UnknownTaggedField(5, new byte[] {(byte) 0xaa, (byte) 0xbb}),
                        new UnknownTaggedField(6, new byte[0]));
        assertThat(in.remaining()).isEqualTo(1);
        assertThat(bytes("00").readUnknownTaggedFields()).isNull();
    }

    @Test
    void aTaggedFieldMustFillItsSize() {
        WireReader in = bytes("02 01 02");
        int end = in.readTaggedFieldEnd();
        in.readInt8();
        assertThatThrownBy(() -> in.checkTaggedFieldEnd(end))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("tagged field: 1 bytes left (expected: 0)");
    }

    @Test
    void peekingReadsNothing() {
        WireReader in = bytes("00 01 00 02");
        assertThat(in.peekInt16(2)).isEqualTo((short) 2);
        assertThat(in.remaining()).isEqualTo(4);
    }
}
