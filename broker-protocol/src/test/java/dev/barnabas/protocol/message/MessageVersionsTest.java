package dev.barnabas.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.UnsupportedFieldException;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.UnknownTaggedField;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What versions, tags and defaults mean for a single message. */
class MessageVersionsTest {

    @Test
    void aFieldThatTheVersionLacksAndMayNotDropIsRefused() {
        FindCoordinatorRequest request = new FindCoordinatorRequest().setKeyType((byte) 1);
        assertThatThrownBy(() -> Messages.write(request, 0))
                .isInstanceOf(UnsupportedFieldException.class)
                .hasMessage("FindCoordinatorRequest.keyType: a value (expected: none that version 0 cannot carry)");
    }

    @Test
    void anIgnorableFieldThatTheVersionLacksIsDropped() {
        HeartbeatResponse response = new HeartbeatResponse().setThrottleTimeMs(7);
        assertThat(((HeartbeatResponse) Messages.read("HeartbeatResponse", Messages.write(response, 0), 0))
                        .throttleTimeMs())
                .isZero();
        assertThat(((HeartbeatResponse) Messages.read("HeartbeatResponse", Messages.write(response, 1), 1))
                        .throttleTimeMs())
                .isEqualTo(7);
    }

    @Test
    void nullThatTheVersionCannotCarryIsRefused() {
        MetadataRequest allTopics = new MetadataRequest().setTopics(null);
        assertThat(Messages.write(allTopics, 1)).startsWith(-1, -1, -1, -1);
        assertThatThrownBy(() -> Messages.write(allTopics, 0))
                .isInstanceOf(UnsupportedFieldException.class)
                .hasMessageStartingWith("MetadataRequest.topics: ");
    }

    @Test
    void anUnknownVersionIsRefused() {
        assertThatThrownBy(() -> Messages.write(new FetchRequest(), 19))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("FetchRequest version: 19 (expected: 0-18)");
        assertThatThrownBy(() -> new ShareFetchRequest().read(new WireReader(Unpooled.EMPTY_BUFFER), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readingResetsWhatTheVersionLacks() {
        FetchRequest request = new FetchRequest().setMaxBytes(1).setRackId("r").setClusterId("c");
        request.replicaState().setReplicaId(3);
        request.read(new WireReader(Unpooled.wrappedBuffer(Messages.write(new FetchRequest(), 0))), 0);
        assertThat(request).isEqualTo(new FetchRequest());
    }

    @Test
    void taggedFieldsAtTheirDefaultTakeNoBytes() {
        FetchRequest request = new FetchRequest();
        int bare = Messages.write(request, 17).length;
        request.replicaState();
        assertThat(Messages.write(request, 17)).hasSize(bare);
        request.replicaState().setReplicaId(1);
        // tag, size, int32, int64, no tagged fields inside
        assertThat(Messages.write(request, 17)).hasSize(bare + 2 + 4 + 8 + 1);
    }

    @Test
    void taggedFieldsLongerThan127BytesGetALongerSize() {
        for (int length : List.of(120, 126, 127, 128, 300, 20_000)) {
            FetchRequest request = new FetchRequest().setClusterId("c".repeat(length));
            FetchRequest read = (FetchRequest) Messages.read("FetchRequest", Messages.write(request, 12), 12);
            assertThat(read).isEqualTo(request);
        }
    }

    @Test
    void unknownTaggedFieldsKeepTheirPlaceAmongTheKnown() {
        byte[] version12 = {1, 1, 42};
        FetchRequest request = new FetchRequest().setClusterId("c");
        request.addUnknownTaggedField(1, version12);
        request.addUnknownTaggedField(9, new byte[0]);
        FetchRequest read = (FetchRequest) Messages.read("FetchRequest", Messages.write(request, 12), 12);
        assertThat(read).isEqualTo(request);
        assertThat(read.unknownTaggedFields())
                .containsExactly(new UnknownTaggedField(1, version12), new UnknownTaggedField(9, new byte[0]));
        assertThat(Messages.write(request, 11)).isEqualTo(Messages.write(new FetchRequest(), 11));
    }

    @Test
    void recordsAreASliceOfTheFrame() {
        WireWriter out = new WireWriter();
        ProduceRequest request = produce(new ByteBufRecords(Unpooled.wrappedBuffer(new byte[] {1, 2, 3})));
        request.write(out, 3);
        ByteBuf frame = Unpooled.wrappedBuffer(out.toByteArray());
        ProduceRequest read = new ProduceRequest();
        read.read(new WireReader(frame), 3);
        ByteBufRecords records =
                (ByteBufRecords) read.topicData().get(0).partitionData().get(0).records();
        records.buffer().setByte(0, 99);
        assertThat(frame.getByte(frame.writerIndex() - 3)).isEqualTo((byte) 99);
        assertThat(frame.refCnt()).isEqualTo(1);
    }

    @Test
    void aWriterMayKeepRecordsOutOfTheBuffer() {
        Records records = new ByteBufRecords(Unpooled.wrappedBuffer(new byte[1000]));
        List<Records> kept = new ArrayList<>();
        for (int version = 0; version <= ProduceRequest.HIGHEST_VERSION; version++) {
            WireWriter whole = new WireWriter();
            produce(records).write(whole, version);
            WireWriter without = new WireWriter() {
                @Override
                protected void writeRecords(Records kept1) {
                    kept.add(kept1);
                }
            };
            produce(records).write(without, version);
            assertThat(without.size()).isEqualTo(whole.size() - 1000);
        }
        assertThat(kept).hasSize(ProduceRequest.HIGHEST_VERSION + 1).containsOnly(records);
    }

    private static ProduceRequest produce(Records records) {
        return new ProduceRequest()
                .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                        .setPartitionData(List.of(new ProduceRequest.PartitionProduceData().setRecords(records)))));
    }

    @Test
    void textShowsFieldsButNoPayload() {
        assertThat(new SaslAuthenticateRequest().setAuthBytes("secret".getBytes()))
                .hasToString("SaslAuthenticateRequest(authBytes=6 bytes)");
    }
}
