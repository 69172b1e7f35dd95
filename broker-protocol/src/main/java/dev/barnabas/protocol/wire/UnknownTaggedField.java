package dev.barnabas.protocol.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A tagged field (KIP-482) that the schema does not name, kept so that the message can be passed on unchanged.
 *
 * @param tag its number
 * @param data its bytes
 */
public record UnknownTaggedField(int tag, byte[] data) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnknownTaggedField field && tag == field.tag && Arrays.equals(data, field.data);
    }

    @Override
    public int hashCode() {
        return 31 * tag + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "UnknownTaggedField(tag=" + tag + ", " + data.length + " bytes)";
    }
}
