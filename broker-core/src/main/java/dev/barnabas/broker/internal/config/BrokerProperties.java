package dev.barnabas.broker.internal.config;

import static dev.barnabas.broker.internal.config.Check.CONNECTION_OVERRIDES;
import static dev.barnabas.broker.internal.config.Check.GZIP_LEVEL;
import static dev.barnabas.broker.internal.config.Check.NOT_EMPTY;
import static dev.barnabas.broker.internal.config.Check.atLeast;
import static dev.barnabas.broker.internal.config.Check.between;
import static dev.barnabas.broker.internal.config.Check.oneOf;
import static dev.barnabas.broker.internal.config.Check.oneOfIgnoringCase;
import static dev.barnabas.broker.internal.config.ConfigType.BOOLEAN;
import static dev.barnabas.broker.internal.config.ConfigType.CLASS;
import static dev.barnabas.broker.internal.config.ConfigType.DOUBLE;
import static dev.barnabas.broker.internal.config.ConfigType.INT;
import static dev.barnabas.broker.internal.config.ConfigType.LIST;
import static dev.barnabas.broker.internal.config.ConfigType.LONG;
import static dev.barnabas.broker.internal.config.ConfigType.PASSWORD;
import static dev.barnabas.broker.internal.config.ConfigType.SHORT;
import static dev.barnabas.broker.internal.config.ConfigType.STRING;
import static dev.barnabas.broker.internal.config.Property.Scope.CLUSTER_WIDE;
import static dev.barnabas.broker.internal.config.Property.Scope.PER_BROKER;
import static dev.barnabas.broker.internal.config.Property.Scope.READ_ONLY;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker's properties: all that Apache Kafka 4.3 defines, with its types, defaults and ranges.
 *
 * <p>Defaults differ where Kafka's would not suit one embedded broker: internal topics have one replica
 * ({@code offsets.topic.replication.factor}, {@code transaction.state.log.*}, {@code share.coordinator.state.topic.*}),
 * groups start without {@code group.initial.rebalance.delay.ms}, the offsets topic rolls each mebibyte
 * ({@code offsets.topic.segment.bytes}), and {@code listeners} is a random port of loopback.
 */
public final class BrokerProperties {

    private static final String OF_LISTENER = "listener.name.";

    /** What may be set for each SASL mechanism of a listener: {@code listener.name.LISTENER.MECHANISM.PROPERTY}. */
    private static final List<String> OF_MECHANISM = List.of(
            "sasl.jaas.config",
            "sasl.login.callback.handler.class",
            "sasl.login.class",
            "sasl.server.callback.handler.class",
            "connections.max.reauth.ms");

    private static final Map<String, Property> PROPERTIES = new LinkedHashMap<>(512);

