package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** A log in memory, of the bytes that would be on the disk; it can hold commits back, and refuse them. */
final class MemoryGroupLog implements GroupLog {

    private final List<byte[][]> stored = new ArrayList<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean holding;
    private ErrorCode failure = ErrorCode.NONE;

    @Override
    public void append(List<GroupRecord> records, Outcome.WriteListener listener) {
        if (holding) {
            held.add(() -> commit(records, listener));
        } else {
            commit(records, listener);
        }
    }

    private void commit(List<GroupRecord> records, Outcome.WriteListener listener) {
        if (failure == ErrorCode.NONE) {
            records.forEach(record -> stored.add(bytes(record)));
        }
        listener.onWritten(failure);
    }

    private static byte[][] bytes(GroupRecord record) {
        ByteBuf key = Unpooled.buffer();
        GroupRecordCodec.writeKey(record, key);
        ByteBuf value = Unpooled.buffer();
        boolean hasValue = GroupRecordCodec.writeValue(record, value);
        return new byte[][] {array(key), hasValue ? array(value) : null};
    }

    private static byte[] array(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    @Override
    public void replay(Consumer<GroupRecord> into) {
        for (byte[][] record : stored) {
            into.accept(GroupRecordCodec.read(
                    Unpooled.wrappedBuffer(record[0]), record[1] == null ? null : Unpooled.wrappedBuffer(record[1])));
        }
    }

    /** Records appended so far. */
    long size() {
        return stored.size();
    }

    /** Commits nothing until {@link #release}. */
    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    /** Refuses what comes with {@code error}; NONE: takes it again. */
    void fail(ErrorCode error) {
        failure = error;
    }

    /** Appends held back. */
    int held() {
        return held.size();
    }
}
