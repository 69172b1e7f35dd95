package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.message.ConsumerProtocolSubscription;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a consumer writes into its join metadata: {@code version:int16}, then a ConsumerProtocolSubscription. */
final class Subscriptions {

    /** As much as a group's record has room for by default; its topics, as strings, may take twenty times that. */
    private static final int METADATA_BYTES_MAX = 1 << 20;

    private Subscriptions() {}

    /**
     * The topics that a member of protocol type "consumer" subscribes to, null if {@code metadata} is something else, or
     * of more than 1 MiB. Version 0 is read, which every later version begins with.
     */
    static @Nullable List<String> topics(byte[] metadata) {
        if (metadata.length > METADATA_BYTES_MAX) {
            return null;
        }
        try {
            var in = new WireReader(Unpooled.wrappedBuffer(metadata));
            if (in.readInt16() < 0) {
                return null;
            }
            var subscription = new ConsumerProtocolSubscription();
            subscription.read(in, 0);
            return subscription.topics();
        } catch (MalformedMessageException e) {
            return null;
        }
    }
}
