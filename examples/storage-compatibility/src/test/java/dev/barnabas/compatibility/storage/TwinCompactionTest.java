package dev.barnabas.compatibility.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.LogConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's cleaner and ours leave the same records of the same log, round after round. */
class TwinCompactionTest {
    private static final LogConfig CONFIG = LogConfig.builder()
            .segmentBytes(5000)
            .indexIntervalBytes(400)
            .cleanupPolicy(false, true)
            .minCleanableDirtyRatio(0)
            .build();

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void bothLeaveTheSameRecords(long seed) throws Exception {
        var kafkaPath = Files.createDirectories(temporary.resolve("kafka"));
        var script = new Script(seed, System.currentTimeMillis() - 100_000);
        long firstDirty = 0;
        try (var kafka = new KafkaLog(kafkaPath, CONFIG, new org.apache.kafka.common.Uuid(11, 22), true);
                var ours = new OurLog(temporary.resolve("ours"), CONFIG, new Uuid(11, 22))) {
            for (int round = 0; round < 4; round++) {
                append(script, kafka, ours);
                firstDirty = cleanKafka(kafka, firstDirty);
                var task = ours.log.prepareCompaction(System.currentTimeMillis(), 1 << 20);
                assertThat(task).isNotNull();
                task.run();
                ours.log.onCompacted(task, System.currentTimeMillis());
                assertThat(records(ours)).as("round %d", round).isEqualTo(records(kafka));
            }
        }
    }

    private static void append(Script script, KafkaLog kafka, OurLog ours) throws Exception {
        for (int i = 0; i < 150; i++) {
            var append = script.next(false);
            try {
                kafka.append(
                        append.batch(), AppendOrigin.valueOf(append.origin().name()));
                ours.log.appendAsLeader(append.batch(), 0, append.origin(), System.currentTimeMillis());
            } catch (ApiException refused) {
                assertThat(refused).isNotInstanceOf(KafkaStorageException.class);
            } finally {
                append.batch().release();
            }
        }
        for (var producer : kafka.log.activeProducers()) {
            if (producer.currentTxnStartOffset() >= 0) {
                var marker = script.end(producer.producerId(), producer.producerEpoch());
                kafka.append(marker.batch(), AppendOrigin.COORDINATOR);
                ours.log.appendAsLeader(marker.batch(), 0, marker.origin(), System.currentTimeMillis());
                marker.batch().release();
            }
        }
        kafka.log.updateHighWatermark(kafka.log.logEndOffset());
        ours.log.updateHighWatermark(ours.log.logEndOffset());
        assertThat(ours.log.logEndOffset()).isEqualTo(kafka.log.logEndOffset());
    }

    private static long cleanKafka(KafkaLog kafka, long firstDirty) throws Exception {
        var throttler = new Throttler(Double.MAX_VALUE, 1000, "compaction", "bytes", Time.SYSTEM);
        var cleaner = new Cleaner(
                0, new SkimpyOffsetMap(1 << 20), 1 << 16, 1 << 20, 0.75, throttler, Time.SYSTEM, partition -> {});
        long upper = kafka.log.activeSegment().baseOffset();
        return cleaner.clean(new LogToClean(kafka.log, firstDirty, upper, false))
                .getKey();
    }

    private static List<String> records(KafkaLog kafka) throws Exception {
        var records = new ArrayList<String>();
        long next = 0;
        while (next < kafka.log.logEndOffset()) {
            next = describe(kafka.read(next), records, next);
        }
        return records;
    }

    private static List<String> records(OurLog ours) {
        var records = new ArrayList<String>();
        long next = 0;
        while (next < ours.log.logEndOffset()) {
            next = describe(ours.read(next), records, next);
        }
        return records;
    }

    /** Adds each record with its offset, its batch's producer and whether the batch carries a delete horizon. */
    private static long describe(byte[] bytes, List<String> records, long from) {
        long next = from;
        for (var batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
            batch.ensureValid();
            for (var record : batch) {
                records.add(
                        record.offset() + "@" + record.timestamp() + " " + record.keySize() + "/" + record.valueSize()
                                + " " + batch.producerId() + "/" + batch.producerEpoch() + "/" + record.sequence()
                                + (batch.deleteHorizonMs().isPresent() ? " horizon" : ""));
            }
            next = batch.nextOffset();
        }
        return next;
    }
}
