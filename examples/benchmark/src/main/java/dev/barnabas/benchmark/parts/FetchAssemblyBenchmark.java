package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.WireWriter;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.RecordSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A fetch of 1 MB from each of six partitions: slices from {@link PartitionLog#read}, and the {@link FetchResponse} around
 * them encoded. The slices stay where they are, as on the way to {@code sendfile}.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class FetchAssemblyBenchmark {

    private static final int PARTITIONS = 6;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int BATCHES = 2 * FETCH_BYTES / Batches.BATCH_BYTES;

    @Param({"MEMORY", "DISK"})
    private Place place = Place.MEMORY;

    private final int version = new FetchResponse().highestVersion();
    private final List<PartitionLog> logs = new ArrayList<>();
    private Store store;

    @Setup
    public void fill() throws IOException {
        store = Store.open(place);
        ByteBuf batch = Batches.full(1_000, Compression.NONE);
        batch.setLong(RecordBatch.PRODUCER_ID_OFFSET, RecordBatch.NO_PRODUCER_ID);
        for (int i = 0; i < PARTITIONS; i++) {
            PartitionLog log = store.create(i, LogConfig.DEFAULTS);
            for (int k = 0; k < BATCHES; k++) {
                log.appendAsLeader(batch, 0, AppendOrigin.CLIENT, Batches.NOW_MS);
            }
            log.updateHighWatermark(log.logEndOffset());
            logs.add(log);
        }
        batch.release();
    }

    @TearDown
    public void close() throws IOException {
        store.close();
    }

    /** Returns the bytes that the response announces beside the slices'. */
    @Benchmark
    public int assemble() {
        List<RecordSlice> slices = new ArrayList<>(PARTITIONS);
        List<FetchResponse.PartitionData> partitions = new ArrayList<>(PARTITIONS);
        for (PartitionLog log : logs) {
            RecordSlice slice =
                    log.read(0, FETCH_BYTES, log.highWatermark(), true).records();
            slices.add(slice);
            partitions.add(partition(log, slice));
        }
        var response = new FetchResponse()
                .setResponses(List.of(new FetchResponse.FetchableTopicResponse()
                        .setTopicId(new Uuid(1, 1))
                        .setPartitions(partitions)));
        var out = new SliceLeavingWriter();
        response.write(out, version);
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(out.size(), out.size());
        out.writeTo(buffer);
        int bytes = buffer.readableBytes();
        buffer.release();
        slices.forEach(RecordSlice::release);
        return bytes;
    }

    private static FetchResponse.PartitionData partition(PartitionLog log, RecordSlice slice) {
        return new FetchResponse.PartitionData()
                .setPartitionIndex(log.topicPartition().partition())
                .setHighWatermark(log.highWatermark())
                .setLastStableOffset(log.lastStableOffset())
                .setLogStartOffset(log.logStartOffset())
                .setRecords(slice);
    }

    /** Announces records, and leaves their bytes out. */
    private static final class SliceLeavingWriter extends WireWriter {
        @Override
        protected void writeRecords(Records records) {
            // The front end sends them from where they lie.
        }
    }
}
