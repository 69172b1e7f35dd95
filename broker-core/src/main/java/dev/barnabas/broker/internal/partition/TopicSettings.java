package dev.barnabas.broker.internal.partition;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.TimestampType;
import dev.barnabas.protocol.record.ValidationConfig;
import dev.barnabas.storage.LogConfig;
import org.jspecify.annotations.Nullable;

/**
 * A topic's configuration as the data path needs it, looked up once and not for each request.
 *
 * @param log what the log obeys
 * @param validation what a producer's batches must obey
 * @param minInsyncReplicas {@code min.insync.replicas}
 */
record TopicSettings(LogConfig log, ValidationConfig validation, int minInsyncReplicas) {

    private static final String PRODUCER = "producer";
    private static final String UNCOMPRESSED = "uncompressed";

    static TopicSettings of(Configs configs, String topic) {
        LogConfig log = configs.logConfig(topic);
        Compression compression = compression(String.valueOf(configs.topic(topic, "compression.type")));
        var validation = new ValidationConfig(
                log.maxMessageBytes(),
                log.logAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                number(configs, topic, "message.timestamp.before.max.ms").longValue(),
                number(configs, topic, "message.timestamp.after.max.ms").longValue(),
                log.compact(),
                compression,
                level(configs, topic, compression));
        return new TopicSettings(
                log, validation, number(configs, topic, "min.insync.replicas").intValue());
    }

    private static @Nullable Compression compression(String type) {
        return switch (type) {
            case PRODUCER -> null;
            case UNCOMPRESSED -> Compression.NONE;
            default -> Compression.forConfigName(type);
        };
    }

    private static int level(Configs configs, String topic, @Nullable Compression compression) {
        if (compression == null) {
            return 0;
        }
        return switch (compression) {
            case GZIP, LZ4, ZSTD ->
                number(configs, topic, "compression." + compression.configName() + ".level")
                        .intValue();
            case NONE, SNAPPY -> compression.levelDefault();
        };
    }

    private static Number number(Configs configs, String topic, String name) {
        return (Number) configs.topic(topic, name);
    }
}
