package dev.barnabas.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that are no message end in one exception, soon, and without taking more memory than their length warrants. */
class MalformedMessageTest {
    private static final int FLIPS = 60;
    private static final int LENGTHS = 30;
    /** What reading may take: a fixed part (lists pre-sized at each level of nesting) and a part by the byte. */
    private static final long ALLOCATED_BYTES_MAX = 256 * 1024;

    private static final long ALLOCATED_BYTES_PER_BYTE_MAX = 100;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Classes that load during a measured read would count. */
    @BeforeAll
    static void loadClasses() {
        names().forEach(name -> {
            int version = Messages.create(name).highestVersion();
            Message message = withRecords(new RandomMessages(1).next(name, version));
            Messages.read(name, Messages.write(message, version), version);
        });
        assertThatThrownBy(() -> Messages.read("MetadataRequest", new byte[0], 0))
                .isInstanceOf(MalformedMessageException.class);
    }

    static Stream<String> names() {
        return Messages.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void malformedBytesGiveOneTypedExceptionOrAMessage(String name) {
        for (int version : Messages.versions(Messages.create(name)).toArray()) {
            long seed = 31L * name.hashCode() + version;
            Random random = new Random(seed);
            byte[] bytes = Messages.write(withRecords(new RandomMessages(seed).next(name, version)), version);
            String where = name + " version " + version + ", seed " + seed;
            for (int length = 0; length < bytes.length; length++) {
                readOrRefuse(name, version, Arrays.copyOf(bytes, length), where + ", cut to " + length);
            }
            for (int i = 0; i < FLIPS && bytes.length > 0; i++) {
                byte[] flipped = bytes.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                readOrRefuse(name, version, flipped, where + ", flip " + i);
            }
            for (int i = 0; i < LENGTHS && bytes.length > 5; i++) {
                byte[] overwritten = bytes.clone();
                int at = random.nextInt(overwritten.length - 5);
                byte[] length = HUGE[random.nextInt(HUGE.length)];
                System.arraycopy(length, 0, overwritten, at, length.length);
                readOrRefuse(name, version, overwritten, where + ", length " + i);
            }
        }
    }

    private static final byte[][] HUGE = {
        {0x7f, -1, -1, -1},
        {-1, -1, -1, -2},
        {-128, 0, 0, 0},
        {-1, -1, -1, -1, 0x07},
        {-1, -1, -1, -1, 0x0f},
        {-1, -1, -1, -1, -1},
        {0x7f, -1},
        {-128, 0}
    };

    private static Message withRecords(Message message) {
        if (message instanceof FetchSnapshotResponse response) {
            MessageRoundTripTest.giveRecords(response);
        }
        return message;
    }

    private void readOrRefuse(String name, int version, byte[] bytes, String where) {
        Message message = Messages.create(name);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            message.read(new WireReader(buffer), version);
        } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).as(where).contains("expected: ");
        } catch (RuntimeException | Error e) {
            throw new AssertionError(where, e);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as(where).isLessThan(ALLOCATED_BYTES_MAX + ALLOCATED_BYTES_PER_BYTE_MAX * bytes.length);
    }

    @Test
    void aHugeArrayOfNothingReservesNoMemory() {
        ByteBuf buffer = Unpooled.buffer().writeInt(Integer.MAX_VALUE);
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> new MetadataRequest().read(new WireReader(buffer), 0))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("array length: 2147483647 (expected: at most 0)");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_BYTES_MAX);
    }

    @Test
    void aMessageOfTooManyElementsIsRefusedBeforeTheyAreRead() {
        int elements = WireReader.ELEMENTS_MAX + 1;
        ByteBuf buffer = Unpooled.buffer().writeInt(elements).writeZero(2 * elements);
        assertThatThrownBy(() -> new MetadataRequest().read(new WireReader(buffer), 0))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("array: 1000001 more elements (expected: at most 1000000)");
    }

    @Test
    void nullWhereNoneIsAllowedIsRefused() {
        ByteBuf buffer = Unpooled.buffer().writeShort(-1).writeShort(30_000).writeInt(0);
        assertThatThrownBy(() -> new JoinGroupRequest().read(new WireReader(buffer), 0))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("string: null (expected: a value)");
    }
}
