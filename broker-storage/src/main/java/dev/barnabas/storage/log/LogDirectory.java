package dev.barnabas.storage.log;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.LogStore;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBufAllocator;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link LogStore} in a directory laid out as Apache Kafka's {@code log.dir}:
 *
 * <pre>
 * .lock  .kafka_cleanshutdown  meta.properties
 * recovery-point-offset-checkpoint  log-start-offset-checkpoint  replication-offset-checkpoint
 * cleaner-offset-checkpoint
 * orders-0/                          partition.metadata  leader-epoch-checkpoint  0000...0.log .index .timeindex ...
 * orders-1.&lt;32 hex digits&gt;-delete/   a deleted partition, until its delay has passed
 * </pre>
 */
public final class LogDirectory implements LogStore {
    private static final Logger log = LoggerFactory.getLogger(LogDirectory.class);

    private static final String LOCK = ".lock";
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";
    private static final byte[] CLEAN_SHUTDOWN_CONTENT =
            "{\"version\":0,\"brokerEpoch\":-1}".getBytes(StandardCharsets.UTF_8);
    private static final String DELETED = "-delete";
    /** What a directory's name may take in most file systems. */
    private static final int NAME_CHARS_MAX = 255;

    private final LogEnvironment environment;
    private final FileSystem files;
    private final Closeable lock;
    private final MetaProperties properties;
    private final Map<TopicPartition, SegmentedLog> logs = new ConcurrentHashMap<>();
    /** The checkpoints as they are on disk. */
    private final Map<String, byte[]> saved = new HashMap<>();

    private boolean closed;

    private LogDirectory(LogEnvironment environment, Closeable lock, MetaProperties properties) {
        this.environment = environment;
        this.files = environment.files();
        this.lock = lock;
        this.properties = properties;
    }

    /**
     * Opens the directory and every log in it.
     *
     * @param clusterId the cluster that this broker belongs to; null to take the one that the directory was made for, or a
     *     new one
     * @param nodeId the broker's id
     * @param initialConfig what the logs obey until {@link PartitionLog#updateConfig}
     * @param allocator for short-lived buffers
     * @param random for ids and for the jitter of rolling
     * @param nowMs wall clock, milliseconds since the epoch
     * @throws StorageException if another broker uses the directory, if it belongs to another broker or cluster, or if the
     *     disk fails
     */
    public static LogDirectory open(
            FileSystem files,
            @Nullable String clusterId,
            int nodeId,
            LogConfig initialConfig,
            ByteBufAllocator allocator,
            RandomGenerator random,
            long nowMs) {
        Closeable lock;
        try {
            lock = files.lock(LOCK);
        } catch (IOException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        }
        LogDirectory directory = null;
        try {
            var environment = new LogEnvironment(
                    files, allocator, new DirectoryHealth(files.name()), new ExpiringFiles(files), random);
            directory = new LogDirectory(environment, lock, identify(files, clusterId, nodeId, random));
            directory.load(initialConfig, nowMs);
            return directory;
        } catch (IOException | RuntimeException e) {
            if (directory != null) {
                directory.logs.values().forEach(SegmentedLog::close);
            }
            unlock(lock, files.name());
            throw e instanceof IOException
                    ? new StorageException("log directory: " + files.name() + " cannot be opened: " + e, e)
                    : (RuntimeException) e;
        }
    }

    private static MetaProperties identify(
            FileSystem files, @Nullable String clusterId, int nodeId, RandomGenerator random) throws IOException {
        var found = MetaProperties.read(files);
        if (found == null) {
            var cluster = clusterId != null ? clusterId : randomId(random).toString();
            var made = new MetaProperties(cluster, nodeId, randomId(random));
            made.write(files);
            return made;
        }
        if (clusterId != null && !clusterId.equals(found.clusterId())) {
            throw new StorageException("cluster.id: " + clusterId + " (expected: " + found.clusterId() + ", for which "
                    + files.name() + " was made)");
        }
        if (nodeId != found.nodeId()) {
            throw new StorageException("node.id: " + nodeId + " (expected: " + found.nodeId() + ", for which "
                    + files.name() + " was made)");
        }
        return found;
    }

