package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.RequestHeader;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** {@link RequestHeader} and {@link ProduceRequest} out of a frame of six partitions, whose batches stay slices of it. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecodeProduceBenchmark {

    private static final int PARTITIONS = 6;

    private final ByteBuf frame = frame();

    private static ByteBuf frame() {
        ByteBuf batch = Batches.full(1_000, Compression.NONE);
        List<ProduceRequest.PartitionProduceData> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new ProduceRequest.PartitionProduceData().setIndex(i).setRecords(new ByteBufRecords(batch)));
        }
        var request = new ProduceRequest()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                        .setTopicId(new Uuid(1, 1))
                        .setPartitionData(partitions)));
        var out = new WireWriter();
        short version = (short) request.highestVersion();
        new RequestHeader(ApiKey.PRODUCE, version, 1, "producer-1").write(out);
        request.write(out, version);
        batch.release();
        ByteBuf frame = PooledByteBufAllocator.DEFAULT.directBuffer(out.size());
        out.writeTo(frame);
        return frame;
    }

    @TearDown
    public void release() {
        frame.release();
    }

    /** As the front end does: header, then body by API and version. */
    @Benchmark
    public ApiMessage decode() {
        frame.readerIndex(0);
        var in = new WireReader(frame);
        RequestHeader header = RequestHeader.read(in);
        ApiMessage request = header.apiKey().newRequest();
        request.read(in, header.apiVersion());
        return request;
    }
}