    static {
        add("add.partitions.to.txn.retry.backoff.max.ms", INT, "100", READ_ONLY, atLeast(0));
        add("add.partitions.to.txn.retry.backoff.ms", INT, "20", READ_ONLY, atLeast(1));
        add("advertised.listeners", LIST, null, READ_ONLY);
        add("alter.config.policy.class.name", CLASS, null, READ_ONLY);
        add("alter.log.dirs.replication.quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("alter.log.dirs.replication.quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("authorizer.class.name", STRING, "", READ_ONLY);
        add("auto.create.topics.enable", BOOLEAN, "true", READ_ONLY);
        add("auto.leader.rebalance.enable", BOOLEAN, "true", READ_ONLY);
        add("background.threads", INT, "10", CLUSTER_WIDE, atLeast(1));
        add("broker.heartbeat.interval.ms", INT, "2000", READ_ONLY);
        add("broker.id", INT, "-1", READ_ONLY);
        add("broker.rack", STRING, null, READ_ONLY);
        add("broker.session.timeout.ms", INT, "9000", READ_ONLY);
        add("client.quota.callback.class", CLASS, null, READ_ONLY);
        add("compression.gzip.level", INT, "-1", CLUSTER_WIDE, GZIP_LEVEL);
        add("compression.lz4.level", INT, "9", CLUSTER_WIDE, between(1, 17));
        add(
                "compression.type",
                STRING,
                "producer",
                CLUSTER_WIDE,
                oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"));
        add("compression.zstd.level", INT, "3", CLUSTER_WIDE, between(-131072, 22));
        add("config.providers", LIST, "", CLUSTER_WIDE);
        add("connection.failed.authentication.delay.ms", INT, "100", READ_ONLY, atLeast(0));
        add("connections.max.idle.ms", LONG, "600000", READ_ONLY);
        add("connections.max.reauth.ms", LONG, "0", READ_ONLY);
        add("controlled.shutdown.enable", BOOLEAN, "true", READ_ONLY);
        add("controller.listener.names", LIST, "CONTROLLER", READ_ONLY);
        addInternal("controller.performance.always.log.threshold.ms", LONG, "2000", READ_ONLY, atLeast(0));
        addInternal("controller.performance.sample.period.ms", LONG, "60000", READ_ONLY, atLeast(100));
        add("controller.quorum.append.linger.ms", INT, "25", READ_ONLY, atLeast(0));
        add("controller.quorum.auto.join.enable", BOOLEAN, "false", READ_ONLY);
        add("controller.quorum.bootstrap.servers", LIST, "", READ_ONLY, NOT_EMPTY);
        add("controller.quorum.election.backoff.max.ms", INT, "1000", READ_ONLY, atLeast(0));
        add("controller.quorum.election.timeout.ms", INT, "1000", READ_ONLY, atLeast(0));
        add("controller.quorum.fetch.max.bytes", INT, "1048576", READ_ONLY, atLeast(1));
        add("controller.quorum.fetch.snapshot.max.bytes", INT, "1048576", READ_ONLY, atLeast(1));
        add("controller.quorum.fetch.timeout.ms", INT, "2000", READ_ONLY, atLeast(0));
        add("controller.quorum.request.timeout.ms", INT, "2000", READ_ONLY, atLeast(0));
        add("controller.quorum.retry.backoff.ms", INT, "20", READ_ONLY, atLeast(0));
        add("controller.quorum.voters", LIST, "", READ_ONLY, NOT_EMPTY);
        add("controller.quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("controller.quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("controller.socket.timeout.ms", INT, "30000", READ_ONLY);
        add("cordoned.log.dirs", LIST, "", PER_BROKER);
        add("create.topic.policy.class.name", CLASS, null, READ_ONLY);
        add("default.replication.factor", INT, "1", READ_ONLY);
        add("delegation.token.expiry.check.interval.ms", LONG, "3600000", READ_ONLY, atLeast(1));
        add("delegation.token.expiry.time.ms", LONG, "86400000", READ_ONLY, atLeast(1));
        add("delegation.token.max.lifetime.ms", LONG, "604800000", READ_ONLY, atLeast(1));
        add("delegation.token.secret.key", PASSWORD, null, READ_ONLY);
        add("delete.records.purgatory.purge.interval.requests", INT, "1", READ_ONLY);
        add("delete.topic.enable", BOOLEAN, "true", READ_ONLY);
        add("early.start.listeners", LIST, null, READ_ONLY);
        add("fetch.max.bytes", INT, "57671680", READ_ONLY, atLeast(1024));
        add("fetch.purgatory.purge.interval.requests", INT, "1000", READ_ONLY);
        add("follower.fetch.last.tiered.offset.enable", BOOLEAN, "false", CLUSTER_WIDE);
        add("group.consumer.assignment.interval.ms", INT, "1000", CLUSTER_WIDE, atLeast(0));
        add("group.consumer.assignors", LIST, "uniform,range", READ_ONLY);
        add("group.consumer.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("group.consumer.max.assignment.interval.ms", INT, "15000", READ_ONLY, atLeast(0));
        add("group.consumer.max.heartbeat.interval.ms", INT, "15000", READ_ONLY, atLeast(1));
        add("group.consumer.max.session.timeout.ms", INT, "60000", READ_ONLY, atLeast(1));
        add("group.consumer.max.size", INT, "2147483647", READ_ONLY, atLeast(1));
        add(
                "group.consumer.migration.policy",
                STRING,
                "bidirectional",
                READ_ONLY,
                oneOfIgnoringCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"));
        add("group.consumer.min.assignment.interval.ms", INT, "0", READ_ONLY, atLeast(0));
        add("group.consumer.min.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("group.consumer.min.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        addInternal("group.consumer.regex.refresh.interval.ms", INT, "600000", READ_ONLY, atLeast(10000));
        add("group.consumer.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        add("group.coordinator.append.linger.ms", INT, "-1", READ_ONLY, atLeast(-1));
        add("group.coordinator.background.threads", INT, "2", READ_ONLY, atLeast(1));
        add("group.coordinator.cached.buffer.max.bytes", INT, "1048588", CLUSTER_WIDE, atLeast(524288));
        add(
                "group.coordinator.rebalance.protocols",
                LIST,
                "classic,consumer,streams",
                READ_ONLY,
                oneOf("consumer", "classic", "share", "streams"));
        add("group.coordinator.threads", INT, "4", READ_ONLY, atLeast(1));
        add("group.initial.rebalance.delay.ms", INT, "0", READ_ONLY);
        add("group.max.session.timeout.ms", INT, "1800000", READ_ONLY);
        add("group.max.size", INT, "2147483647", READ_ONLY, atLeast(1));
        add("group.min.session.timeout.ms", INT, "6000", READ_ONLY);
        add("group.share.assignment.interval.ms", INT, "1000", CLUSTER_WIDE, atLeast(0));
        add("group.share.assignors", LIST, "simple", READ_ONLY);
        add("group.share.delivery.count.limit", INT, "5", READ_ONLY, between(2, 10));
        add("group.share.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        addInternal("group.share.initialize.retry.interval.ms", INT, "30000", READ_ONLY, atLeast(1));
        add("group.share.max.assignment.interval.ms", INT, "15000", READ_ONLY, atLeast(0));
        add("group.share.max.delivery.count.limit", INT, "10", READ_ONLY, between(5, 25));
        add("group.share.max.heartbeat.interval.ms", INT, "15000", READ_ONLY, atLeast(1));
        add("group.share.max.partition.max.record.locks", INT, "4000", READ_ONLY, between(2000, 10000));
        add("group.share.max.record.lock.duration.ms", INT, "60000", READ_ONLY, between(30000, 3600000));
        add("group.share.max.session.timeout.ms", INT, "60000", READ_ONLY, atLeast(1));
        add("group.share.max.share.sessions", INT, "2000", READ_ONLY, atLeast(1));
        add("group.share.max.size", INT, "200", READ_ONLY, between(1, 1000));
        add("group.share.min.assignment.interval.ms", INT, "0", READ_ONLY, atLeast(0));
        add("group.share.min.delivery.count.limit", INT, "2", READ_ONLY, between(2, 5));
        add("group.share.min.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("group.share.min.partition.max.record.locks", INT, "100", READ_ONLY, between(100, 2000));
        add("group.share.min.record.lock.duration.ms", INT, "15000", READ_ONLY, between(1000, 30000));
        add("group.share.min.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        add("group.share.partition.max.record.locks", INT, "2000", READ_ONLY, between(100, 10000));
        addInternal(
                "group.share.persister.class.name",
                STRING,
                "org.apache.kafka.server.share.persister.DefaultStatePersister",
                READ_ONLY);
        add("group.share.record.lock.duration.ms", INT, "30000", READ_ONLY, between(1000, 3600000));
        add("group.share.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        add("group.streams.assignment.interval.ms", INT, "1000", CLUSTER_WIDE, atLeast(0));
        add("group.streams.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("group.streams.initial.rebalance.delay.ms", INT, "3000", READ_ONLY, atLeast(0));
        add("group.streams.max.assignment.interval.ms", INT, "15000", READ_ONLY, atLeast(0));
        add("group.streams.max.heartbeat.interval.ms", INT, "15000", READ_ONLY, atLeast(1));
        add("group.streams.max.session.timeout.ms", INT, "60000", READ_ONLY, atLeast(1));
        add("group.streams.max.size", INT, "2147483647", READ_ONLY, atLeast(1));
        add("group.streams.max.standby.replicas", INT, "2", READ_ONLY, atLeast(0));
        add("group.streams.min.assignment.interval.ms", INT, "0", READ_ONLY, atLeast(0));
        add("group.streams.min.heartbeat.interval.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("group.streams.min.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        add("group.streams.num.standby.replicas", INT, "0", READ_ONLY, atLeast(0));
        add("group.streams.session.timeout.ms", INT, "45000", READ_ONLY, atLeast(1));
        add("initial.broker.registration.timeout.ms", INT, "60000", READ_ONLY);
        add("inter.broker.listener.name", STRING, null, READ_ONLY);
        addInternal("internal.metadata.delete.delay.millis", LONG, "60000", READ_ONLY);
        addInternal("internal.metadata.log.segment.bytes", INT, null, READ_ONLY);
        addInternal("internal.metadata.max.batch.size.in.bytes", INT, "8388608", READ_ONLY);
        add("kafka.metrics.polling.interval.secs", INT, "10", READ_ONLY, atLeast(1));
        add("kafka.metrics.reporters", LIST, "", READ_ONLY);
        add("leader.imbalance.check.interval.seconds", LONG, "300", READ_ONLY, atLeast(1));
        add(
                "listener.security.protocol.map",
                STRING,
                "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
                PER_BROKER);
        add("listeners", LIST, "PLAINTEXT://localhost:0", PER_BROKER);
        add("log.cleaner.backoff.ms", LONG, "15000", CLUSTER_WIDE, atLeast(0));
        add("log.cleaner.dedupe.buffer.size", LONG, "134217728", CLUSTER_WIDE);
        add("log.cleaner.delete.retention.ms", LONG, "86400000", CLUSTER_WIDE, atLeast(0));
        add("log.cleaner.enable", BOOLEAN, "true", READ_ONLY);
        add("log.cleaner.io.buffer.load.factor", DOUBLE, "0.9", CLUSTER_WIDE);
        add("log.cleaner.io.buffer.size", INT, "524288", CLUSTER_WIDE, atLeast(0));
        add("log.cleaner.io.max.bytes.per.second", DOUBLE, "1.7976931348623157E308", CLUSTER_WIDE);
        add("log.cleaner.max.compaction.lag.ms", LONG, "9223372036854775807", CLUSTER_WIDE, atLeast(1));
        add("log.cleaner.min.cleanable.ratio", DOUBLE, "0.5", CLUSTER_WIDE, between(0, 1));
        add("log.cleaner.min.compaction.lag.ms", LONG, "0", CLUSTER_WIDE, atLeast(0));
        add("log.cleaner.threads", INT, "1", CLUSTER_WIDE, atLeast(0));
        add("log.cleanup.policy", LIST, "delete", CLUSTER_WIDE, oneOf("compact", "delete"));
        add("log.dir", LIST, null, READ_ONLY);
        add("log.dir.failure.timeout.ms", LONG, "30000", READ_ONLY, atLeast(1));
        add("log.dirs", LIST, null, READ_ONLY);
        add("log.flush.interval.messages", LONG, "9223372036854775807", CLUSTER_WIDE, atLeast(1));
        add("log.flush.interval.ms", LONG, null, CLUSTER_WIDE);
        add("log.flush.offset.checkpoint.interval.ms", INT, "60000", READ_ONLY, atLeast(0));
        add("log.flush.scheduler.interval.ms", LONG, "9223372036854775807", READ_ONLY);
        add("log.flush.start.offset.checkpoint.interval.ms", INT, "60000", READ_ONLY, atLeast(0));
        add("log.index.interval.bytes", INT, "4096", CLUSTER_WIDE, atLeast(0));
        add("log.index.size.max.bytes", INT, "10485760", CLUSTER_WIDE, atLeast(4));
        addInternal("log.initial.task.delay.ms", LONG, "30000", READ_ONLY, atLeast(0));
        add("log.local.retention.bytes", LONG, "-2", CLUSTER_WIDE, atLeast(-2));
        add("log.local.retention.ms", LONG, "-2", CLUSTER_WIDE, atLeast(-2));
        add("log.message.timestamp.after.max.ms", LONG, "3600000", CLUSTER_WIDE, atLeast(0));
        add("log.message.timestamp.before.max.ms", LONG, "9223372036854775807", CLUSTER_WIDE, atLeast(0));
        add("log.message.timestamp.type", STRING, "CreateTime", CLUSTER_WIDE, oneOf("CreateTime", "LogAppendTime"));
        add("log.preallocate", BOOLEAN, "false", CLUSTER_WIDE);
        add("log.retention.bytes", LONG, "-1", CLUSTER_WIDE);
        add("log.retention.check.interval.ms", LONG, "300000", READ_ONLY, atLeast(1));
        add("log.retention.hours", INT, "168", READ_ONLY);
        add("log.retention.minutes", INT, null, READ_ONLY);
        add("log.retention.ms", LONG, null, CLUSTER_WIDE);
        add("log.roll.hours", INT, "168", READ_ONLY, atLeast(1));
        add("log.roll.jitter.hours", INT, "0", READ_ONLY, atLeast(0));
        add("log.roll.jitter.ms", LONG, null, CLUSTER_WIDE);
        add("log.roll.ms", LONG, null, CLUSTER_WIDE);
        add("log.segment.bytes", INT, "1073741824", CLUSTER_WIDE, atLeast(1048576));
        add("log.segment.delete.delay.ms", LONG, "60000", CLUSTER_WIDE, atLeast(0));
        add("max.connection.creation.rate", INT, "2147483647", CLUSTER_WIDE, atLeast(0));
        add("max.connections", INT, "2147483647", CLUSTER_WIDE, atLeast(0));
        add("max.connections.per.ip", INT, "2147483647", CLUSTER_WIDE, atLeast(0));
        add("max.connections.per.ip.overrides", STRING, "", CLUSTER_WIDE, CONNECTION_OVERRIDES);
        add("max.incremental.fetch.session.cache.slots", INT, "1000", READ_ONLY, atLeast(0));
        add("max.request.partition.size.limit", INT, "2000", READ_ONLY, atLeast(1));
        add("message.max.bytes", INT, "1048588", CLUSTER_WIDE, atLeast(0));
        add("metadata.log.dir", STRING, null, READ_ONLY);
        add("metadata.log.max.record.bytes.between.snapshots", LONG, "20971520", READ_ONLY, atLeast(1));
        add("metadata.log.max.snapshot.interval.ms", LONG, "3600000", READ_ONLY, atLeast(0));
        add("metadata.log.segment.bytes", INT, "1073741824", READ_ONLY, atLeast(8388608));
        add("metadata.log.segment.ms", LONG, "604800000", READ_ONLY);
        add("metadata.max.idle.interval.ms", INT, "500", READ_ONLY, atLeast(0));
        add("metadata.max.retention.bytes", LONG, "104857600", READ_ONLY);
        add("metadata.max.retention.ms", LONG, "604800000", READ_ONLY);
        add("metric.reporters", LIST, "org.apache.kafka.common.metrics.JmxReporter", CLUSTER_WIDE);
        add("metrics.num.samples", INT, "2", READ_ONLY, atLeast(1));
        add("metrics.recording.level", STRING, "INFO", READ_ONLY);
        add("metrics.sample.window.ms", LONG, "30000", READ_ONLY, atLeast(1));
        add("min.insync.replicas", INT, "1", CLUSTER_WIDE, atLeast(1));
        add("node.id", INT, "0", READ_ONLY, atLeast(0));
        add("num.io.threads", INT, "8", CLUSTER_WIDE, atLeast(1));
        add("num.network.threads", INT, "3", CLUSTER_WIDE, atLeast(1));
        add("num.partitions", INT, "1", READ_ONLY, atLeast(1));
        add("num.recovery.threads.per.data.dir", INT, "2", CLUSTER_WIDE, atLeast(1));
        add("num.replica.alter.log.dirs.threads", INT, null, READ_ONLY);
        add("num.replica.fetchers", INT, "1", CLUSTER_WIDE, atLeast(1));
        add("offset.metadata.max.bytes", INT, "4096", READ_ONLY);
        add("offsets.commit.timeout.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("offsets.load.buffer.size", INT, "5242880", READ_ONLY, atLeast(1));
        add("offsets.retention.check.interval.ms", LONG, "600000", READ_ONLY, atLeast(1));
        add("offsets.retention.minutes", INT, "10080", READ_ONLY, atLeast(1));
        add("offsets.topic.compression.codec", INT, "0", READ_ONLY);
        add("offsets.topic.num.partitions", INT, "50", READ_ONLY, atLeast(1));
        add("offsets.topic.replication.factor", SHORT, "1", READ_ONLY, atLeast(1));
        add("offsets.topic.segment.bytes", INT, "1048576", READ_ONLY, atLeast(1));
        add(
                "principal.builder.class",
                CLASS,
                "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder",
                PER_BROKER);
        add("process.roles", LIST, "broker,controller", READ_ONLY, oneOf("broker", "controller"));
        addInternal("producer.id.expiration.check.interval.ms", INT, "600000", READ_ONLY, atLeast(1));
        add("producer.id.expiration.ms", INT, "86400000", CLUSTER_WIDE, atLeast(1));
        add("producer.purgatory.purge.interval.requests", INT, "1000", READ_ONLY);
        add("queued.max.request.bytes", LONG, "-1", READ_ONLY);
        add("queued.max.requests", INT, "500", READ_ONLY, atLeast(1));
        add("quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("remote.fetch.max.wait.ms", INT, "500", CLUSTER_WIDE, atLeast(1));
        add("remote.list.offsets.request.timeout.ms", LONG, "30000", CLUSTER_WIDE, atLeast(1));
        add("remote.log.index.file.cache.total.size.bytes", LONG, "1073741824", CLUSTER_WIDE, atLeast(1));
        addInternal("remote.log.index.file.cache.ttl.ms", LONG, "900000", READ_ONLY, atLeast(-1));
        add("remote.log.manager.copier.thread.pool.size", INT, "10", CLUSTER_WIDE, atLeast(1));
        add("remote.log.manager.copy.max.bytes.per.second", LONG, "9223372036854775807", CLUSTER_WIDE, atLeast(1));
        add("remote.log.manager.copy.quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("remote.log.manager.copy.quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("remote.log.manager.expiration.thread.pool.size", INT, "10", CLUSTER_WIDE, atLeast(1));
        add("remote.log.manager.fetch.max.bytes.per.second", LONG, "9223372036854775807", CLUSTER_WIDE, atLeast(1));
        add("remote.log.manager.fetch.quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("remote.log.manager.fetch.quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("remote.log.manager.follower.thread.pool.size", INT, "2", CLUSTER_WIDE, atLeast(1));
        add("remote.log.manager.task.interval.ms", LONG, "30000", READ_ONLY, atLeast(1));
        addInternal("remote.log.manager.task.retry.backoff.max.ms", LONG, "30000", READ_ONLY, atLeast(1));
        addInternal("remote.log.manager.task.retry.backoff.ms", LONG, "500", READ_ONLY, atLeast(1));
        addInternal("remote.log.manager.task.retry.jitter", DOUBLE, "0.2", READ_ONLY, between(0, 0.5));
        add("remote.log.manager.thread.pool.size", INT, "2", READ_ONLY, atLeast(1));
        add("remote.log.metadata.custom.metadata.max.bytes", INT, "128", READ_ONLY, atLeast(0));
        add(
                "remote.log.metadata.manager.class.name",
                STRING,
                "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
                READ_ONLY,
                NOT_EMPTY);
        add("remote.log.metadata.manager.class.path", STRING, null, READ_ONLY);
        add("remote.log.metadata.manager.impl.prefix", STRING, "rlmm.config.", READ_ONLY, NOT_EMPTY);
        add("remote.log.metadata.manager.listener.name", STRING, null, READ_ONLY, NOT_EMPTY);
        add("remote.log.reader.max.pending.tasks", INT, "100", READ_ONLY, atLeast(1));
        add("remote.log.reader.threads", INT, "10", CLUSTER_WIDE, atLeast(1));
        add("remote.log.storage.manager.class.name", STRING, null, READ_ONLY, NOT_EMPTY);
        add("remote.log.storage.manager.class.path", STRING, null, READ_ONLY);
        add("remote.log.storage.manager.impl.prefix", STRING, "rsm.config.", READ_ONLY, NOT_EMPTY);
        add("remote.log.storage.system.enable", BOOLEAN, "false", READ_ONLY);
        add("replica.fetch.backoff.ms", INT, "1000", READ_ONLY, atLeast(0));
        add("replica.fetch.max.bytes", INT, "1048576", READ_ONLY, atLeast(0));
        add("replica.fetch.min.bytes", INT, "1", READ_ONLY);
        add("replica.fetch.response.max.bytes", INT, "10485760", READ_ONLY, atLeast(0));
        add("replica.fetch.wait.max.ms", INT, "500", READ_ONLY);
        add("replica.high.watermark.checkpoint.interval.ms", LONG, "5000", READ_ONLY);
        add("replica.lag.time.max.ms", LONG, "30000", READ_ONLY);
        add("replica.selector.class", STRING, null, READ_ONLY);
        add("replica.socket.receive.buffer.bytes", INT, "65536", READ_ONLY);
        add("replica.socket.timeout.ms", INT, "30000", READ_ONLY);
        add("replication.quota.window.num", INT, "11", READ_ONLY, atLeast(1));
        add("replication.quota.window.size.seconds", INT, "1", READ_ONLY, atLeast(1));
        add("request.timeout.ms", INT, "30000", READ_ONLY);
        add("sasl.client.callback.handler.class", CLASS, null, READ_ONLY);
        add("sasl.enabled.mechanisms", LIST, "GSSAPI", PER_BROKER);
        add("sasl.jaas.config", PASSWORD, null, PER_BROKER);
        add("sasl.kerberos.kinit.cmd", STRING, "/usr/bin/kinit", PER_BROKER);
        add("sasl.kerberos.min.time.before.relogin", LONG, "60000", PER_BROKER);
        add("sasl.kerberos.principal.to.local.rules", LIST, "DEFAULT", PER_BROKER);
        add("sasl.kerberos.service.name", STRING, null, PER_BROKER);
        add("sasl.kerberos.ticket.renew.jitter", DOUBLE, "0.05", PER_BROKER);
        add("sasl.kerberos.ticket.renew.window.factor", DOUBLE, "0.8", PER_BROKER);
        add("sasl.login.callback.handler.class", CLASS, null, READ_ONLY);
        add("sasl.login.class", CLASS, null, READ_ONLY);
        add("sasl.login.connect.timeout.ms", INT, null, READ_ONLY);
        add("sasl.login.read.timeout.ms", INT, null, READ_ONLY);
        add("sasl.login.refresh.buffer.seconds", SHORT, "300", PER_BROKER);
        add("sasl.login.refresh.min.period.seconds", SHORT, "60", PER_BROKER);
        add("sasl.login.refresh.window.factor", DOUBLE, "0.8", PER_BROKER);
        add("sasl.login.refresh.window.jitter", DOUBLE, "0.05", PER_BROKER);
        add("sasl.login.retry.backoff.max.ms", LONG, "10000", READ_ONLY);
        add("sasl.login.retry.backoff.ms", LONG, "100", READ_ONLY);
        add("sasl.mechanism.controller.protocol", STRING, "GSSAPI", READ_ONLY);
        add("sasl.mechanism.inter.broker.protocol", STRING, "GSSAPI", PER_BROKER);
        add("sasl.oauthbearer.assertion.algorithm", STRING, "RS256", READ_ONLY, oneOfIgnoringCase("ES256", "RS256"));
        add("sasl.oauthbearer.assertion.claim.aud", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.claim.exp.seconds", INT, "300", READ_ONLY, between(0, 86400));
        add("sasl.oauthbearer.assertion.claim.iss", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.claim.jti.include", BOOLEAN, "false", READ_ONLY);
        add("sasl.oauthbearer.assertion.claim.nbf.seconds", INT, "60", READ_ONLY, between(0, 3600));
        add("sasl.oauthbearer.assertion.claim.sub", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.file", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.private.key.file", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.private.key.passphrase", PASSWORD, null, READ_ONLY);
        add("sasl.oauthbearer.assertion.template.file", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.client.credentials.client.id", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.client.credentials.client.secret", PASSWORD, null, READ_ONLY);
        add("sasl.oauthbearer.clock.skew.seconds", INT, "30", READ_ONLY);
        add("sasl.oauthbearer.expected.audience", LIST, "", READ_ONLY);
        add("sasl.oauthbearer.expected.issuer", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.jwks.endpoint.refresh.ms", LONG, "3600000", READ_ONLY);
        add("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", LONG, "10000", READ_ONLY);
        add("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", LONG, "100", READ_ONLY);
        add("sasl.oauthbearer.jwks.endpoint.url", STRING, null, READ_ONLY);
        add(
                "sasl.oauthbearer.jwt.retriever.class",
                CLASS,
                "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
                READ_ONLY);
        add(
                "sasl.oauthbearer.jwt.validator.class",
                CLASS,
                "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator",
                READ_ONLY);
        add("sasl.oauthbearer.scope", STRING, null, READ_ONLY);
        add("sasl.oauthbearer.scope.claim.name", STRING, "scope", READ_ONLY);
        add("sasl.oauthbearer.sub.claim.name", STRING, "sub", READ_ONLY);
        add("sasl.oauthbearer.token.endpoint.url", STRING, null, READ_ONLY);
        add("sasl.server.callback.handler.class", CLASS, null, READ_ONLY);
        add("sasl.server.max.receive.size", INT, "524288", READ_ONLY);
        add(
                "security.inter.broker.protocol",
                STRING,
                "PLAINTEXT",
                READ_ONLY,
                oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"));
        add("security.providers", STRING, null, READ_ONLY);
        addInternal("server.max.startup.time.ms", LONG, "9223372036854775807", READ_ONLY, atLeast(0));
        add("share.coordinator.append.linger.ms", INT, "-1", READ_ONLY, atLeast(-1));
        add("share.coordinator.cached.buffer.max.bytes", INT, "1048588", CLUSTER_WIDE, atLeast(524288));
        addInternal("share.coordinator.cold.partition.snapshot.interval.ms", INT, "300000", READ_ONLY, atLeast(1));
        add("share.coordinator.load.buffer.size", INT, "5242880", READ_ONLY, atLeast(1));
        add("share.coordinator.snapshot.update.records.per.snapshot", INT, "500", READ_ONLY, between(0, 500));
        add("share.coordinator.state.topic.compression.codec", INT, "0", READ_ONLY);
        add("share.coordinator.state.topic.min.isr", SHORT, "1", READ_ONLY, atLeast(1));
        add("share.coordinator.state.topic.num.partitions", INT, "50", READ_ONLY, atLeast(1));
        addInternal("share.coordinator.state.topic.prune.interval.ms", INT, "300000", READ_ONLY, atLeast(1));
        add("share.coordinator.state.topic.replication.factor", SHORT, "1", READ_ONLY, atLeast(1));
        add("share.coordinator.state.topic.segment.bytes", INT, "104857600", READ_ONLY, atLeast(1));
        add("share.coordinator.threads", INT, "1", READ_ONLY, atLeast(1));
        add("share.coordinator.write.timeout.ms", INT, "5000", READ_ONLY, atLeast(1));
        add("share.fetch.purgatory.purge.interval.requests", INT, "1000", READ_ONLY);
        add("socket.connection.setup.timeout.max.ms", LONG, "30000", READ_ONLY);
        add("socket.connection.setup.timeout.ms", LONG, "10000", READ_ONLY);
        add("socket.listen.backlog.size", INT, "50", READ_ONLY, atLeast(1));
        add("socket.receive.buffer.bytes", INT, "102400", READ_ONLY);
        add("socket.request.max.bytes", INT, "104857600", READ_ONLY, atLeast(1));
        add("socket.send.buffer.bytes", INT, "102400", READ_ONLY);
        add("ssl.allow.dn.changes", BOOLEAN, "false", READ_ONLY);
        add("ssl.allow.san.changes", BOOLEAN, "false", READ_ONLY);
        add("ssl.cipher.suites", LIST, "", PER_BROKER);
        add("ssl.client.auth", STRING, "none", PER_BROKER, oneOf("required", "requested", "none"));
        add("ssl.enabled.protocols", LIST, "TLSv1.2,TLSv1.3", PER_BROKER);
        add("ssl.endpoint.identification.algorithm", STRING, "https", PER_BROKER);
        add("ssl.engine.factory.class", CLASS, null, PER_BROKER);
        add("ssl.key.password", PASSWORD, null, PER_BROKER);
        add("ssl.keymanager.algorithm", STRING, "SunX509", PER_BROKER);
        add("ssl.keystore.certificate.chain", PASSWORD, null, PER_BROKER);
        add("ssl.keystore.key", PASSWORD, null, PER_BROKER);
        add("ssl.keystore.location", STRING, null, PER_BROKER);
        add("ssl.keystore.password", PASSWORD, null, PER_BROKER);
        add("ssl.keystore.type", STRING, "JKS", PER_BROKER);
        add("ssl.principal.mapping.rules", STRING, "DEFAULT", READ_ONLY);
        add("ssl.protocol", STRING, "TLSv1.3", PER_BROKER);
        add("ssl.provider", STRING, null, PER_BROKER);
        add("ssl.secure.random.implementation", STRING, null, PER_BROKER);
        add("ssl.trustmanager.algorithm", STRING, "PKIX", PER_BROKER);
        add("ssl.truststore.certificates", PASSWORD, null, PER_BROKER);
        add("ssl.truststore.location", STRING, null, PER_BROKER);
        add("ssl.truststore.password", PASSWORD, null, PER_BROKER);
        add("ssl.truststore.type", STRING, "JKS", PER_BROKER);
        add("telemetry.max.bytes", INT, "1048576", READ_ONLY, atLeast(1));
        add("transaction.abort.timed.out.transaction.cleanup.interval.ms", INT, "10000", READ_ONLY, atLeast(1));
        add("transaction.max.timeout.ms", INT, "900000", READ_ONLY, atLeast(1));
        add("transaction.partition.verification.enable", BOOLEAN, "true", CLUSTER_WIDE);
        add("transaction.remove.expired.transaction.cleanup.interval.ms", INT, "3600000", READ_ONLY, atLeast(1));
        add("transaction.state.log.load.buffer.size", INT, "5242880", READ_ONLY, atLeast(1));
        add("transaction.state.log.min.isr", INT, "1", READ_ONLY, atLeast(1));
        add("transaction.state.log.num.partitions", INT, "50", READ_ONLY, atLeast(1));
        add("transaction.state.log.replication.factor", SHORT, "1", READ_ONLY, atLeast(1));
        add("transaction.state.log.segment.bytes", INT, "104857600", READ_ONLY, atLeast(1));
        add("transaction.two.phase.commit.enable", BOOLEAN, "false", READ_ONLY);
        add("transactional.id.expiration.ms", INT, "604800000", READ_ONLY, atLeast(1));
        add("unclean.leader.election.enable", BOOLEAN, "false", CLUSTER_WIDE);
        addInternal("unclean.leader.election.interval.ms", LONG, "300000", READ_ONLY, atLeast(1));
        addInternal("unstable.api.versions.enable", BOOLEAN, "false", READ_ONLY);
        addInternal("unstable.feature.versions.enable", BOOLEAN, "false", READ_ONLY);
    }

    private BrokerProperties() {}

    /** The property's definition; null if Kafka has none of this name. */
    public static @Nullable Property find(String name) {
        return PROPERTIES.get(name);
    }

    /** How a property is named that is set for one listener alone. */
    static String ofListener(String listener, String name) {
        return OF_LISTENER + listener.toLowerCase(Locale.ROOT) + "." + name;
    }

    /** What follows the listener in {@code listener.name.LISTENER.NAME}; null if the name is not one of that kind. */
    static @Nullable String nameOfListeners(String name) {
        int listenerEnd = name.startsWith(OF_LISTENER) ? name.indexOf('.', OF_LISTENER.length()) : -1;
        return listenerEnd < 0 ? null : name.substring(listenerEnd + 1);
    }

    /** The property of that name, or the one that {@code listener.name.LISTENER...PROPERTY} stands for, if any. */
    static @Nullable Property base(String name) {
        String ofListeners = nameOfListeners(name);
        if (ofListeners == null) {
            return find(name);
        }
        for (String property : OF_MECHANISM) {
            if (ofListeners.endsWith(property)) {
                return find(property);
            }
        }
        return find(ofListeners);
    }

    /** The definition of a property that is known to exist. */
    static Property get(String name) {
        Property property = PROPERTIES.get(name);
        if (property == null) {
            throw new IllegalArgumentException("property: " + name + " (expected: one that Kafka defines)");
        }
        return property;
    }

    /** Every definition. */
    public static Collection<Property> all() {
        return Collections.unmodifiableCollection(PROPERTIES.values());
    }

    private static void add(String name, ConfigType type, @Nullable String defaultText, Property.Scope scope) {
        add(name, type, defaultText, scope, Check.ANY);
    }

    private static void add(
            String name, ConfigType type, @Nullable String defaultText, Property.Scope scope, Check check) {
        PROPERTIES.put(name, new Property(name, type, defaultText, scope, null, check, false));
    }

    private static void addInternal(String name, ConfigType type, @Nullable String defaultText, Property.Scope scope) {
        addInternal(name, type, defaultText, scope, Check.ANY);
    }

    private static void addInternal(
            String name, ConfigType type, @Nullable String defaultText, Property.Scope scope, Check check) {
        PROPERTIES.put(name, new Property(name, type, defaultText, scope, null, check, true));
    }
}