    /** A random UUID of version 4. */
    private static Uuid randomId(RandomGenerator random) {
        long most = (random.nextLong() & ~0xf000L) | 0x4000L;
        long least = (random.nextLong() >>> 2) | (1L << 63);
        return new Uuid(most, least);
    }

    private void load(LogConfig config, long nowMs) throws IOException {
        boolean clean = takeCleanShutdown();
        for (var checkpoint : Checkpoints.ALL) {
            if (files.exists(checkpoint)) {
                saved.put(checkpoint, files.read(checkpoint));
            }
        }
        var recoveryPoints = Checkpoints.readOffsets(files, Checkpoints.RECOVERY_POINTS);
        var logStarts = Checkpoints.readOffsets(files, Checkpoints.LOG_STARTS);
        var highWatermarks = Checkpoints.readOffsets(files, Checkpoints.HIGH_WATERMARKS);
        var cleanedTo = Checkpoints.readOffsets(files, Checkpoints.CLEANER_OFFSETS);
        for (var name : files.directories("")) {
            var partition = partitionOf(name);
            if (name.endsWith(DELETED)) {
                environment.expiring().addDirectory(name, nowMs);
            } else if (partition != null) {
                var hints = new LogRecovery.Hints(
                        clean,
                        recoveryPoints.getOrDefault(partition, 0L),
                        logStarts.getOrDefault(partition, 0L),
                        highWatermarks.getOrDefault(partition, 0L),
                        cleanedTo.getOrDefault(partition, 0L));
                logs.put(partition, open(name, partition, config, hints, nowMs));
            }
        }
        if (!clean && !logs.isEmpty()) {
            log.info("Recovered after an unclean shutdown directory={} logs={}", files.name(), logs.size());
        }
    }

    /**
     * Whether the last shutdown was clean. The marker that says so is gone for good before anything is appended: brought back
     * by a power loss, it would keep the next start from looking at what was written since.
     */
    private boolean takeCleanShutdown() throws IOException {
        if (!files.exists(CLEAN_SHUTDOWN)) {
            return false;
        }
        files.delete(CLEAN_SHUTDOWN);
        files.forceDirectory("");
        return true;
    }

    private SegmentedLog open(
            String name, TopicPartition partition, LogConfig config, LogRecovery.Hints hints, long nowMs)
            throws IOException {
        var topicId = PartitionMetadata.read(files, name);
        var loaded = new LogRecovery(environment, name, config, hints, nowMs).load();
        return new SegmentedLog(environment, name, partition, topicId, config, loaded, hints);
    }

