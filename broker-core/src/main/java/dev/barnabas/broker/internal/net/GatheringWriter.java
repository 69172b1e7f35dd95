package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.WireWriter;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a response but for its record slices, which it remembers together with the place where they belong: they go from
 * where they lie to the socket.
 */
final class GatheringWriter extends WireWriter {

    private @Nullable List<Cut> cuts;
    private int slicedBytes;

    GatheringWriter(ByteBuf buffer) {
        super(buffer);
    }

    /** A slice that belongs before the buffer's {@code index}th byte. */
    record Cut(int index, RecordSlice slice) {}

    @Override
    protected void writeRecords(Records records) {
        if (records instanceof RecordSlice slice) {
            if (cuts == null) {
                cuts = new ArrayList<>();
            }
            cuts.add(new Cut(buffer.writerIndex(), slice));
            slicedBytes = Math.addExact(slicedBytes, slice.sizeInBytes());
        } else {
            super.writeRecords(records);
        }
    }

    /** In order of their places. */
    List<Cut> cuts() {
        return cuts == null ? List.of() : cuts;
    }

    /** Length of all slices. */
    int slicedBytes() {
        return slicedBytes;
    }
}
