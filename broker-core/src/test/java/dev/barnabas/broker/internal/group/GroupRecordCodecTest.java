package dev.barnabas.broker.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.GroupMetadataValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupRecordCodecTest {

    private static String key(GroupRecord record) {
        ByteBuf out = Unpooled.buffer();
        GroupRecordCodec.writeKey(record, out);
        return ByteBufUtil.hexDump(out);
    }

    private static ByteBuf value(GroupRecord record) {
        ByteBuf out = Unpooled.buffer();
        return GroupRecordCodec.writeValue(record, out) ? out : null;
    }

    private static GroupRecord roundTrip(GroupRecord record) {
        ByteBuf key = Unpooled.buffer();
        GroupRecordCodec.writeKey(record, key);
        return GroupRecordCodec.read(key, value(record));
    }

    @Test
    void anOffsetIsWrittenAsKafkaWritesIt() {
        var record = new GroupRecord.Offset("g", "t", 1, new CommittedOffset(5, 2, "m", 9, -1, new Uuid(1, 2)));

        assertThat(key(record)).isEqualTo("0001" + "000167" + "000174" + "00000001");
        assertThat(ByteBufUtil.hexDump(value(record)))
                .isEqualTo("0004" + "0000000000000005" + "00000002" + "026d" + "0000000000000009" + "01" + "0010"
                        + "0000000000000001" + "0000000000000002");
        assertThat(roundTrip(record)).isEqualTo(record);
    }

    @Test
    void anOffsetWithItsOwnRetentionIsWrittenInTheOldVersionThatHasIt() {
        var record = new GroupRecord.Offset("g", "t", 1, new CommittedOffset(5, -1, "m", 9, 77, Uuid.ZERO));

        assertThat(value(record).getShort(0)).isEqualTo((short) 1);
        assertThat(roundTrip(record)).isEqualTo(record);
    }

    @Test
    void aGroupIsWrittenInVersion3() {
        var value = new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(4)
                .setProtocol("range")
                .setLeader("a")
                .setCurrentStateTimestamp(12)
                .setMembers(List.of(new GroupMetadataValue.MemberMetadata()
                        .setMemberId("a")
                        .setGroupInstanceId("i")
                        .setClientId("c")
                        .setClientHost("/127.0.0.1")
                        .setRebalanceTimeout(2)
                        .setSessionTimeout(1)
                        .setSubscription(new byte[] {1})
                        .setAssignment(new byte[] {2})));
        var record = new GroupRecord.Metadata("g", value);

        assertThat(key(record)).isEqualTo("0002" + "000167");
        assertThat(value(record).getShort(0)).isEqualTo((short) 3);
        assertThat(roundTrip(record)).isEqualTo(record);
    }

    @Test
    void tombstonesHaveNoValue() {
        assertThat(roundTrip(new GroupRecord.Offset("g", "t", 1, null)))
                .isEqualTo(new GroupRecord.Offset("g", "t", 1, null));
        assertThat(roundTrip(new GroupRecord.Metadata("g", null))).isEqualTo(new GroupRecord.Metadata("g", null));
    }

    @Test
    void recordsOfOtherKindsOfGroupsAreLeftAlone() {
        assertThat(GroupRecordCodec.read(Unpooled.wrappedBuffer(new byte[] {0, 3, 0, 1, 'g'}), null))
                .isNull();
    }
}
