package dev.barnabas.protocol.generator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes the enum of all APIs: number, versions, header versions, listeners, factories. */
final class ApiKeyWriter {
    private final List<Schema> requests;
    private final Map<Integer, Schema> responses;

    ApiKeyWriter(List<Schema> messages) {
        requests = messages.stream()
                .filter(Schema::isRequest)
                .sorted(Comparator.comparingInt(Schema::apiKey))
                .toList();
        responses = messages.stream()
                .filter(Schema::isResponse)
                .collect(Collectors.toMap(Schema::apiKey, Function.identity()));
    }

    static String constant(Schema schema) {
        return MessageWriter.screamingSnake(apiName(schema));
    }

    private static String apiName(Schema schema) {
        return schema.name().replaceAll("(Request|Response)$", "");
    }

    Source write() {
        Source out = new Source();
        out.line("package dev.barnabas.protocol;").line("");
        out.line("import dev.barnabas.protocol.message.*;");
        out.line("import org.jspecify.annotations.Nullable;").line("");
        out.line("/** The APIs of Kafka's protocol, retired ones included. */");
        out.line("public enum ApiKey {");
        for (Schema request : requests) {
            check(request);
            Versions flexible = request.flexible().and(request.versions());
            out.line(
                    "/** Versions %s. */ %s(%d, \"%s\", %d, %d, %d, %b, %b, %b)%s",
                    request.versions(),
                    constant(request),
                    request.apiKey(),
                    apiName(request),
                    request.versions().lowest(),
                    request.versions().highest(),
                    flexible.isEmpty() ? Short.MAX_VALUE : flexible.lowest(),
                    request.latestUnstable(),
                    request.listeners().contains("broker"),
                    request.listeners().contains("controller"),
                    request == requests.get(requests.size() - 1) ? ";" : ",");
        }
        out.line("").line("private static final @Nullable ApiKey[] BY_ID = byId();");
        out.line("private final short id;");
        out.line("private final String apiName;");
        out.line("private final VersionRange versions;");
        out.line("private final int firstFlexible;");
        out.line("private final boolean latestVersionUnstable;");
        out.line("private final boolean onBroker;");
        out.line("private final boolean onController;");
        out.line(
                "ApiKey(int id, String apiName, int lowest, int highest, int firstFlexible, boolean latestVersionUnstable, boolean onBroker, boolean onController) {");
        out.line("this.id = (short) id;");
        out.line("this.apiName = apiName;");
        out.line("this.versions = new VersionRange(lowest, highest);");
        out.line("this.firstFlexible = firstFlexible;");
        out.line("this.latestVersionUnstable = latestVersionUnstable;");
        out.line("this.onBroker = onBroker;");
        out.line("this.onController = onController;");
        out.line("}");
        out.line("private static @Nullable ApiKey[] byId() {");
        out.line("ApiKey[] keys = values();");
        out.line("@Nullable ApiKey[] byId = new ApiKey[keys[keys.length - 1].id + 1];");
        out.line("for (ApiKey key : keys) byId[key.id] = key;");
        out.line("return byId;");
        out.line("}");
        method(out, "The number on the wire.", "short id()", "return id;");
        method(out, "The name as Kafka writes it, {@code Produce}.", "String apiName()", "return apiName;");
        method(
                out,
                "The versions whose requests and responses can be read and written.",
                "VersionRange versions()",
                "return versions;");
        method(
                out,
                "Whether Kafka calls the highest version unstable: brokers do not advertise it.",
                "boolean latestVersionUnstable()",
                "return latestVersionUnstable;");
        method(
                out,
                "Whether {@code version} has compact lengths and tagged fields (KIP-482). Answers for versions above the highest too.",
                "boolean isFlexible(int version)",
                "return version >= firstFlexible;");
        method(
                out,
                "The version of the header before a request of {@code version}.",
                "short requestHeaderVersion(int version)",
                "return (short) (isFlexible(version) ? 2 : this == CONTROLLED_SHUTDOWN && version == 0 ? 0 : 1);");
        method(
                out,
                "The version of the header before a response of {@code version}; that of ApiVersions is always 0, so that a client of any age can read it (KIP-511).",
                "short responseHeaderVersion(int version)",
                "return (short) (isFlexible(version) && this != API_VERSIONS ? 1 : 0);");
        method(out, "Whether brokers serve it to clients.", "boolean isOnBroker()", "return onBroker;");
        method(out, "Whether KRaft controllers serve it.", "boolean isOnController()", "return onController;");
        method(
                out,
                "The API of that number, or null if there is none.",
                "static @Nullable ApiKey forId(int id)",
                "return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;");
        factory(out, "request", requests);
        factory(
                out,
                "response",
                requests.stream()
                        .map(request -> responses.get(request.apiKey()))
                        .toList());
        out.line("}");
        return out;
    }

    private void check(Schema request) {
        Schema response = responses.get(request.apiKey());
        Versions versions = request.versions();
        boolean plain = versions.equals(Versions.range(versions.lowest(), versions.highest()))
                && request.flexible().and(versions).equals(response.flexible().and(versions))
                && versions.equals(response.versions());
        if (!plain) {
            throw new IllegalStateException(request.name() + ": versions unlike those of its response, or with a gap");
        }
    }

    private static void method(Source out, String doc, String signature, String body) {
        out.line("/** %s */", doc);
        out.line("public %s { %s }", signature, body);
    }

    private static void factory(Source out, String kind, List<Schema> schemas) {
        out.line("/** A new %s of this API, every field at its default. */", kind);
        out.line("public ApiMessage new%s%s() {", kind.substring(0, 1).toUpperCase(), kind.substring(1));
        out.line("switch (id) {");
        for (Schema schema : schemas) {
            out.line("case %d: return new %s();", schema.apiKey(), schema.name());
        }
        out.line("default: throw new AssertionError(this);");
        out.line("}");
        out.line("}");
    }
}
