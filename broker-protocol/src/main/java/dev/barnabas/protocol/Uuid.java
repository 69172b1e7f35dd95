package dev.barnabas.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A 128-bit identifier of a topic, a log directory, a member or a broker's incarnation.
 *
 * @param mostSignificantBits the first eight bytes on the wire
 * @param leastSignificantBits the last eight bytes on the wire
 */
public record Uuid(long mostSignificantBits, long leastSignificantBits) implements Comparable<Uuid> {

    /** All bits zero: "no id". */
    public static final Uuid ZERO = new Uuid(0, 0);

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if {@code text} is not URL-safe base64 of 16 bytes
     */
    public static Uuid parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != 16) {
            throw new IllegalArgumentException("uuid: " + text + " (expected: base64 of 16 bytes)");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Uuid(buffer.getLong(), buffer.getLong());
    }

    /** Ordered as Kafka orders them: by the two signed halves. */
    @Override
    public int compareTo(Uuid other) {
        int byMost = Long.compare(mostSignificantBits, other.mostSignificantBits);
        return byMost != 0 ? byMost : Long.compare(leastSignificantBits, other.leastSignificantBits);
    }

    // Written out, as in TopicPartition.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Uuid that
                && mostSignificantBits == that.mostSignificantBits
                && leastSignificantBits == that.leastSignificantBits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(mostSignificantBits ^ leastSignificantBits);
    }

    /** URL-safe base64 without padding, 22 characters: how Kafka writes ids in files, logs and tools. */
    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
