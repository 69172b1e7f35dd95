package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Zeros in memory, and how often they were given back: after that they are gone, and are not to be asked for anything. */
final class CountedSlice implements RecordSlice {

    final AtomicInteger releases = new AtomicInteger();
    private final int bytes;
    private final int ownBytes;
    private Consumer<ByteBuf> onWritten = out -> {};

    private CountedSlice(int bytes, int ownBytes) {
        this.bytes = bytes;
        this.ownBytes = ownBytes;
    }

    /** A view of what is there anyway. */
    static CountedSlice view(int bytes) {
        return new CountedSlice(bytes, 0);
    }

    /** In memory of its own. */
    static CountedSlice own(int bytes) {
        return new CountedSlice(bytes, bytes);
    }

    /** Has {@code action} done with what a part of it has been copied to, each time. */
    CountedSlice onWritten(Consumer<ByteBuf> action) {
        onWritten = action;
        return this;
    }

    private void requireHeld() {
        assertThat(releases).as("releases").hasValue(0);
    }

    @Override
    public FileChannel channel() {
        return null;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public int sizeInBytes() {
        requireHeld();
        return bytes;
    }

    @Override
    public int ownBytes() {
        requireHeld();
        return ownBytes;
    }

    @Override
    public void writeTo(ByteBuf out, int offset, int length) {
        requireHeld();
        out.writeZero(length);
        onWritten.accept(out);
    }

    @Override
    public void release() {
        releases.incrementAndGet();
    }
}
