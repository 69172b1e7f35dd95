package dev.barnabas.storage.log;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code meta.properties}, which says whose directory this is: a Java properties file with {@code version=1},
 * {@code cluster.id}, {@code node.id} and {@code directory.id} (KIP-858).
 */
public record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {
    private static final String FILE = "meta.properties";

    /** Reads the file; null if there is none. @throws IOException if it is not of version 1 */
    static @Nullable MetaProperties read(FileSystem files) throws IOException {
        if (!files.exists(FILE)) {
            return null;
        }
        var properties = new Properties();
        properties.load(new StringReader(new String(files.read(FILE), StandardCharsets.UTF_8)));
        if (!"1".equals(properties.getProperty("version"))) {
            throw new IOException(FILE + " version: " + properties.getProperty("version")
                    + " (expected: 1, as KRaft brokers write it)");
        }
        try {
            return new MetaProperties(
                    required(properties, "cluster.id"),
                    Integer.parseInt(required(properties, "node.id")),
                    Uuid.parse(required(properties, "directory.id")));
        } catch (IllegalArgumentException e) {
            throw new IOException(FILE + " of " + files.name() + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String required(Properties properties, String name) {
        var value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": none (expected: a value)");
        }
        return value;
    }

    void write(FileSystem files) throws IOException {
        var properties = new Properties();
        properties.setProperty("version", "1");
        properties.setProperty("cluster.id", clusterId);
        properties.setProperty("node.id", Integer.toString(nodeId));
        properties.setProperty("directory.id", directoryId.toString());
        var text = new StringWriter();
        properties.store(text, null);
        var lines = new StringBuilder();
        text.toString().lines().filter(line -> !line.startsWith("#")).sorted().forEach(line -> lines.append(line)
                .append('\n'));
        files.replace(FILE, lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
