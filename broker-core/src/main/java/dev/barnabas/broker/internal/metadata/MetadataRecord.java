package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;

/**
 * One record of the metadata log, in KRaft's frame:
 *
 * <pre>
 * frameVersion  unsigned varint   1
 * type          unsigned varint   see {@link MetadataRecordType}
 * version       unsigned varint   of the message's layout
 * message
 * </pre>
 *
 * @param version the layout to write, or that was read
 */
public record MetadataRecord(MetadataRecordType type, int version, Message message) {

    private static final int FRAME_VERSION = 1;

    /** A record in the layout that {@link Features#METADATA_VERSION} has for its type. */
    public static MetadataRecord of(MetadataRecordType type, Message message) {
        int version =
                switch (type) {
                    case REGISTER_BROKER_RECORD -> 4;
                    case PARTITION_RECORD, PARTITION_CHANGE_RECORD -> 2;
                    case BROKER_REGISTRATION_CHANGE_RECORD -> 3;
                    default -> 0;
                };
        return new MetadataRecord(type, version, message);
    }

    /**
     * Reads frame and message.
     *
     * @throws MalformedMessageException if the bytes are no such record, or one of a later version of Kafka
     */
    public static MetadataRecord read(WireReader in) {
        int frameVersion = in.readUnsignedVarint();
        if (frameVersion != FRAME_VERSION) {
            throw new MalformedMessageException(
                    "metadata frame version: " + frameVersion + " (expected: " + FRAME_VERSION + ")");
        }
        int id = in.readUnsignedVarint();
        MetadataRecordType type = MetadataRecordType.forId(id);
        if (type == null) {
            throw new MalformedMessageException("metadata record type: " + id + " (expected: a known one)");
        }
        int version = in.readUnsignedVarint();
        Message message = type.newRecord();
        if (version < message.lowestVersion() || version > message.highestVersion()) {
            throw new MalformedMessageException(type + " version: " + version + " (expected: " + message.lowestVersion()
                    + "-" + message.highestVersion() + ")");
        }
        message.read(in, version);
        return new MetadataRecord(type, version, message);
    }

    /** Writes frame and message. */
    public void write(WireWriter out) {
        out.writeUnsignedVarint(FRAME_VERSION);
        out.writeUnsignedVarint(type.id());
        out.writeUnsignedVarint(version);
        message.write(out, version);
    }
}
