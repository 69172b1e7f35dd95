package dev.barnabas.broker.internal.metadata;

import org.jspecify.annotations.Nullable;

/** What dynamic properties are set for: a topic, a broker ("" for all), a group or a client metrics subscription. */
public record ConfigResource(Type type, String name) {

    // Written out, since a record's own bootstrap costs a broker's start several milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConfigResource that && type == that.type && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return 31 * type.id + name.hashCode();
    }

    /** The kinds of resources, with the numbers that the protocol and the metadata log give them. */
    public enum Type {
        TOPIC(2),
        BROKER(4),
        /** Log levels of one broker's process; never in the metadata log. */
        BROKER_LOGGER(8),
        CLIENT_METRICS(16),
        GROUP(32);

        private final byte id;

        Type(int id) {
            this.id = (byte) id;
        }

        public byte id() {
            return id;
        }

        /** The type of that number; null if there is none. */
        public static @Nullable Type forId(int id) {
            for (Type type : values()) {
                if (type.id == id) {
                    return type;
                }
            }
            return null;
        }
    }
}
