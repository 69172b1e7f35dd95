package dev.barnabas.broker;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.config.ConnectionOverrides;
import dev.barnabas.broker.internal.config.InvalidValueException;
import dev.barnabas.broker.internal.exec.Lanes;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.net.ConnectionLimits;
import dev.barnabas.broker.internal.net.FrontEnd;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of connections as they are configured at the moment. Any thread.
 *
 * <p>The listener between brokers, if there are others, keeps to its own limits only: it is the way in when clients have taken
 * what the broker has.
 *
 * <p>Peers with a limit of their own may be named by host. An alteration that names hosts is noticed when somebody connects;
 * the names are then looked up on a thread that may block, and the limits of each address stay as they were until that is
 * done.
 */
final class LiveConnectionLimits implements ConnectionLimits, MetadataListener {
    private static final Logger log = LoggerFactory.getLogger(LiveConnectionLimits.class);

    private static final String CONNECTIONS = ConnectionOverrides.CONNECTIONS;
    private static final String CREATION_RATE = ConnectionOverrides.CREATION_RATE;

    private final Configs configs;
    private final @Nullable String betweenBrokers;
    private final Lanes lanes;
    private final FrontEnd frontEnd;
    private final AtomicBoolean lookingUp = new AtomicBoolean();
    private volatile PerAddress perAddress;

    /**
     * Looks names up on the calling thread.
     *
     * @param listeners by name
     * @throws InvalidValueException if there is no such host
     */
    LiveConnectionLimits(Configs configs, List<String> listeners, Lanes lanes, FrontEnd frontEnd) {
        this.configs = configs;
        this.betweenBrokers = listeners.size() > 1 ? betweenBrokers(configs) : null;
        this.lanes = lanes;
        this.frontEnd = frontEnd;
        PerAddress configured = configured();
        try {
            this.perAddress = configured.lookedUp();
        } catch (UnknownHostException e) {
            throw new InvalidValueException(
                    ConnectionOverrides.OVERRIDES, configured.overrides, "hosts that are known: " + e.getMessage());
        }
    }

    private static String betweenBrokers(Configs configs) {
        Object name = configs.broker("inter.broker.listener.name");
        return name == null ? configs.brokerString("security.inter.broker.protocol") : name.toString();
    }

    @Override
    public CompletionStage<Void> onImage(MetadataImage before, MetadataImage now) {
        frontEnd.lookAgain();
        return CompletableFuture.completedFuture(null);
    }

    private PerAddress configured() {
        return new PerAddress(
                configs.brokerInt(ConnectionOverrides.LIMIT),
                configs.brokerString(ConnectionOverrides.OVERRIDES),
                Map.of());
    }

    @Override
    public int connectionsMax(String listener) {
        return ofBroker(listener, CONNECTIONS);
    }

    private int ofBroker(String listener, String name) {
        return listener.equalsIgnoreCase(betweenBrokers) ? UNLIMITED : configs.brokerInt(name);
    }

    @Override
    public int connectionsOfListenerMax(String listener) {
        return configs.listenerInt(listener, CONNECTIONS);
    }

    @Override
    public int creationRateMax(String listener) {
        return ofBroker(listener, CREATION_RATE);
    }

    @Override
    public int creationRateOfListenerMax(String listener) {
        return configs.listenerInt(listener, CREATION_RATE);
    }

    @Override
    public int connectionsPerAddressMax(InetAddress address) {
        PerAddress now = perAddress;
        if (!now.isOf(configs)) {
            renew();
            now = perAddress;
        }
        return now.byAddress.getOrDefault(address, now.max);
    }

    private void renew() {
        PerAddress configured = configured();
        if (!configured.namesHosts()) {
            renew(configured);
        } else if (lookingUp.compareAndSet(false, true)) {
            lanes.blocking(() -> {
                renew(configured);
                lookingUp.set(false);
            });
        }
    }

    private void renew(PerAddress configured) {
        try {
            perAddress = configured.lookedUp();
        } catch (UnknownHostException e) {
            log.warn(
                    "Limits of single peers stay as they were, a host is unknown {}=\"{}\" cause={}",
                    ConnectionOverrides.OVERRIDES,
                    configured.overrides,
                    e.toString());
            perAddress = new PerAddress(configured.max, configured.overrides, perAddress.byAddress);
        }
    }

    /**
     * Limits of addresses.
     *
     * @param max of those that are not named
     * @param overrides as they were configured
     * @param byAddress what they come to
     */
    private record PerAddress(int max, String overrides, Map<InetAddress, Integer> byAddress) {

        boolean isOf(Configs configs) {
            return max == configs.brokerInt(ConnectionOverrides.LIMIT)
                    && overrides.equals(configs.brokerString(ConnectionOverrides.OVERRIDES));
        }

        boolean namesHosts() {
            return ConnectionOverrides.parse(overrides).keySet().stream()
                    .anyMatch(host ->
                            !host.isEmpty() && !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host));
        }

        PerAddress lookedUp() throws UnknownHostException {
            Map<InetAddress, Integer> limits = new HashMap<>();
            for (var peer : ConnectionOverrides.parse(overrides).entrySet()) {
                limits.put(InetAddress.getByName(peer.getKey()), peer.getValue());
            }
            return new PerAddress(max, overrides, limits);
        }
    }
}
