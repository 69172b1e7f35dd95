package dev.barnabas.parity;

import java.util.Map;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.apache.kafka.server.common.MetadataVersion;

/** Apache Kafka in this JVM: one node that is broker and controller, on a random loopback port, its data in a temporary directory. */
final class ApacheKafka implements Target {
    private final KafkaClusterTestKit cluster;
    private final int port;

    private ApacheKafka(KafkaClusterTestKit cluster) {
        this.cluster = cluster;
        String address = cluster.bootstrapServers();
        this.port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    static ApacheKafka start(Map<String, String> properties) throws Exception {
        var nodes = new TestKitNodes.Builder()
                .setCombined(true)
                .setNumBrokerNodes(1)
                .setNumControllerNodes(1)
                .setBootstrapMetadataVersion(MetadataVersion.latestProduction())
                .build();
        var builder = new KafkaClusterTestKit.Builder(nodes);
        builder.setConfigProp("unstable.api.versions.enable", "false");
        builder.setConfigProp("unstable.feature.versions.enable", "false");
        properties.forEach(builder::setConfigProp);
        var cluster = builder.build();
        try {
            cluster.format();
            cluster.startup();
            cluster.waitForReadyBrokers();
            return new ApacheKafka(cluster);
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
