package dev.barnabas.protocol.generator;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads schema files: JSON with line comments, and, in some lines of Kafka, rubbish after the last brace. */
final class SchemaReader {
    private final JsonMapper json =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    /** All schemas below {@code directory}, by file name. */
    List<Schema> readAll(Path directory) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(directory)) {
            files = walk.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        List<Schema> schemas = new ArrayList<>();
        for (Path file : files) {
            schemas.add(read(json.readTree(Files.readString(file))));
        }
        return schemas;
    }

    private Schema read(JsonNode root) {
        Map<String, List<Field>> structs = new LinkedHashMap<>();
        for (JsonNode struct : root.path("commonStructs")) {
            structs.put(struct.get("name").asText(), fields(struct, structs));
        }
        List<String> listeners = new ArrayList<>();
        root.path("listeners").forEach(listener -> listeners.add(listener.asText()));
        return new Schema(
                root.get("name").asText(),
                root.get("type").asText(),
                root.path("apiKey").asInt(-1),
                Versions.parse(root.get("validVersions").asText()),
                Versions.parse(root.path("flexibleVersions").asText("none")),
                listeners,
                root.path("latestVersionUnstable").asBoolean(false),
                fields(root, structs),
                structs);
    }

    private List<Field> fields(JsonNode struct, Map<String, List<Field>> structs) {
        List<Field> fields = new ArrayList<>();
        for (JsonNode field : struct.path("fields")) {
            fields.add(field(field, structs));
        }
        return fields;
    }

    private Field field(JsonNode node, Map<String, List<Field>> structs) {
        String type = node.get("type").asText();
        boolean array = type.startsWith("[]");
        String element = array ? type.substring(2) : type;
        if (node.has("fields")) {
            structs.put(element, fields(node, structs));
        }
        Versions tagged = Versions.parse(node.path("taggedVersions").asText("none"));
        return new Field(
                node.get("name").asText(),
                element,
                array,
                node.has("versions") ? Versions.parse(node.get("versions").asText()) : tagged,
                Versions.parse(node.path("nullableVersions").asText("none")),
                tagged,
                node.path("tag").asInt(-1),
                node.path("ignorable").asBoolean(false),
                node.path("default").isNull() ? "" : node.path("default").asText(),
                node.path("flexibleVersions").asText().equals("none"));
    }
}
