package dev.barnabas.storage.log;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The file {@code partition.metadata}, which ties a log's directory to a topic id:
 *
 * <pre>
 * version: 0
 * topic_id: hs5n1PJ2QRGkQ1RJFMWp2Q
 * </pre>
 *
 * without a newline at its end. It is written when the directory is made, so that no record is ever without it, and forced
 * to disk no later than the first record.
 */
final class PartitionMetadata {
    private static final String FILE = "partition.metadata";
    private static final String TOPIC_ID = "topic_id: ";

    private PartitionMetadata() {}

    static String path(String directory) {
        return directory + "/" + FILE;
    }

    static void write(FileSystem files, String directory, Uuid topicId) throws IOException {
        var text = "version: 0\n" + TOPIC_ID + topicId;
        files.write(path(directory), Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The topic id; {@link Uuid#ZERO} if there is no file, or a crash of the machine left an empty one. */
    static Uuid read(FileSystem files, String directory) throws IOException {
        if (!files.exists(path(directory))) {
            return Uuid.ZERO;
        }
        var text = new String(files.read(path(directory)), StandardCharsets.UTF_8);
        for (var line : text.lines().toList()) {
            if (line.startsWith(TOPIC_ID)) {
                return parse(line.substring(TOPIC_ID.length()).trim());
            }
        }
        return Uuid.ZERO;
    }

    private static Uuid parse(String text) throws IOException {
        try {
            return Uuid.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("topic_id: " + text + " (expected: a base64 uuid)", e);
        }
    }
}
