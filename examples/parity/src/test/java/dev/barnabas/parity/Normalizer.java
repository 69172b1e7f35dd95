package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Takes out of an answer what must differ between two brokers. Ids that a broker makes up (topics, members, producers, fetch sessions) become
 * numbers in the order in which the scenario met them, so that "the same id as before" is still compared. Human-readable texts become
 * {@code <text>}: present or not is compared, the wording is not. Arrays of objects are sorted, since their order is not part of any
 * contract; records keep theirs.
 */
final class Normalizer {
    /** Where the script's record timestamps start; two hours ago, so that no retention of days takes them for old. */
    static final long BASE_TIMESTAMP = System.currentTimeMillis() - 7_200_000;

    private static final long TIMESTAMP_SPAN = 1_000_000;
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|^[A-Za-z0-9_-]{22}$");
    private static final Set<String> IDS =
            Set.of("topicId", "topicIds", "clusterId", "memberId", "leader", "replicaDirectoryId");
    private static final Set<String> NUMBERED = Set.of("producerId", "sessionId");
    private static final Set<String> TEXTS =
            Set.of("errorMessage", "errorString", "documentation", "batchIndexErrorMessage");
    private static final Set<String> MACHINE = Set.of("host", "port", "logDir", "totalBytes", "usableBytes", "rack");
    private static final Map<ApiKeys, Set<String>> MOVING = Map.of(
            ApiKeys.DESCRIBE_QUORUM,
            Set.of("leaderEpoch", "highWatermark", "logEndOffset", "lastFetchTimestamp", "lastCaughtUpTimestamp"),
            ApiKeys.API_VERSIONS,
            Set.of("finalizedFeaturesEpoch"));
    private static final Set<String> IN_ORDER = Set.of("records", "list");

    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    JsonNode normalize(ApiKeys api, JsonNode answer) {
        return arrange("", blank(api, "", answer));
    }

    /** Blanks what is no id: texts, addresses, the present time. */
    private static JsonNode blank(ApiKeys api, String key, JsonNode node) {
        if (node.isContainerNode()) {
            return mapChildren(key, node, (k, child) -> blank(api, k, child));
        }
        if (node.isTextual() && !node.asText().isEmpty()) {
            return TEXTS.contains(key)
                    ? new TextNode("<text>")
                    : MACHINE.contains(key) ? new TextNode("<" + key + ">") : node;
        }
        if (node.isNumber() && !node.isFloatingPointNumber()) {
            return blankNumber(api, key, node);
        }
        return node;
    }

    private static JsonNode blankNumber(ApiKeys api, String key, JsonNode node) {
        long value = node.asLong();
        if (value >= 0
                && (MACHINE.contains(key) || MOVING.getOrDefault(api, Set.of()).contains(key))) {
            return new TextNode("<" + key + ">");
        }
        long fromBase = value - BASE_TIMESTAMP;
        if (fromBase >= 0 && fromBase < TIMESTAMP_SPAN) {
            return new TextNode("<base+" + fromBase + ">");
        }
        if (fromBase >= TIMESTAMP_SPAN && fromBase < 86_400_000) {
            return new TextNode("<now>");
        }
        // The converter writes 16-bit and 32-bit numbers as nodes of different classes; they are one number.
        return value == (int) value ? IntNode.valueOf((int) value) : node;
    }

    /** Sorts arrays and puts numbered names in the place of ids, from the first field to the last. */
    private JsonNode arrange(String key, JsonNode node) {
        if (node instanceof ArrayNode array) {
            List<JsonNode> items = new ArrayList<>();
            array.forEach(items::add);
            if (!array.isEmpty() && array.get(0).isObject() && !IN_ORDER.contains(key)) {
                items.sort(Comparator.comparing(item -> order(key, item).toString()));
            }
            var result = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> result.add(arrange(key, item)));
            return result;
        }
        if (node instanceof ObjectNode) {
            return mapChildren(key, node, this::arrange);
        }
        return name(
                key,
                node,
                kindAndId -> aliases.computeIfAbsent(kindAndId, k -> {
                    String kind = k.substring(0, k.indexOf(' '));
                    return "<" + kind + "-" + counts.merge(kind, 1, Integer::sum) + ">";
                }));
    }

    /** What an array's item is sorted by: itself, sorted in turn, with ids by the names they have so far. */
    private JsonNode order(String key, JsonNode node) {
        if (node instanceof ArrayNode array && !array.isEmpty() && array.get(0).isObject() && !IN_ORDER.contains(key)) {
            List<JsonNode> items = new ArrayList<>();
            array.forEach(item -> items.add(order(key, item)));
            items.sort(Comparator.comparing(JsonNode::toString));
            return JsonNodeFactory.instance.arrayNode().addAll(items);
        }
        return node.isContainerNode()
                ? mapChildren(key, node, this::order)
                : name(key, node, kindAndId -> aliases.getOrDefault(kindAndId, "<id>"));
    }

    private static JsonNode name(String key, JsonNode node, UnaryOperator<String> alias) {
        if (node.isTextual() && IDS.contains(key) && !node.asText().equals(Uuid.ZERO_UUID.toString())) {
            return new TextNode(UUID.matcher(node.asText()).replaceAll(m -> alias.apply("id " + m.group())));
        }
        if (node.isNumber() && NUMBERED.contains(key) && node.asLong() > (key.equals("producerId") ? -1 : 0)) {
            return new TextNode(alias.apply(key + " " + node.asText()));
        }
        return node;
    }

    private interface Mapping {
        JsonNode map(String key, JsonNode node);
    }

    private static JsonNode mapChildren(String key, JsonNode node, Mapping mapping) {
        if (node instanceof ObjectNode object) {
            var result = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(e -> result.set(e.getKey(), mapping.map(e.getKey(), e.getValue())));
            return result;
        }
        var result = JsonNodeFactory.instance.arrayNode();
        node.forEach(item -> result.add(mapping.map(key, item)));
        return result;
    }
}
