package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.ResponseHeader;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.WireWriter;
import dev.barnabas.storage.RecordSlice;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes responses, one after the other, but for their record slices, which it remembers together with the places where they
 * belong: they go from where they lie to the socket.
 */
final class GatheringWriter extends WireWriter {

    private final List<Cut> cuts = new ArrayList<>(0);
    private int slicedBytes;

    /** A slice that belongs before the {@code index}th byte. */
    record Cut(int index, RecordSlice slice) {}

    /**
     * Writes a response with its length before it; the slices of {@code response} are then the writer's. If that fails, they
     * are not, and nothing is written.
     */
    void writeResponse(RequestHeader header, int version, ApiMessage response) {
        int begin = size();
        int cutsBefore = cuts.size();
        slicedBytes = 0;
        try {
            writeInt32(0);
            new ResponseHeader(header.correlationId())
                    .write(this, header.apiKey().responseHeaderVersion(version));
            response.write(this, version);
            setInt32(begin, Math.addExact(size() - begin - Integer.BYTES, slicedBytes));
        } catch (RuntimeException | Error e) {
            truncate(begin);
            cuts.subList(cutsBefore, cuts.size()).clear();
            throw e;
        }
    }

    @Override
    protected void writeRecords(Records records) {
        if (records instanceof RecordSlice slice) {
            cuts.add(new Cut(size(), slice));
            slicedBytes = Math.addExact(slicedBytes, slice.sizeInBytes());
        } else {
            super.writeRecords(records);
        }
    }

    /** In order of their places. */
    List<Cut> cuts() {
        return cuts;
    }

    /** Gives the slices back, if they are not to be sent. */
    void dropSlices() {
        for (Cut cut : cuts) {
            cut.slice().release();
        }
        cuts.clear();
    }
}
