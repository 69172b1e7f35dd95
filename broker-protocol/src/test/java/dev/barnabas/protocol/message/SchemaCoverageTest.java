package dev.barnabas.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaCoverageTest {
    private static final Pattern NAME = Pattern.compile("^ {2}\"name\": *\"(\\w+)\"", Pattern.MULTILINE);

    @Test
    void everySchemaInKafkasJarsHasItsClass() throws IOException {
        TreeSet<String> schemas = new TreeSet<>();
        for (String directory : List.of("clients", "metadata", "records")) {
            try (Stream<Path> files = Files.walk(Path.of(System.getProperty("kafka.schemas"), directory))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".json")).toList()) {
                    Matcher name = NAME.matcher(Files.readString(file));
                    assertThat(name.find()).as(file.toString()).isTrue();
                    schemas.add(name.group(1).replaceAll("^(Request|Response)Header$", "$0Data"));
                }
            }
        }
        assertThat(schemas).hasSizeGreaterThan(280);
        assertThat(Messages.names()).containsExactlyInAnyOrderElementsOf(schemas);
    }

    @Test
    void everyMetadataRecordIsFoundByItsType() {
        for (MetadataRecordType type : MetadataRecordType.values()) {
            assertThat(MetadataRecordType.forId(type.id())).isEqualTo(type);
            assertThat(MessageNames.constant(type.newRecord())).isEqualTo(type.name());
        }
        assertThat(MetadataRecordType.forId(6)).isNull();
        assertThat(TopicRecord.TYPE).isEqualTo(MetadataRecordType.TOPIC_RECORD.id());
    }

    private static final class MessageNames {
        static String constant(Object message) {
            return message.getClass()
                    .getSimpleName()
                    .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                    .toUpperCase(java.util.Locale.ROOT);
        }
    }
}
