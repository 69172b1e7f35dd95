package dev.barnabas.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scenario of {@link ClientScenario} with kcat, and so with librdkafka. */
class KcatTest {
    private static final List<String> COMPRESSIONS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final String TOPIC = "kcat";

    @TempDir
    private Path directory;

    private Target broker;

    @BeforeEach
    void start() throws InterruptedException {
        assumeTrue(Kcat.isInstalled(), "kcat is not installed: the scenario with kcat is skipped");
        broker = EmbeddedBroker.start(directory);
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private record Read(int partition, long offset, String key, String value, String headers, long timestamp) {
        static Read of(String line) {
            var fields = line.split(" ");
            return new Read(
                    Integer.parseInt(fields[0]),
                    Long.parseLong(fields[1]),
                    fields[2],
                    fields[3],
                    fields[4],
                    Long.parseLong(fields[5]));
        }
    }

    @Test
    void kcatGoesThroughTheScenario() throws Exception {
        for (int i = 0; i < COMPRESSIONS.size(); i++) {
            int share = ClientScenario.RECORDS / COMPRESSIONS.size();
            produce(share * i, share * (i + 1), COMPRESSIONS.get(i));
        }
        var records = readEverything();
        lookUpByTime(records);
        groupOfThree();
    }

    private void produce(int from, int to, String compression) throws Exception {
        var lines = IntStream.range(from, to)
                .mapToObj(i -> "key-" + i + ":value-" + i)
                .toList();
        Kcat.run(
                lines,
                "-P",
                "-b",
                broker.bootstrapServers(),
                "-t",
                TOPIC,
                "-K",
                ":",
                "-z",
                compression,
                "-H",
                "codec=" + compression,
                "-H",
                "n=1");
    }

    private List<Read> readEverything() throws Exception {
        var records = Kcat.run(
                        List.of(),
                        "-C",
                        "-b",
                        broker.bootstrapServers(),
                        "-t",
                        TOPIC,
                        "-e",
                        "-q",
                        "-f",
                        "%p %o %k %s %h %T\\n")
                .stream()
                .map(Read::of)
                .toList();
        assertThat(records).hasSize(ClientScenario.RECORDS);
        int share = ClientScenario.RECORDS / COMPRESSIONS.size();
        Map<Integer, Long> next = new TreeMap<>();
        Set<Integer> numbers = new HashSet<>();
        for (var record : records) {
            assertThat(record.offset()).isEqualTo(next.getOrDefault(record.partition(), 0L));
            next.put(record.partition(), record.offset() + 1);
            int number = Integer.parseInt(record.key().substring("key-".length()));
            assertThat(numbers.add(number)).as("%s for the first time", record).isTrue();
            assertThat(record.value()).isEqualTo("value-" + number);
            assertThat(record.headers()).isEqualTo("codec=" + COMPRESSIONS.get(number / share) + ",n=1");
        }
        assertThat(next).hasSize(ClientScenario.PARTITIONS);
        return records;
    }

    private void lookUpByTime(List<Read> records) throws Exception {
        long time = records.stream().mapToLong(Read::timestamp).max().orElseThrow();
        List<String> arguments = new ArrayList<>(List.of("-Q", "-b", broker.bootstrapServers()));
        Set<String> expected = new HashSet<>();
        for (int p = 0; p < ClientScenario.PARTITIONS; p++) {
            int partition = p;
            arguments.addAll(List.of("-t", TOPIC + ":" + p + ":" + time));
            long offset = records.stream()
                    .filter(r -> r.partition() == partition && r.timestamp() >= time)
                    .mapToLong(Read::offset)
                    .min()
                    .orElse(-1);
            expected.add("%s [%d] offset %d".formatted(TOPIC, p, offset));
        }
        assertThat(Kcat.run(List.of(), arguments.toArray(String[]::new))).containsExactlyInAnyOrderElementsOf(expected);
    }

    private void groupOfThree() throws Exception {
        List<Kcat.Member> members = new ArrayList<>();
        Set<String> read = new HashSet<>();
        try {
            for (int i = 0; i < 3; i++) {
                members.add(new Kcat.Member(broker.bootstrapServers(), "group", TOPIC));
            }
            await("three members share the partitions", members, () -> share(members));
            await(
                    "the group has read every record",
                    members,
                    () -> allRead(members, read).size() == ClientScenario.RECORDS);

            members.remove(0).close();
            await("two members share the partitions", members, () -> share(members));
            produce(ClientScenario.RECORDS, ClientScenario.RECORDS + 100, "none");
            await(
                    "the two have read what came",
                    members,
                    () -> allRead(members, read).size() == ClientScenario.RECORDS + 100);

            broker.restart();
            produce(ClientScenario.RECORDS + 100, ClientScenario.RECORDS + 200, "lz4");
            await(
                    "they go on after a restart",
                    members,
                    () -> allRead(members, read).size() == ClientScenario.RECORDS + 200);
        } finally {
            members.forEach(Kcat.Member::close);
        }

        try (var member = new Kcat.Member(broker.bootstrapServers(), "group", TOPIC)) {
            produce(ClientScenario.RECORDS + 200, ClientScenario.RECORDS + 250, "none");
            await("the group resumes", List.of(member), () -> member.read.size() >= 50);
            assertThat(member.read)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(ClientScenario.RECORDS + 200, ClientScenario.RECORDS + 250)
                                    .mapToObj(i -> "key-" + i)
                                    .toList());
        }
    }

    private static boolean share(List<Kcat.Member> members) {
        var all = members.stream().flatMap(m -> m.partitions.stream()).toList();
        return members.stream().noneMatch(m -> m.partitions.isEmpty())
                && all.size() == ClientScenario.PARTITIONS
                && new HashSet<>(all).size() == ClientScenario.PARTITIONS;
    }

    /** What the group has read so far, members that have left included. */
    private static Set<String> allRead(List<Kcat.Member> members, Set<String> before) {
        members.forEach(m -> before.addAll(m.read));
        return before;
    }

    private static void await(String what, List<Kcat.Member> members, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Supplier<String> states = () -> members.stream()
                .map(m -> m.partitions + " " + m.read.size() + " read " + m.errors)
                .toList()
                .toString();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not reached within 60 s: " + what + ": " + states.get());
            }
            LockSupport.parkNanos(10_000_000);
        }
    }
}
