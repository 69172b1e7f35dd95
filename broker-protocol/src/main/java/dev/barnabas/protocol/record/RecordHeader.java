package dev.barnabas.protocol.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record (KIP-82), copied out of its batch. Keys may repeat; their order counts.
 *
 * @param key written in UTF-8
 * @param value the bytes, or null
 */
@SuppressWarnings("ArrayRecordComponent")
public record RecordHeader(String key, byte @Nullable [] value) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordHeader that && key.equals(that.key) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "RecordHeader(" + key + "=" + Arrays.toString(value) + ")";
    }
}
