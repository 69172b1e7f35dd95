package dev.barnabas.protocol.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The generator's entry point. Arguments: the directory of schemas, the directory of sources to write. The schemas lie in
 * {@code clients} (newest line of Kafka), {@code clients-old} (the last line with the versions that 4.0 removed),
 * {@code metadata} and, for all other records, {@code records}.
 */
public final class Generator {
    /** Share group APIs whose version 0 was an early-access one that no release speaks any more. */
    private static final Set<Integer> EARLY_ACCESS = Set.of(76, 77, 78, 79);

    private final Path target;
    private final Set<Path> written = new HashSet<>();

    private Generator(Path target) {
        this.target = target;
    }

    public static void main(String[] arguments) throws IOException {
        new Generator(Path.of(arguments[1])).run(Path.of(arguments[0]));
    }

    private void run(Path schemas) throws IOException {
        SchemaReader reader = new SchemaReader();
        List<Schema> clients =
                merge(reader.readAll(schemas.resolve("clients")), reader.readAll(schemas.resolve("clients-old")));
        List<Schema> metadata = reader.readAll(schemas.resolve("metadata"));
        List<Schema> all = new ArrayList<>(clients);
        all.addAll(metadata);
        all.addAll(reader.readAll(schemas.resolve("records")));
        for (Schema schema : all) {
            Schema renamed = schema.withName(MessageWriter.className(schema.name()));
            write("message/" + renamed.name(), new MessageWriter(renamed).write());
        }
        write("message/MetadataRecordType", new MetadataRecordTypeWriter(metadata).write());
        write("ApiKey", new ApiKeyWriter(clients).write());
        deleteStale();
    }

    private static List<Schema> merge(List<Schema> newer, List<Schema> older) {
        Map<String, Schema> olderByKey = older.stream().collect(Collectors.toMap(Generator::key, Function.identity()));
        return newer.stream()
                .map(schema -> {
                    Schema old = olderByKey.get(key(schema));
                    return old == null || EARLY_ACCESS.contains(schema.apiKey())
                            ? schema
                            : SchemaMerger.merge(schema, old);
                })
                .toList();
    }

    /** What stays the same when an API is renamed. */
    private static String key(Schema schema) {
        return schema.apiKey() < 0 ? schema.name() : schema.type() + schema.apiKey();
    }

    private void write(String name, Source source) throws IOException {
        Path file = target.resolve("dev/barnabas/protocol/" + name + ".java");
        if (!written.add(file)) {
            throw new IllegalStateException(name + ": two schemas of one name");
        }
        source.writeTo(file);
    }

    private void deleteStale() throws IOException {
        try (var walk = Files.walk(target)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                if (!written.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }
}
