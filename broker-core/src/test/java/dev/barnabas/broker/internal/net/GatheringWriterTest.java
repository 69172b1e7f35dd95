package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.ResponseHeader;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.message.FetchResponse.FetchableTopicResponse;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.message.HeartbeatResponse;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatheringWriterTest {

    private static final short VERSION = 4;

    private final GatheringWriter writer = new GatheringWriter();

    private void heartbeat(int correlationId) {
        var header = new RequestHeader(ApiKey.HEARTBEAT, VERSION, correlationId, "client");
        writer.writeResponse(header, VERSION, new HeartbeatResponse().setThrottleTimeMs(correlationId));
    }

    private void fetch(int correlationId, ApiMessage response) {
        writer.writeResponse(new RequestHeader(ApiKey.FETCH, VERSION, correlationId, "client"), VERSION, response);
    }

    private static FetchResponse fetched(String topic, RecordSlice... slices) {
        return new FetchResponse()
                .setResponses(List.of(new FetchableTopicResponse()
                        .setTopic(topic)
                        .setPartitions(Stream.of(slices)
                                .map(slice -> new PartitionData().setRecords(slice))
                                .toList())));
    }

    private ByteBuf bytes() {
        ByteBuf bytes = Unpooled.buffer();
        writer.writeTo(bytes);
        return bytes;
    }

    @Test
    void responsesFollowOneAnotherEachWithItsLength() {
        heartbeat(1);
        heartbeat(2);

        ByteBuf bytes = bytes();
        for (int id = 1; id <= 2; id++) {
            var in = new WireReader(bytes.readSlice(bytes.readInt()));
            assertThat(ResponseHeader.read(in, 1).correlationId()).isEqualTo(id);
            var read = new HeartbeatResponse();
            read.read(in, VERSION);
            assertThat(read.throttleTimeMs()).isEqualTo(id);
            assertThat(in.remaining()).isZero();
        }
        assertThat(bytes.isReadable()).isFalse();
    }

    @Test
    void aLengthCountsTheSlicesOfItsOwnResponseOnly() {
        CountedSlice first = CountedSlice.own(1_000);
        CountedSlice second = CountedSlice.own(200);
        fetch(1, fetched("t", first));
        int between = writer.size();
        fetch(2, fetched("t", second));

        ByteBuf bytes = bytes();
        assertThat(bytes.getInt(0)).isEqualTo(between - 4 + 1_000);
        assertThat(bytes.getInt(between)).isEqualTo(writer.size() - between - 4 + 200);
        assertThat(writer.cuts()).extracting(GatheringWriter.Cut::slice).isEqualTo(List.of(first, second));
        assertThat(writer.cuts().get(0).index()).isLessThanOrEqualTo(between);

        writer.dropSlices();
        assertThat(first.releases).hasValue(1);
        assertThat(second.releases).hasValue(1);
    }

    @Test
    void ofAResponseThatCannotBeWrittenNothingStays() {
        CountedSlice written = CountedSlice.own(10);
        CountedSlice unwritten = CountedSlice.own(20);
        fetch(1, fetched("t", written));
        byte[] before = writer.toByteArray();
        FetchResponse failing = fetched("t", unwritten);
        failing.setResponses(
                List.of(failing.responses().get(0), new FetchableTopicResponse().setTopic("x".repeat(40_000))));

        assertThatThrownBy(() -> fetch(2, failing)).isInstanceOf(IllegalArgumentException.class);

        assertThat(writer.toByteArray()).isEqualTo(before);
        assertThat(writer.cuts()).extracting(GatheringWriter.Cut::slice).isEqualTo(List.of(written));
        heartbeat(3);
        ByteBuf bytes = bytes();
        assertThat(bytes.getInt(before.length)).isEqualTo(writer.size() - before.length - 4);
        assertThat(unwritten.releases).hasValue(0);
    }
}
