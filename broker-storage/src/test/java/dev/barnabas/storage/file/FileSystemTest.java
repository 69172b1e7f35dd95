package dev.barnabas.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What both file systems have in common, and what each has of its own. */
class FileSystemTest {
    @TempDir
    static Path temporary;

    private static int count;

    static Stream<FileSystem> fileSystems() throws IOException {
        return Stream.of(new MemoryFileSystem("memory"), new DiskFileSystem(temporary.resolve("disk-" + count++)));
    }

    private static ByteBuf bytes(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void readsBackWhatWasAppendedAndTruncatedInAnySizes(FileSystem files) throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var expected = Unpooled.buffer();
        var file = files.open("file");
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(10) == 0) {
                int size = random.nextInt(expected.writerIndex() + 1);
                file.truncate(size);
                expected.writerIndex(size);
            } else {
                var part = bytes(random, random.nextInt(random.nextInt(20_000) + 1));
                file.append(List.of(part));
                expected.writeBytes(part, 0, part.readableBytes());
            }
            assertThat(file.size()).as("seed %d", seed).isEqualTo(expected.writerIndex());
            int from = random.nextInt(expected.writerIndex() + 1);
            int length = random.nextInt(30_000);
            var read = Unpooled.buffer();
            int done = file.read(read, from, length);
            assertThat(done).as("seed %d", seed).isEqualTo(Math.min(length, expected.writerIndex() - from));
            assertThat(read).as("seed %d", seed).isEqualTo(expected.slice(from, done));
        }
        file.release();
        assertThat(files.size("file")).isEqualTo(expected.writerIndex());
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void appendsBuffersOfManyParts(FileSystem files) throws IOException {
        var parts = Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(new byte[] {1, 2}),
                Unpooled.directBuffer().writeBytes(new byte[] {3, 4}),
                Unpooled.wrappedBuffer(new byte[] {5}));
        var file = files.open("file");
        file.append(List.of(parts.slice(1, 3), Unpooled.wrappedBuffer(new byte[] {6}), parts.slice(0, 2)));
        parts.release();
        file.release();
        assertThat(files.read("file")).containsExactly(2, 3, 4, 6, 1, 2);
    }

    /** More than one system call takes, so that the disk takes it in parts. */
    @ParameterizedTest
    @MethodSource("fileSystems")
    void appendsMoreBuffersThanOneSystemCallTakes(FileSystem files) throws IOException {
        var parts = new ArrayList<ByteBuf>();
        var expected = Unpooled.buffer();
        for (int i = 0; i < 2_500; i++) {
            var part = Unpooled.directBuffer().writeZero(1 + i % 7).setByte(0, i);
            expected.writeBytes(part, 0, part.readableBytes());
            parts.add(part);
        }
        var file = files.open("file");
        file.append(parts);
        assertThat(file.size()).isEqualTo(expected.readableBytes());
        file.append(List.of(parts.get(0)));
        parts.forEach(ByteBuf::release);
        file.release();
        assertThat(files.read("file")).isEqualTo(ByteBufUtil.getBytes(expected.writeByte(0)));
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void listsRenamesAndDeletes(FileSystem files) throws IOException {
        files.createDirectory("a");
        files.createDirectory("a");
        files.createDirectory("ab");
        files.write("a/1", Unpooled.wrappedBuffer(new byte[] {1}));
        files.write("a/2", Unpooled.wrappedBuffer(new byte[] {2}));
        files.write("ab/3", Unpooled.wrappedBuffer(new byte[] {3}));
        assertThat(files.directories("")).containsExactlyInAnyOrder("a", "ab");
        assertThat(files.files("a")).containsExactlyInAnyOrder("1", "2");
        files.rename("a/1", "a/2");
        assertThat(files.read("a/2")).containsExactly(1);
        files.rename("a", "c");
        assertThat(files.exists("a/2")).isFalse();
        assertThat(files.read("c/2")).containsExactly(1);
        assertThat(files.files("ab")).containsExactly("3");
        files.delete("c/2");
        files.delete("c/2");
        files.deleteDirectory("c");
        files.deleteDirectory("c");
        assertThat(files.directories("")).containsExactly("ab");
        assertThatThrownBy(() -> files.open("c/2")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.read("ab/4")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void replacesSmallFilesAndLeavesNoOther(FileSystem files) throws IOException {
        files.replace("small", new byte[] {1, 2, 3});
        files.replace("small", new byte[] {4});
        assertThat(files.read("small")).containsExactly(4);
        assertThat(files.files("")).containsExactly("small");
        files.force("small");
        files.force("absent");
        files.forceDirectory("");
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void aDeletedFileIsReadableUntilTheLastReferenceIsGone(FileSystem files) throws IOException {
        var file = files.open("file");
        file.append(List.of(Unpooled.wrappedBuffer(new byte[] {7})));
        file.retain();
        file.release();
        files.delete("file");
        var read = Unpooled.buffer();
        assertThat(file.read(read, 0, 5)).isEqualTo(1);
        file.release();
        assertThatThrownBy(file::retain).isInstanceOf(IllegalStateException.class);
        assertThat(files.exists("file")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("fileSystems")
    void locksOnceAtATime(FileSystem files) throws IOException {
        var lock = files.lock(".lock");
        assertThatThrownBy(() -> files.lock(".lock"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is in use by another broker of this process");
        lock.close();
        files.lock(".lock").close();
    }

    @Test
    void theLockFileSaysWhichProcessHoldsIt(@TempDir Path path) throws IOException {
        try (var lock = new DiskFileSystem(path).lock(".lock")) {
            assertThat(lock).isNotNull();
            assertThat(Files.readString(path.resolve(".lock")))
                    .isEqualTo("pid=" + ProcessHandle.current().pid() + "\n");
        }
    }

    @Test
    void goesOnAtTheEndOfAFileThatWasThere(@TempDir Path path) throws IOException {
        Files.write(path.resolve("file"), new byte[] {1, 2}, StandardOpenOption.CREATE);
        var files = new DiskFileSystem(path);
        var file = files.open("file");
        file.append(List.of(Unpooled.wrappedBuffer(new byte[] {3})));
        file.release();
        assertThat(files.read("file")).containsExactly(1, 2, 3);
    }

    @Test
    void aPowerLossKeepsWhatWasForcedAndAProcessDeathAll() throws IOException {
        var files = new MemoryFileSystem("memory");
        var file = files.open("file");
        file.append(List.of(Unpooled.wrappedBuffer(new byte[] {1, 2})));
        file.force();
        file.append(List.of(Unpooled.wrappedBuffer(new byte[] {3})));
        files.write("loose", Unpooled.wrappedBuffer(new byte[] {9}));
        assertThat(files.afterPowerLoss().read("file")).containsExactly(1, 2);
        assertThat(files.afterPowerLoss().read("loose")).isEmpty();
        assertThat(files.afterProcessDeath().read("file")).containsExactly(1, 2, 3);
        file.release();
    }
}
