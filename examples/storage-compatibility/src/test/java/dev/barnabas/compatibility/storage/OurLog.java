package dev.barnabas.compatibility.storage;

import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.file.DiskFileSystem;
import dev.barnabas.storage.log.LogDirectory;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A log directory of ours with one partition, {@code orders-0}. */
final class OurLog implements AutoCloseable {
    private final LogDirectory directory;
    final PartitionLog log;

    OurLog(Path path, LogConfig config, Uuid topicId) throws IOException {
        this(path, new TopicPartition("orders", 0), config, topicId);
    }

    OurLog(Path path, TopicPartition partition, LogConfig config, Uuid topicId) throws IOException {
        directory = LogDirectory.open(
                new DiskFileSystem(path),
                "cluster",
                1,
                config,
                UnpooledByteBufAllocator.DEFAULT,
                new Random(1),
                System.currentTimeMillis());
        log = directory.create(partition, topicId, config);
    }

    /** The bytes of whole batches from {@code offset} on, as one read returns them. */
    byte[] read(long offset) {
        var records = log.read(offset, Integer.MAX_VALUE, Long.MAX_VALUE, true).records();
        var bytes = Unpooled.buffer(records.sizeInBytes(), records.sizeInBytes());
        records.writeTo(bytes);
        records.release();
        return bytes.array();
    }

    @Override
    public void close() {
        directory.close();
    }
}
