package dev.barnabas.storage.log;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.io.StringReader;
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

    /** Without {@link Properties#store}, which spends long on the comment with the date. */
    void write(FileSystem files) throws IOException {
        String text = "cluster.id=" + escaped(clusterId) + "\ndirectory.id=" + directoryId + "\nnode.id=" + nodeId
                + "\nversion=1\n";
        files.replace(FILE, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String value) {
        var escaped = new StringBuilder(value.length());
        for (char c : value.toCharArray()) {
            if (" \\:=#!".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }
}