    /** The partition whose directory is called {@code name}; null if that is none's. */
    private static @Nullable TopicPartition partitionOf(String name) {
        int dash = name.lastIndexOf('-');
        if (dash <= 0 || !name.substring(dash + 1).matches("\\d{1,9}")) {
            return null;
        }
        return new TopicPartition(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)));
    }

    private static String directoryOf(TopicPartition partition) {
        return partition.topic() + "-" + partition.partition();
    }

    /** Whose directory this is. */
    public MetaProperties properties() {
        return properties;
    }

    @Override
    public Collection<PartitionLog> logs() {
        return Collections.unmodifiableCollection(logs.values());
    }

    @Override
    public PartitionLog create(TopicPartition partition, Uuid topicId, LogConfig config) {
        requireUsable();
        var known = logs.get(partition);
        if (known != null) {
            return adopt(known, topicId, config);
        }
        var name = directoryOf(partition);
        try {
            files.createDirectory(name);
            PartitionMetadata.write(files, name, topicId);
        } catch (IOException e) {
            throw environment.health().fail("create " + name, e);
        }
        var created = new SegmentedLog(environment, name, partition, topicId, config);
        logs.put(partition, created);
        return created;
    }

    private PartitionLog adopt(SegmentedLog known, Uuid topicId, LogConfig config) {
        if (known.topicId().equals(Uuid.ZERO)) {
            known.assignTopicId(topicId);
        } else if (!known.topicId().equals(topicId)) {
            throw new ApiException(
                    ErrorCode.INCONSISTENT_TOPIC_ID,
                    "topic id of " + known.topicPartition() + ": " + topicId + " (expected: " + known.topicId() + ")");
        }
        known.updateConfig(config);
        return known;
    }

    @Override
    public void delete(TopicPartition partition, long nowMs) {
        requireUsable();
        var deleted = logs.remove(partition);
        if (deleted == null) {
            return;
        }
        deleted.close();
        try {
            var name = deletedName(deleted.directory());
            files.rename(deleted.directory(), name);
            environment.expiring().addDirectory(name, nowMs + deleted.config().fileDeleteDelayMs());
            forget(partition);
        } catch (IOException e) {
            throw environment.health().fail("delete " + deleted.directory(), e);
        }
    }

    private String deletedName(String name) {
        var id = randomId(environment.random());
        var hex = HexFormat.of();
        var suffix =
                "." + hex.toHexDigits(id.mostSignificantBits()) + hex.toHexDigits(id.leastSignificantBits()) + DELETED;
        return name.substring(0, Math.min(name.length(), NAME_CHARS_MAX - suffix.length())) + suffix;
    }

    /** A new log of the same name must not find the old one's offsets in a checkpoint. */
    private synchronized void forget(TopicPartition partition) throws IOException {
        var row = partition.topic() + " " + partition.partition() + " ";
        for (var content : saved.values()) {
            if (new String(content, StandardCharsets.UTF_8).contains("\n" + row)) {
                saveCheckpoints();
                return;
            }
        }
    }

    @Override
    public void checkpoint() {
        requireUsable();
        try {
            saveCheckpoints();
        } catch (IOException e) {
            throw environment.health().fail("write the checkpoints", e);
        }
    }

    private synchronized void saveCheckpoints() throws IOException {
        save(Checkpoints.RECOVERY_POINTS, offsets(logs.values(), SegmentedLog::recoveryPoint));
        var moved =
                logs.values().stream().filter(SegmentedLog::startsInsideSegment).toList();
        save(Checkpoints.LOG_STARTS, offsets(moved, SegmentedLog::logStartOffset));
        var compacted =
                logs.values().stream().filter(each -> each.cleanedTo() > 0).toList();
        if (!compacted.isEmpty() || saved.containsKey(Checkpoints.CLEANER_OFFSETS)) {
            save(Checkpoints.CLEANER_OFFSETS, offsets(compacted, SegmentedLog::cleanedTo));
        }
        save(Checkpoints.HIGH_WATERMARKS, offsets(logs.values(), SegmentedLog::highWatermark));
    }

    private static byte[] offsets(Collection<SegmentedLog> logs, ToLongFunction<SegmentedLog> offset) {
        return Checkpoints.offsets(
                logs.stream().collect(Collectors.toMap(SegmentedLog::topicPartition, offset::applyAsLong)));
    }

    private void save(String checkpoint, byte[] content) throws IOException {
        if (!Arrays.equals(content, saved.get(checkpoint))) {
            files.replace(checkpoint, content);
            saved.put(checkpoint, content);
        }
    }

    @Override
    public void deleteExpiredFiles(long nowMs) {
        environment.expiring().deleteExpired(nowMs);
    }

    @Override
    public boolean offline() {
        return environment.health().isOffline();
    }

    @Override
    public String directoryName() {
        return files.name();
    }

    @Override
    public long totalBytes() {
        return files.totalBytes();
    }

    @Override
    public long usableBytes() {
        return files.usableBytes();
    }

    private void requireUsable() {
        environment.health().requireOnline();
        if (closed) {
            throw new StorageException("log directory: " + files.name() + " is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!offline()) {
                saveCleanly();
            }
        } finally {
            logs.values().forEach(SegmentedLog::close);
            unlock(lock, files.name());
        }
    }

    private void saveCleanly() {
        try {
            for (var each : logs.values()) {
                each.saveCleanly();
            }
            saveCheckpoints();
            files.forceDirectory("");
            environment.expiring().deleteExpired(Long.MAX_VALUE);
            files.replace(CLEAN_SHUTDOWN, CLEAN_SHUTDOWN_CONTENT);
        } catch (IOException e) {
            throw environment.health().fail("shut down cleanly", e);
        }
    }

    private static void unlock(Closeable lock, String name) {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("Could not give back the lock of a log directory directory={} cause={}", name, e.toString());
        }
    }
}
