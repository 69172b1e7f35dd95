package dev.barnabas.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.record.ByteBufRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;

class WireWriterTest {

    private static byte[] written(Consumer<WireWriter> write) {
        WireWriter out = new WireWriter();
        write.accept(out);
        return out.toByteArray();
    }

    @Test
    void varintsAreKafkas() {
        long seed = 4711;
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            int value = random.nextInt() >> random.nextInt(32);
            long wide = random.nextLong() >> random.nextInt(64);
            ByteBuffer expected = ByteBuffer.allocate(20);
            ByteUtils.writeUnsignedVarint(value, expected);
            ByteUtils.writeVarint(value, expected);
            ByteUtils.writeVarlong(wide, expected);
            byte[] bytes = written(out -> {
                out.writeUnsignedVarint(value);
                out.writeVarint(value);
                out.writeVarlong(wide);
            });
            assertThat(ByteBuffer.wrap(bytes)).as("seed " + seed).isEqualTo(expected.flip());
            WireReader in = new WireReader(Unpooled.wrappedBuffer(bytes));
            assertThat(in.readUnsignedVarint()).isEqualTo(value);
            assertThat(in.readVarint()).isEqualTo(value);
            assertThat(in.readVarlong()).isEqualTo(wide);
        }
    }

    @Test
    void lengthsArePlainOrCompact() {
        assertThat(written(out -> out.writeString("ab", false))).containsExactly(0, 2, 'a', 'b');
        assertThat(written(out -> out.writeString("ab", true))).containsExactly(3, 'a', 'b');
        assertThat(written(out -> out.writeBytes(new byte[] {7}, false))).containsExactly(0, 0, 0, 1, 7);
        assertThat(written(out -> out.writeBytes(new byte[] {7}, true))).containsExactly(2, 7);
        assertThat(written(out -> out.writeInt32List(List.of(5), false))).containsExactly(0, 0, 0, 1, 0, 0, 0, 5);
        assertThat(written(out -> out.writeInt32List(List.of(5), true))).containsExactly(2, 0, 0, 0, 5);
    }

    @Test
    void nullIsMinusOneOrCompactZero() {
        assertThat(written(out -> out.writeNullableString(null, false))).containsExactly(-1, -1);
        assertThat(written(out -> out.writeNullableString(null, true))).containsExactly(0);
        assertThat(written(out -> out.writeNullableBytes(null, false))).containsExactly(-1, -1, -1, -1);
        assertThat(written(out -> out.writeNullableRecords(null, true))).containsExactly(0);
        assertThat(written(out -> out.writeNullableInt32List(null, false))).containsExactly(-1, -1, -1, -1);
        assertThat(written(out -> assertThat(out.writePresence(null)).isFalse()))
                .containsExactly(-1);
        assertThat(written(out -> assertThat(out.writePresence("a struct")).isTrue()))
                .containsExactly(1);
    }

    @Test
    void valuesThatTheWireCannotHoldAreRefused() {
        assertThatThrownBy(() -> written(out -> out.writeString("x".repeat(32768), true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("string bytes: 32768 (expected: 0-32767)");
        assertThatThrownBy(() -> written(out -> out.writeUnsignedInt16(65536)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> written(out -> out.writeUnsignedInt32(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTaggedFieldsSizePrecedesIt() {
        assertThat(written(out -> {
                    int start = out.beginTaggedField(4);
                    out.writeInt16((short) 1);
                    out.endTaggedField(start);
                }))
                .containsExactly(4, 2, 0, 1);
        byte[] moved = written(out -> {
            int start = out.beginTaggedField(4);
            out.writeBytes(new byte[198], true);
            out.endTaggedField(start);
        });
        assertThat(moved).hasSize(1 + 2 + 200).startsWith(4, 0xc8, 1, 0xc7, 1);
    }

    @Test
    void whatWasWrittenStaysAsTheArrayGrows() {
        Random random = new Random(4711);
        byte[] large = new byte[100_000];
        random.nextBytes(large);
        WireWriter out = new WireWriter();
        for (int i = 0; i < 1000; i++) {
            out.writeInt64(i);
        }
        out.writeBytes(large, false);
        out.writeRecords(new ByteBufRecords(Unpooled.wrappedBuffer(large)), false);
        ByteBuf bytes = Unpooled.buffer();
        out.writeTo(bytes);
        assertThat(out.size()).isEqualTo(8000 + 2 * (4 + 100_000)).isEqualTo(bytes.readableBytes());
        WireReader in = new WireReader(bytes);
        for (int i = 0; i < 1000; i++) {
            assertThat(in.readInt64()).isEqualTo(i);
        }
        assertThat(in.readBytes(false)).isEqualTo(large);
        assertThat(in.readBytes(false)).isEqualTo(large);
    }

    @Test
    void whatWasWrittenCanBeReplacedAndTakenBack() {
        WireWriter out = new WireWriter();
        out.writeInt32(0);
        out.writeInt16((short) 7);
        out.setInt32(0, 0x01020304);
        assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 0, 7);
        out.truncate(4);
        out.writeInt8((byte) 9);
        assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 9);
        assertThatThrownBy(() -> out.truncate(6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.setInt32(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.setInt32(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
