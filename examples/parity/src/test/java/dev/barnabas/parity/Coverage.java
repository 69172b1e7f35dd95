package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;

/** Which versions of which APIs the script has got an answer without an error from, so that none is left out. */
final class Coverage {
    private static final short NEGOTIATION = 3;
    private static final int WAIT_MS = 10_000;

    /** Apache Kafka 4 advertises these for librdkafka's sake (KAFKA-18659), and closes the connection of whoever uses them. */
    private static final Set<String> NEVER_ANSWERED = Set.of("Produce v0", "Produce v1", "Produce v2");

    private final Set<String> answered = new HashSet<>(NEVER_ANSWERED);

    void add(List<Step> steps) {
        for (var step : steps) {
            if (step.api() != null && isWithoutError(step.answer())) {
                answered.add(name(step.api(), step.version()));
            }
        }
    }

    /** The pairs of API and version that both advertise and that were never answered without an error. */
    List<String> missing(Target one, Target other) throws IOException {
        var ranges = advertised(one);
        var missing = new ArrayList<String>();
        for (ApiVersion theirs : advertised(other).apiKeys()) {
            ApiVersion ours = ranges.apiKeys().find(theirs.apiKey());
            for (int v = theirs.minVersion(); ours != null && v <= theirs.maxVersion(); v++) {
                String pair = name(ApiKeys.forId(theirs.apiKey()), v);
                if (v >= ours.minVersion() && v <= ours.maxVersion() && !answered.contains(pair)) {
                    missing.add(pair);
                }
            }
        }
        return missing;
    }

    private static String name(ApiKeys api, int version) {
        return api.name + " v" + version;
    }

    private static ApiVersionsResponseData advertised(Target target) throws IOException {
        try (var wire = new Wire(target.port())) {
            var request =
                    Body.of(ApiKeys.API_VERSIONS, NEGOTIATION, "clientSoftwareName:'parity',clientSoftwareVersion:'1'");
            int id = wire.send(ApiKeys.API_VERSIONS, NEGOTIATION, request, Session.CLIENT_ID);
            return (ApiVersionsResponseData) Wire.decode(ApiKeys.API_VERSIONS, NEGOTIATION, id, wire.receive(WAIT_MS));
        }
    }

    private static boolean isWithoutError(JsonNode answer) {
        return answer.isObject() && answer.findValues("errorCode").stream().allMatch(code -> code.asInt() == 0);
    }
}
