package dev.barnabas.protocol.generator;

import java.util.Comparator;
import java.util.List;

/** Writes the enum of the records of the metadata log. */
final class MetadataRecordTypeWriter {
    private final List<Schema> records;

    MetadataRecordTypeWriter(List<Schema> records) {
        this.records =
                records.stream().sorted(Comparator.comparingInt(Schema::apiKey)).toList();
    }

    Source write() {
        Source out = new Source();
        out.line("package dev.barnabas.protocol.message;").line("");
        out.line("import dev.barnabas.protocol.Message;");
        out.line("import org.jspecify.annotations.Nullable;").line("");
        out.line("/** The types of the records of the metadata log, {@code __cluster_metadata} (KIP-631). */");
        out.line("public enum MetadataRecordType {");
        for (Schema record : records) {
            out.line(
                    "/** {@link %s}, versions %s. */ %s(%d)%s",
                    record.name(),
                    record.versions(),
                    MessageWriter.screamingSnake(record.name()),
                    record.apiKey(),
                    record == records.get(records.size() - 1) ? ";" : ",");
        }
        out.line("").line("private final short id;");
        out.line("MetadataRecordType(int id) { this.id = (short) id; }");
        out.line("/** The number in the record's frame. */");
        out.line("public short id() { return id; }");
        out.line("/** The type of that number, or null if there is none. */");
        out.line("public static @Nullable MetadataRecordType forId(int id) {");
        out.line("switch (id) {");
        records.forEach(record ->
                out.line("case %d: return %s;", record.apiKey(), MessageWriter.screamingSnake(record.name())));
        out.line("default: return null;").line("}").line("}");
        out.line("/** A new record of this type, every field at its default. */");
        out.line("public Message newRecord() {");
        out.line("switch (id) {");
        records.forEach(record -> out.line("case %d: return new %s();", record.apiKey(), record.name()));
        out.line("default: throw new AssertionError(this);").line("}").line("}");
        out.line("}");
        return out;
    }
}
