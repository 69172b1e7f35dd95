package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.TimestampType;
import dev.barnabas.protocol.record.ValidationConfig;
import dev.barnabas.storage.LogConfig;
import org.jspecify.annotations.Nullable;

/**
 * A topic's configuration as its partitions use it, read once for each change. Immutable.
 *
 * @param log what the logs obey
 * @param validation what producers' batches have to be
 * @param minInSyncReplicas {@code min.insync.replicas}
 */
public record TopicSettings(LogConfig log, ValidationConfig validation, int minInSyncReplicas) {

    private static final String PRODUCER = "producer";
    private static final String UNCOMPRESSED = "uncompressed";

    /** The settings of {@code topic} now in force. */
    public static TopicSettings of(Configs configs, String topic) {
        LogConfig log = configs.logConfig(topic);
        Compression compression = compression(String.valueOf(configs.topic(topic, "compression.type")));
        var validation = new ValidationConfig(
                log.maxMessageBytes(),
                log.logAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                number(configs, topic, "message.timestamp.before.max.ms"),
                number(configs, topic, "message.timestamp.after.max.ms"),
                log.compact(),
                compression,
                level(configs, topic, compression));
        return new TopicSettings(log, validation, (int) number(configs, topic, "min.insync.replicas"));
    }

    private static @Nullable Compression compression(String configured) {
        if (configured.equals(PRODUCER)) {
            return null;
        }
        return configured.equals(UNCOMPRESSED) ? Compression.NONE : Compression.forConfigName(configured);
    }

    private static int level(Configs configs, String topic, @Nullable Compression compression) {
        if (compression == null) {
            return 0;
        }
        return switch (compression) {
            case GZIP, LZ4, ZSTD -> (int) number(configs, topic, "compression." + compression.configName() + ".level");
            case NONE, SNAPPY -> 0;
        };
    }

    private static long number(Configs configs, String topic, String name) {
        return ((Number) configs.topic(topic, name)).longValue();
    }
}
