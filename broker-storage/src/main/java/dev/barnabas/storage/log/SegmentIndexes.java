package dev.barnabas.storage.log;

import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/** The offset index and the time index of one segment, in memory. */
record SegmentIndexes(OffsetIndex offsets, TimeIndex times) {

    static SegmentIndexes empty(long baseOffset) {
        return new SegmentIndexes(new OffsetIndex(baseOffset), new TimeIndex(baseOffset));
    }

    /** @throws CorruptIndexException if a file is missing or cannot belong to a segment of {@code segmentBytes} */
    static SegmentIndexes read(
            FileSystem files, String offsetsPath, String timesPath, long baseOffset, int segmentBytes)
            throws IOException, CorruptIndexException {
        var offsets = OffsetIndex.read(baseOffset, content(files, offsetsPath), segmentBytes);
        var times = TimeIndex.read(baseOffset, content(files, timesPath));
        if (times.entries() == 0 && segmentBytes > 0) {
            throw new CorruptIndexException("index: " + timesPath + " is empty (expected: at least 1 entry)");
        }
        return new SegmentIndexes(offsets, times);
    }

    private static ByteBuf content(FileSystem files, String path) throws IOException, CorruptIndexException {
        if (!files.exists(path)) {
            throw new CorruptIndexException("index: " + path + " (expected: a file)");
        }
        return Unpooled.wrappedBuffer(files.read(path));
    }

    void write(FileSystem files, String offsetsPath, String timesPath) throws IOException {
        var offsetBytes = Unpooled.buffer(offsets.sizeInBytes());
        offsets.writeTo(offsetBytes);
        files.write(offsetsPath, offsetBytes);
        var timeBytes = Unpooled.buffer(times.sizeInBytes());
        times.writeTo(timeBytes);
        files.write(timesPath, timeBytes);
    }
}
