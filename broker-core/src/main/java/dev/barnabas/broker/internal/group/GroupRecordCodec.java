package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.message.GroupMetadataKey;
import dev.barnabas.protocol.message.GroupMetadataValue;
import dev.barnabas.protocol.message.OffsetCommitKey;
import dev.barnabas.protocol.message.OffsetCommitValue;
import dev.barnabas.protocol.wire.MalformedMessageException;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of {@code __consumer_offsets}' records, as Apache Kafka 4.3 writes them.
 *
 * <pre>
 * key    type:int16   0, 1 OffsetCommitKey   2 GroupMetadataKey   3 and up: other kinds of groups
 *        the key's message, version 0
 * value  version:int16   OffsetCommitValue 4, or 1 if the commit named its own retention   GroupMetadataValue 3
 *        the value's message in that version; a tombstone has no value
 * </pre>
 */
final class GroupRecordCodec {

    /** OffsetCommitKey of Kafka up to 0.8.2, of the same layout. */
    private static final int LEGACY_OFFSET_TYPE = 0;

    private static final int OFFSET_VALUE_VERSION = 4;
    private static final int OFFSET_VALUE_VERSION_WITH_EXPIRY = 1;
    private static final int METADATA_VALUE_VERSION = 3;

    private GroupRecordCodec() {}

    static void writeKey(GroupRecord record, ByteBuf out) {
        var writer = new WireWriter();
        if (record instanceof GroupRecord.Offset offset) {
            writer.writeInt16(OffsetCommitKey.TYPE);
            new OffsetCommitKey()
                    .setGroup(offset.group())
                    .setTopic(offset.topic())
                    .setPartition(offset.partition())
                    .write(writer, OffsetCommitKey.HIGHEST_VERSION);
        } else {
            writer.writeInt16(GroupMetadataKey.TYPE);
            new GroupMetadataKey().setGroup(record.group()).write(writer, GroupMetadataKey.HIGHEST_VERSION);
        }
        writer.writeTo(out);
    }

    /** Appends the value; returns false, having written nothing, if the record is a tombstone. */
    static boolean writeValue(GroupRecord record, ByteBuf out) {
        var writer = new WireWriter();
        if (record instanceof GroupRecord.Offset offset) {
            if (offset.offset() == null) {
                return false;
            }
            writeOffset(offset.offset(), writer);
            writer.writeTo(out);
            return true;
        }
        var value = ((GroupRecord.Metadata) record).value();
        if (value == null) {
            return false;
        }
        writer.writeInt16((short) METADATA_VALUE_VERSION);
        value.write(writer, METADATA_VALUE_VERSION);
        writer.writeTo(out);
        return true;
    }

    private static void writeOffset(CommittedOffset offset, WireWriter writer) {
        int version = offset.expireMs() == CommittedOffset.NO_EXPIRY
                ? OFFSET_VALUE_VERSION
                : OFFSET_VALUE_VERSION_WITH_EXPIRY;
        writer.writeInt16((short) version);
        new OffsetCommitValue()
                .setOffset(offset.offset())
                .setLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata())
                .setCommitTimestamp(offset.commitMs())
                .setExpireTimestamp(offset.expireMs())
                .setTopicId(offset.topicId())
                .write(writer, version);
    }

    /**
     * The record of that key and value; null if it is of a kind that classic groups have nothing to do with.
     *
     * @throws MalformedMessageException if it is of a known kind, but cannot be read
     */
    static @Nullable GroupRecord read(@Nullable ByteBuf key, @Nullable ByteBuf value) {
        if (key == null) {
            return null;
        }
        var in = new WireReader(key);
        int type = in.readInt16();
        if (type == LEGACY_OFFSET_TYPE || type == OffsetCommitKey.TYPE) {
            var read = new OffsetCommitKey();
            read.read(in, OffsetCommitKey.HIGHEST_VERSION);
            var offset = value == null ? null : readOffset(new WireReader(value));
            return new GroupRecord.Offset(read.group(), read.topic(), read.partition(), offset);
        }
        if (type == GroupMetadataKey.TYPE) {
            var read = new GroupMetadataKey();
            read.read(in, GroupMetadataKey.HIGHEST_VERSION);
            return new GroupRecord.Metadata(read.group(), value == null ? null : readMetadata(new WireReader(value)));
        }
        return null;
    }

    private static CommittedOffset readOffset(WireReader in) {
        var read = new OffsetCommitValue();
        read.read(in, versionOf(in, OffsetCommitValue.HIGHEST_VERSION));
        return new CommittedOffset(
                read.offset(),
                read.leaderEpoch(),
                read.metadata(),
                read.commitTimestamp(),
                read.expireTimestamp(),
                read.topicId());
    }

    private static GroupMetadataValue readMetadata(WireReader in) {
        var read = new GroupMetadataValue();
        read.read(in, versionOf(in, GroupMetadataValue.HIGHEST_VERSION));
        return read;
    }

    private static int versionOf(WireReader in, int highest) {
        int version = in.readInt16();
        if (version < 0 || version > highest) {
            throw new MalformedMessageException("value version: " + version + " (expected: 0-" + highest + ")");
        }
        return version;
    }
}
