package dev.barnabas.broker;

import dev.barnabas.broker.spi.BrokerListener;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.storage.file.FileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a builder was told.
 *
 * @param listeners those given one by one; empty to use the property {@code listeners}, or else {@code defaultListener}
 * @param dataDir null for memory, unless the properties name a directory
 * @param disk what the files are read and written through; null for themselves
 */
record BrokerPlan(
        List<Listener> listeners,
        Listener defaultListener,
        @Nullable Path dataDir,
        @Nullable UnaryOperator<FileSystem> disk,
        List<Topic> topics,
        Map<String, String> properties,
        Limits limits,
        @Nullable Clock clock,
        List<RequestInterceptor> interceptors,
        List<BrokerListener> brokerListeners,
        @Nullable String clusterId) {}
