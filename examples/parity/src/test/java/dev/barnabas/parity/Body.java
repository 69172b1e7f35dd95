package dev.barnabas.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.jspecify.annotations.Nullable;

/**
 * A request body from a line of text: JSON without the outer braces, names unquoted, strings in single quotes, as in
 * {@code topics:[{name:'a',numPartitions:1}],timeoutMs:500}. What is not named keeps its default. A field that the version does not have is
 * left out, so that one line serves every version.
 */
final class Body {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .build();

    private Body() {}

    static ApiMessage of(ApiKeys api, int version, String text) {
        try {
            var message = api.messageType.newRequest();
            fill(message, version, JSON.readTree("{" + text + "}"));
            return message;
        } catch (JsonProcessingException | ReflectiveOperationException e) {
            throw new IllegalArgumentException(api + " v" + version + ": " + text, e);
        }
    }

    private static void fill(Object target, int version, JsonNode tree) throws ReflectiveOperationException {
        for (var entry : tree.properties()) {
            var setter = setter(target.getClass(), entry.getKey());
            if (hasField(target.getClass(), version, entry.getKey())) {
                setter.invoke(target, value(setter.getGenericParameterTypes()[0], version, entry.getValue()));
            }
        }
    }

    private static Method setter(Class<?> type, String field) {
        String name = "set" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
        return Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no field " + field));
    }

    private static boolean hasField(Class<?> type, int version, String field) throws ReflectiveOperationException {
        var schema = ((Schema[]) type.getField("SCHEMAS").get(null))[version];
        String name = field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        for (var bound : schema.fields()) {
            if (bound.def.name.equals(name)) {
                return true;
            }
            if (bound.def.type instanceof TaggedFields tagged
                    && tagged.fields().values().stream().anyMatch(f -> f.name.equals(name))) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable Object value(Type type, int version, JsonNode node) throws ReflectiveOperationException {
        if (node.isNull()) {
            return null;
        }
        if (node instanceof ArrayNode array) {
            Type element = elementType(type);
            Collection list = type instanceof Class<?> collection
                    ? (Collection) collection.getConstructor(int.class).newInstance(array.size())
                    : new ArrayList();
            for (var item : array) {
                list.add(value(element, version, item));
            }
            return list;
        }
        if (node.isObject()) {
            var struct = ((Class<?>) type).getConstructor().newInstance();
            fill(struct, version, node);
            return struct;
        }
        return scalar((Class<?>) type, node);
    }

    private static Type elementType(Type type) {
        if (type instanceof ParameterizedType list) {
            return list.getActualTypeArguments()[0];
        }
        return elementType(((Class<?>) type).getGenericSuperclass());
    }

    private static Object scalar(Class<?> type, JsonNode node) {
        if (type == String.class) {
            return node.asText();
        }
        if (type == Uuid.class) {
            return Uuid.fromString(node.asText());
        }
        if (type == byte[].class) {
            return node.asText().getBytes(StandardCharsets.UTF_8);
        }
        if (type == boolean.class) {
            return node.asBoolean();
        }
        if (type == byte.class || type == Byte.class) {
            return (byte) node.asInt();
        }
        if (type == short.class || type == Short.class) {
            return (short) node.asInt();
        }
        if (type == int.class || type == Integer.class) {
            return node.asInt();
        }
        if (type == long.class || type == Long.class) {
            return node.asLong();
        }
        throw new IllegalArgumentException("type: " + List.of(type) + " (expected: a type of Kafka's schemas)");
    }
}
