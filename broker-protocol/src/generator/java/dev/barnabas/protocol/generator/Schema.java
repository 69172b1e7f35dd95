package dev.barnabas.protocol.generator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One message.
 *
 * @param name the message's, and its class's, name
 * @param type {@code request}, {@code response}, {@code header}, {@code data}, {@code metadata},
 *     {@code coordinator-key} or {@code coordinator-value}
 * @param apiKey the API's key, or the type of a record; -1 if the message has none
 * @param versions the versions that exist
 * @param flexible the versions with compact lengths and tagged fields (KIP-482)
 * @param listeners {@code broker}, {@code controller}
 * @param latestUnstable whether the highest version is still under development
 * @param fields the fields, in the order in which they travel
 * @param structs the nested structs by name
 */
record Schema(
        String name,
        String type,
        int apiKey,
        Versions versions,
        Versions flexible,
        List<String> listeners,
        boolean latestUnstable,
        List<Field> fields,
        Map<String, List<Field>> structs) {

    boolean isRequest() {
        return type.equals("request");
    }

    boolean isResponse() {
        return type.equals("response");
    }

    Schema withName(String name) {
        return new Schema(name, type, apiKey, versions, flexible, listeners, latestUnstable, fields, structs);
    }

    /** For each struct the versions in which it can occur; structs that cannot occur are absent. */
    Map<String, Versions> structVersions() {
        Map<String, Versions> contexts = new LinkedHashMap<>();
        visit(fields, versions, contexts);
        return contexts;
    }

    private void visit(List<Field> fields, Versions context, Map<String, Versions> contexts) {
        for (Field field : fields) {
            Versions here = field.versions().and(context);
            if (!field.isStruct() || here.isEmpty()) {
                continue;
            }
            Versions known = contexts.getOrDefault(field.type(), Versions.NONE);
            contexts.put(field.type(), known.or(here));
            if (!known.containsAll(here)) {
                visit(structs.get(field.type()), here, contexts);
            }
        }
    }

    /** The layout of one version as text: two schemas with equal text put the same bytes on the wire. */
    String layout(int version) {
        return layout(fields, version) + (flexible.contains(version) ? " flexible" : "");
    }

    private String layout(List<Field> fields, int version) {
        List<String> positional = new ArrayList<>();
        Map<Integer, String> tagged = new TreeMap<>();
        for (Field field : fields) {
            if (!field.versions().contains(version)) {
                continue;
            }
            String text = field.name() + ":" + (field.array() ? "[]" : "")
                    + (field.isStruct() ? layout(structs.get(field.type()), version) : field.type())
                    + (field.nullable().contains(version) ? "?" : "");
            if (field.tagged().contains(version)) {
                tagged.put(field.tag(), text);
            } else {
                positional.add(text);
            }
        }
        return "{" + String.join(",", positional) + (tagged.isEmpty() ? "" : tagged) + "}";
    }
}
