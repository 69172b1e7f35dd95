package dev.barnabas.benchmark.parts;

import dev.barnabas.protocol.message.ProduceRequest;
import dev.barnabas.protocol.record.Compression;
import dev.barnabas.protocol.record.RecordBatchValidator;
import dev.barnabas.protocol.record.ValidatedRecords;
import dev.barnabas.protocol.record.ValidationConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
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

/** {@link RecordBatchValidator} on one batch of 16 KB before compression: checksum, and a walk over the records. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ValidateBenchmark {

    private static final int PRODUCE_VERSION = new ProduceRequest().highestVersion();
    private static final long DECOMPRESSED_BYTES_MAX = 100 << 20;

    @Param({"1000", "100"})
    private int recordSize;

    @Param({"NONE", "LZ4"})
    private Compression compression = Compression.NONE;

    private final RecordBatchValidator validator =
            new RecordBatchValidator(PooledByteBufAllocator.DEFAULT, DECOMPRESSED_BYTES_MAX);
    private final ValidationConfig config = ValidationConfig.defaults();
    private ByteBuf batch = Unpooled.EMPTY_BUFFER;

    @Setup
    public void build() {
        batch = Batches.full(recordSize, compression);
    }

    @TearDown
    public void release() {
        batch.release();
    }

    @Benchmark
    public long validate() {
        ValidatedRecords validated = validator.validate(batch, PRODUCE_VERSION, config, Batches.NOW_MS);
        validated.release();
        return validated.maxTimestamp();
    }
}
