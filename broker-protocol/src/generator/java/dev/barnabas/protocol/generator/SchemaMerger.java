package dev.barnabas.protocol.generator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one schema of two lines of Kafka: a version that the newer line still has takes the newer layout, a version
 * that only the older line has takes the older one (KIP-896 removed versions, and with some of them the fields). The
 * result is compared with its sources, version by version.
 */
final class SchemaMerger {
    private final Schema newer;
    private final Schema older;
    private final Versions olderOnly;
    private final Map<String, String> olderStructByNewer = new HashMap<>();
    private final Set<String> pairedOlderStructs = new LinkedHashSet<>();

    private SchemaMerger(Schema newer, Schema older) {
        this.newer = newer;
        this.older = older;
        this.olderOnly = older.versions().minus(newer.versions());
    }

    /** {@code newer} with the versions below its lowest that {@code older} has. */
    static Schema merge(Schema newer, Schema older) {
        SchemaMerger merger = new SchemaMerger(newer, older);
        return merger.olderOnly.isEmpty() ? newer : merger.merge();
    }

    private Schema merge() {
        pairStructs(newer.fields(), older.fields());
        Map<String, List<Field>> structs = new LinkedHashMap<>();
        newer.structs().forEach((name, fields) -> {
            String olderName = olderStructByNewer.getOrDefault(name, name);
            structs.put(name, mergeFields(fields, older.structs().getOrDefault(olderName, List.of())));
        });
        older.structs().forEach((name, fields) -> {
            if (!pairedOlderStructs.contains(name)) {
                structs.computeIfAbsent(name, absent -> mergeFields(List.of(), fields));
            }
        });
        Schema merged = new Schema(
                newer.name(),
                newer.type(),
                newer.apiKey(),
                newer.versions().or(olderOnly),
                newer.flexible().and(newer.versions()).or(older.flexible().and(olderOnly)),
                newer.listeners(),
                newer.latestUnstable(),
                mergeFields(newer.fields(), older.fields()),
                structs);
        for (int v = 0; v <= Versions.MAX; v++) {
            if (merged.versions().contains(v)) {
                Schema source = newer.versions().contains(v) ? newer : older;
                require(merged.layout(v).equals(source.layout(v)), "version " + v + " differs from its source");
            }
        }
        return merged;
    }

    private void pairStructs(List<Field> newerFields, List<Field> olderFields) {
        for (Field field : newerFields) {
            Field old = find(olderFields, field.name());
            if (old != null && field.isStruct() && olderStructByNewer.put(field.type(), old.type()) == null) {
                pairedOlderStructs.add(old.type());
                pairStructs(newer.structs().get(field.type()), older.structs().get(old.type()));
            }
        }
    }

    private List<Field> mergeFields(List<Field> newerFields, List<Field> olderFields) {
        List<Field> merged = new ArrayList<>();
        int nextOlder = 0;
        for (Field field : newerFields) {
            Field old = find(olderFields, field.name());
            Field ours = field.within(newer.versions());
            if (old != null) {
                while (nextOlder < olderFields.size() && olderFields.get(nextOlder) != old) {
                    addIfOlderOnly(merged, newerFields, olderFields.get(nextOlder++));
                }
                nextOlder++;
                ours = join(ours, old.within(olderOnly));
            }
            if (!ours.versions().isEmpty()) {
                merged.add(ours);
            }
        }
        while (nextOlder < olderFields.size()) {
            addIfOlderOnly(merged, newerFields, olderFields.get(nextOlder++));
        }
        return merged;
    }

    private void addIfOlderOnly(List<Field> merged, List<Field> newerFields, Field old) {
        Field ours = old.within(olderOnly);
        if (find(newerFields, old.name()) == null && !ours.versions().isEmpty()) {
            merged.add(ours);
        }
    }

    private Field join(Field newerField, Field olderField) {
        require(
                newerField.array() == olderField.array()
                        && (newerField.isStruct() || newerField.type().equals(olderField.type())),
                newerField.name() + " has two types");
        return newerField.with(
                newerField.versions().or(olderField.versions()),
                newerField.nullable().or(olderField.nullable()),
                newerField.tagged().or(olderField.tagged()),
                newerField.tag());
    }

    private static Field find(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalStateException(newer.name() + ": " + problem);
        }
    }
}
