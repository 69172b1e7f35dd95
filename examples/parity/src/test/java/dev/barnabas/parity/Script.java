package dev.barnabas.parity;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/** The whole script: every scenario, in the order in which both brokers meet them. */
final class Script {
    private Script() {}

    static List<Scenario> scenarios() {
        var all = new ArrayList<Scenario>();
        all.addAll(NegotiationScript.scenarios());
        all.addAll(MetadataScript.scenarios());
        all.addAll(TopicScript.scenarios());
        all.addAll(ConfigScript.scenarios());
        all.addAll(BrokerConfigScript.scenarios());
        all.addAll(ProduceScript.scenarios());
        all.addAll(FetchScript.scenarios());
        all.addAll(OffsetLookupScript.scenarios());
        all.addAll(GroupScript.scenarios());
        all.addAll(GroupOffsetScript.scenarios());
        all.addAll(LifecycleScript.scenarios());
        all.addAll(ClusterScript.scenarios());
        return List.copyOf(all);
    }

    /** The versions of an API that Apache Kafka 4.3 advertises. */
    static int[] versions(ApiKeys api) {
        return versions(api, api.oldestVersion());
    }

    static int[] versions(ApiKeys api, int from) {
        return java.util.stream.IntStream.rangeClosed(from, api.latestVersion(false))
                .toArray();
    }

    static int newest(ApiKeys api) {
        return api.latestVersion(false);
    }
}
