package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One place where the two brokers' answers to a step differ. A path reads {@code topics[name=a].partitions[partitionIndex=0].errorCode}; the
 * items of an array are told apart by their first naming field, or by their place.
 */
record Difference(String scenario, String step, String path, String kafka, String barnabas) {
    private static final List<String> NAMING = List.of(
            "name",
            "topicName",
            "topic",
            "groupId",
            "key",
            "partitionIndex",
            "partitionId",
            "partition",
            "index",
            "apiKey",
            "resourceName",
            "feature",
            "memberId",
            "brokerId",
            "nodeId",
            "topicId",
            "batchIndex",
            "offset",
            "baseOffset",
            "producerId");

    static List<Difference> between(String scenario, List<Step> kafka, List<Step> barnabas) {
        var differences = new ArrayList<Difference>();
        Map<String, Step> ours = new LinkedHashMap<>();
        barnabas.forEach(step -> ours.put(step.name(), step));
        for (var step : kafka) {
            var our = ours.remove(step.name());
            if (our == null) {
                differences.add(new Difference(
                        scenario, step.name(), "", shown(step.answer()), "not asked: the script stopped"));
            } else {
                compare(scenario, step.name(), "", step.answer(), our.answer(), differences);
            }
        }
        ours.values()
                .forEach(step ->
                        differences.add(new Difference(scenario, step.name(), "", "not asked", shown(step.answer()))));
        return differences;
    }

    private static void compare(
            String scenario,
            String step,
            String path,
            @Nullable JsonNode kafka,
            @Nullable JsonNode barnabas,
            List<Difference> differences) {
        if (kafka instanceof ObjectNode a && barnabas instanceof ObjectNode b) {
            Set<String> fields = new LinkedHashSet<>(
                    a.properties().stream().map(Map.Entry::getKey).toList());
            b.fieldNames().forEachRemaining(fields::add);
            for (var field : fields) {
                compare(
                        scenario,
                        step,
                        path.isEmpty() ? field : path + "." + field,
                        a.get(field),
                        b.get(field),
                        differences);
            }
        } else if (kafka instanceof ArrayNode a && barnabas instanceof ArrayNode b) {
            Map<String, JsonNode> theirs = items(a);
            Map<String, JsonNode> ours = items(b);
            Set<String> labels = new LinkedHashSet<>(theirs.keySet());
            labels.addAll(ours.keySet());
            for (var label : labels) {
                compare(scenario, step, path + "[" + label + "]", theirs.get(label), ours.get(label), differences);
            }
        } else if (kafka == null || !kafka.equals(barnabas)) {
            differences.add(new Difference(scenario, step, path, shown(kafka), shown(barnabas)));
        }
    }

    private static Map<String, JsonNode> items(ArrayNode array) {
        Map<String, JsonNode> items = new LinkedHashMap<>();
        for (int i = 0; i < array.size(); i++) {
            String label = label(array.get(i), i);
            items.put(items.containsKey(label) ? label + "#" + i : label, array.get(i));
        }
        return items;
    }

    private static String label(JsonNode item, int index) {
        for (var field : NAMING) {
            if (item.has(field)) {
                return field + "=" + item.get(field).asText();
            }
        }
        return Integer.toString(index);
    }

    private static String shown(@Nullable JsonNode node) {
        return node == null ? "(absent)" : node.toString();
    }
}
