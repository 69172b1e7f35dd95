package dev.barnabas.protocol.wire;

import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The base of every generated class: fields in order, followed in flexible versions (KIP-482) by tagged fields. Keeps the
 * tagged fields that the schema does not name.
 */
public abstract class Struct {
    /** The default of fields of type {@code bytes}. */
    protected static final byte[] EMPTY_BYTES = {};

    /** In order of arrival; null if there are none. */
    protected @Nullable List<UnknownTaggedField> unknownTaggedFields;

    /** The tagged fields that the schema does not name, in order of arrival; unmodifiable. */
    public final List<UnknownTaggedField> unknownTaggedFields() {
        return unknownTaggedFields == null ? List.of() : List.copyOf(unknownTaggedFields);
    }

    /** Adds a tagged field that the schema does not name. Tags must ascend; versions that are not flexible drop it. */
    public final void addUnknownTaggedField(int tag, byte[] data) {
        if (unknownTaggedFields == null) {
            unknownTaggedFields = new ArrayList<>(1);
        }
        unknownTaggedFields.add(new UnknownTaggedField(tag, data));
    }

    protected final int unknownTaggedFieldCount() {
        return unknownTaggedFields == null ? 0 : unknownTaggedFields.size();
    }

    protected final boolean sameUnknownTaggedFields(Struct other) {
        return unknownTaggedFields().equals(other.unknownTaggedFields());
    }

    /** @throws IllegalArgumentException if {@code version} is not from {@code lowest} to {@code highest} */
    protected final void checkVersion(int version, int lowest, int highest) {
        if (version < lowest || version > highest) {
            throw new IllegalArgumentException(getClass().getSimpleName() + " version: " + version + " (expected: "
                    + lowest + "-" + highest + ")");
        }
    }

    /** Length of {@code bytes}, -1 for null. */
    protected static int size(byte @Nullable [] bytes) {
        return bytes == null ? -1 : bytes.length;
    }

    /** Length of {@code records}, -1 for null. */
    protected static int size(@Nullable Records records) {
        return records == null ? -1 : records.sizeInBytes();
    }

    /** Whether both hold the same bytes, or both are null. */
    protected static boolean sameBytes(@Nullable Records a, @Nullable Records b) {
        if (a == null || b == null || a == b) {
            return a == b;
        }
        return a.sizeInBytes() == b.sizeInBytes() && ByteBufUtil.equals(bytes(a), bytes(b));
    }

    private static ByteBuf bytes(Records records) {
        if (records instanceof ByteBufRecords inMemory) {
            return inMemory.buffer();
        }
        ByteBuf copy = Unpooled.buffer(records.sizeInBytes());
        records.writeTo(copy);
        return copy;
    }
}
