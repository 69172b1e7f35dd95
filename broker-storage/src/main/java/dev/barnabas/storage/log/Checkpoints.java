package dev.barnabas.storage.log;

import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's checkpoint files: text, replaced as a whole.
 *
 * <pre>
 * 0                          version
 * 2                          number of rows
 * orders 0 1042              topic partition offset    (offset checkpoints, in the log directory)
 * orders 1 977
 *
 * 0
 * 1
 * 3 1042                     epoch startOffset         (leader-epoch-checkpoint, in the log's own directory)
 * </pre>
 *
 * A checkpoint that cannot be parsed counts as absent, with one line in the log: each of them can be done without.
 */
final class Checkpoints {
    /** Below this offset a log is on disk. */
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    /** Where logs begin that do not begin with their first segment. */
    static final String LOG_STARTS = "log-start-offset-checkpoint";

    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    /** Up to where logs are compacted. */
    static final String CLEANER_OFFSETS = "cleaner-offset-checkpoint";

    static final List<String> ALL = List.of(RECOVERY_POINTS, LOG_STARTS, HIGH_WATERMARKS, CLEANER_OFFSETS);

    private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
    private static final String VERSION = "0";

    private Checkpoints() {}

    static Map<TopicPartition, Long> readOffsets(FileSystem files, String path) throws IOException {
        var offsets = new HashMap<TopicPartition, Long>();
        for (var row : rows(files, path, 3)) {
            offsets.put(new TopicPartition(row[0], Integer.parseInt(row[1])), Long.parseLong(row[2]));
        }
        return offsets;
    }

    static byte[] offsets(Map<TopicPartition, Long> offsets) {
        var rows = new TreeMap<String, Long>();
        offsets.forEach((partition, offset) -> rows.put(partition.topic() + " " + partition.partition(), offset));
        var text = header(rows.size());
        rows.forEach((partition, offset) ->
                text.append(partition).append(' ').append(offset).append('\n'));
        return bytes(text);
    }

    static List<LeaderEpochs.Entry> readEpochs(FileSystem files, String path) throws IOException {
        var epochs = new ArrayList<LeaderEpochs.Entry>();
        for (var row : rows(files, path, 2)) {
            epochs.add(new LeaderEpochs.Entry(Integer.parseInt(row[0]), Long.parseLong(row[1])));
        }
        return epochs;
    }

    static byte[] epochs(List<LeaderEpochs.Entry> entries) {
        var text = header(entries.size());
        for (var entry : entries) {
            text.append(entry.epoch()).append(' ').append(entry.startOffset()).append('\n');
        }
        return bytes(text);
    }

    private static StringBuilder header(int rows) {
        return new StringBuilder().append(VERSION).append('\n').append(rows).append('\n');
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The fields of each row, the numbers among them checked; no rows if there is no file or it is damaged. */
    private static List<String[]> rows(FileSystem files, String path, int fields) throws IOException {
        if (!files.exists(path)) {
            return List.of();
        }
        var lines = new String(files.read(path), StandardCharsets.UTF_8).lines().toList();
        var rows = new ArrayList<String[]>();
        for (var line : lines.subList(Math.min(2, lines.size()), lines.size())) {
            rows.add(line.split(" "));
        }
        if (lines.size() < 2
                || !lines.get(0).equals(VERSION)
                || !lines.get(1).equals(Integer.toString(rows.size()))
                || !rows.stream().allMatch(row -> isRow(row, fields))) {
            log.warn("Ignored a damaged checkpoint file={} lines={}", path, lines.size());
            return List.of();
        }
        return rows;
    }

    private static boolean isRow(String[] row, int fields) {
        return row.length == fields && row[fields - 2].matches("\\d{1,9}") && row[fields - 1].matches("\\d{1,18}");
    }
}
