package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.ReadResult;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Random;
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
 * {@link PartitionLog#read} of one batch at a random offset: segment, offset index, and the walk from the index entry to the
 * batch. The log has several segments of small batches, so that each entry of the index stands for twenty-odd.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class IndexLookupBenchmark {

    private static final int BATCHES = 50_000;
    private static final int SEGMENT_BYTES = 2 << 20;

    @Param({"MEMORY", "DISK"})
    private Place place = Place.MEMORY;

    private final Random random = new Random(42);
    private Store store;
    private PartitionLog log;

    @Setup
    public void fill() throws IOException {
        store = Store.open(place);
        log = store.create(0, LogConfig.builder().segmentBytes(SEGMENT_BYTES).build());
        ByteBuf batch = Batches.of(1, 100, Compression.NONE);
        for (int i = 0; i < BATCHES; i++) {
            log.appendAsLeader(batch, 0, AppendOrigin.REPLICATION, Batches.NOW_MS);
        }
        batch.release();
    }

    @TearDown
    public void close() throws IOException {
        store.close();
    }

    @Benchmark
    public long read() {
        ReadResult result = log.read(random.nextInt(BATCHES), 1, BATCHES, true);
        result.records().release();
        return result.firstOffset();
    }
}
