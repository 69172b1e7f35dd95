package dev.barnabas.storage.log;

import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.AppendResult;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A log directory with one log under test, which can be closed, killed and opened again. */
final class TestStore {
    static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    static final Uuid TOPIC_ID = new Uuid(0x1234567890abcdefL, 0x1122334455667788L);
    static final long NOW_MS = 1_700_000_000_000L;

    final FileSystem files;
    LogConfig config;
    LogDirectory directory;
    PartitionLog log;

    TestStore(FileSystem files, LogConfig config) {
        this.files = files;
        this.config = config;
        this.directory = open();
        this.log = directory.create(PARTITION, TOPIC_ID, config);
    }

    private LogDirectory open() {
        return LogDirectory.open(files, "test-cluster", 1, config, Batches.ALLOCATOR, new Random(1), NOW_MS);
    }

    /** Shuts down cleanly and opens again. */
    void reopen() {
        directory.close();
        directory = open();
        log = directory.create(PARTITION, TOPIC_ID, config);
    }

    AppendResult append(ByteBuf batch) {
        return append(batch, AppendOrigin.CLIENT);
    }

    AppendResult append(ByteBuf batch, AppendOrigin origin) {
        return log.appendAsLeader(batch, 0, origin, NOW_MS);
    }

    /** All records from {@code offset} to the end, read in as many reads as it takes. */
    List<Batches.Seen> readAll(long offset) {
        return readAll(log, offset, 1 << 20);
    }

    static List<Batches.Seen> readAll(PartitionLog log, long offset, int maxBytes) {
        var all = new ArrayList<Batches.Seen>();
        long next = offset;
        while (next < log.logEndOffset()) {
            var result = log.read(next, maxBytes, Long.MAX_VALUE, true);
            var bytes = Unpooled.buffer();
            result.records().writeTo(bytes);
            result.records().release();
            for (var record : Batches.records(bytes)) {
                if (record.offset() >= next) {
                    all.add(record);
                }
            }
            long after = Batches.nextOffset(bytes, next);
            if (after == next) {
                break;
            }
            next = after;
        }
        return all;
    }

    List<String> values(long offset) {
        return readAll(offset).stream().map(Batches.Seen::value).toList();
    }
}
