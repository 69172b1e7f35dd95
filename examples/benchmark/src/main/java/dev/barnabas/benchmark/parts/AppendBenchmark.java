package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatch;
import dev.barnabas.storage.AppendOrigin;
import dev.barnabas.storage.LogConfig;
import dev.barnabas.storage.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link PartitionLog#appendAsLeader}, by the batch of 16 KB: producer state, stamp, write, indexes. An iteration fills an
 * empty log with 64 MB.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 20)
@Measurement(iterations = 30)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class AppendBenchmark {

    private static final int APPENDS = 4_096;

    @Param({"MEMORY", "DISK"})
    private Place place = Place.MEMORY;

    private Store store;
    private PartitionLog log;
    private ByteBuf batch;
    private int recordCount;
    private int sequence;

    @Setup
    public void open() throws IOException {
        store = Store.open(place);
        log = store.create(0, LogConfig.DEFAULTS);
        batch = Batches.full(1_000, Compression.NONE);
        recordCount = new RecordBatch().wrap(batch, 0).recordCount();
    }

    @Setup(Level.Iteration)
    public void empty() {
        log.truncateFullyAndStartAt(0);
        sequence = 0;
    }

    @TearDown
    public void close() throws IOException {
        batch.release();
        store.close();
    }

    /** Each batch continues the sequence of the one before, as an idempotent producer's do. */
    @Benchmark
    @OperationsPerInvocation(APPENDS)
    public long append() {
        for (int i = 0; i < APPENDS; i++) {
            batch.setInt(RecordBatch.BASE_SEQUENCE_OFFSET, sequence);
            sequence += recordCount;
            log.appendAsLeader(batch, 0, AppendOrigin.CLIENT, Batches.NOW_MS);
        }
        return log.logEndOffset();
    }
}
