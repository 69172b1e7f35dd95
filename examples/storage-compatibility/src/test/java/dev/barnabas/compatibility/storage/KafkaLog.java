package dev.barnabas.compatibility.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Apache Kafka's own log of one partition. */
final class KafkaLog implements AutoCloseable {
    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private final BrokerTopicStats stats = new BrokerTopicStats();
    final UnifiedLog log;

    /** @param logDirectory the parent of the partition's directory */
    KafkaLog(Path logDirectory, dev.barnabas.storage.LogConfig config, Uuid topicId, boolean clean) throws IOException {
        scheduler.startup();
        File directory = logDirectory.resolve("orders-0").toFile();
        Files.createDirectories(directory.toPath());
        log = UnifiedLog.create(
                directory,
                new LogConfig(Map.of(
                        "internal.segment.bytes", config.segmentBytes(),
                        "segment.index.bytes", config.segmentIndexBytes(),
                        "index.interval.bytes", config.indexIntervalBytes(),
                        "segment.ms", config.segmentMs(),
                        "message.timestamp.after.max.ms", Long.MAX_VALUE)),
                0,
                0,
                scheduler,
                stats,
                Time.SYSTEM,
                300_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                clean,
                Optional.of(topicId));
    }

    LogAppendInfo append(ByteBuf batch, AppendOrigin origin) {
        var records = MemoryRecords.readableRecords(ByteBuffer.wrap(ByteBufUtil.getBytes(batch)));
        return log.appendAsLeader(records, 0, origin, RequestLocal.noCaching(), VerificationGuard.SENTINEL, (short) 0);
    }

    /** The bytes of whole batches from {@code offset} on, as one read returns them. */
    byte[] read(long offset) throws IOException {
        var records = log.read(offset, Integer.MAX_VALUE, FetchIsolation.LOG_END, true).records;
        var bytes = ByteBuffer.allocate(records.sizeInBytes());
        ((FileRecords) records).readInto(bytes, 0);
        return bytes.array();
    }

    @Override
    public void close() throws InterruptedException {
        log.close();
        stats.close();
        scheduler.shutdown();
    }
}
