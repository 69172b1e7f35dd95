package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerBuilderTest {

    @Test
    void contradictionsAreRefusedAtTheCallThatMakesThem() {
        refused(() -> Broker.builder().port(1).listener(listener()), "listener:");
        refused(() -> Broker.builder().host("::1").listener(listener()), "listener:");
        refused(() -> Broker.builder().listener(listener()).port(1), "port:");
        refused(() -> Broker.builder().listener(listener()).host("localhost"), "host:");
        refused(() -> Broker.builder().listener(listener()).listener(listener()), "there is one named INSIDE");
        refused(() -> Broker.builder().port(1).property("listeners", "PLAINTEXT://:1"), "port(...)");
        refused(() -> Broker.builder().property("listeners", "PLAINTEXT://:1").port(1), "property listeners");
        refused(() -> Broker.builder().inMemory().dataDir(Path.of("x")), "inMemory()");
        refused(() -> Broker.builder().dataDir(Path.of("x")).inMemory(), "dataDir(...)");
        refused(() -> Broker.builder().dataDir(Path.of("x")).property("log.dirs", "y"), "dataDir(...)");
        refused(() -> Broker.builder().property("log.dir", "y").dataDir(Path.of("x")), "log.dir");
        refused(() -> Broker.builder().topic("a", 1).topic("a", 2), "there is one named a");
    }

    @Test
    void valuesOutOfRangeAreRefusedWithWhatIsExpected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Broker.builder().port(65536))
                .withMessageContaining("65536")
                .withMessageContaining("0-65535");
        assertThatIllegalArgumentException().isThrownBy(() -> Broker.builder().topic("a", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Broker.builder().nodeId(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Listener("lower", "", 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limits.defaults().withRequestMemoryBytes(1))
                .withMessageContaining("requestMemoryBytes: 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Broker.builder().property("num.partitions", "many").start())
                .withMessageContaining("num.partitions: many");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Broker.builder().property("listeners", "SSL://:0").start())
                .withMessageContaining("expected: PLAINTEXT");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Broker.builder().property("listeners", "PLAINTEXT").start())
                .withMessageContaining("NAME://host:port");
    }

    @Test
    void apacheKafkasOwnServerPropertiesAreTakenAsTheyAre(@TempDir Path directory) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader("""
                process.roles=broker,controller
                node.id=1
                controller.quorum.bootstrap.servers=localhost:9093
                listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://:9093
                inter.broker.listener.name=PLAINTEXT
                advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
                num.network.threads=3
                num.io.threads=8
                socket.send.buffer.bytes=102400
                socket.receive.buffer.bytes=102400
                socket.request.max.bytes=104857600
                num.partitions=1
                num.recovery.threads.per.data.dir=1
                offsets.topic.replication.factor=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                log.retention.hours=168
                log.segment.bytes=1073741824
                log.retention.check.interval.ms=300000
                some.plugin.of.theirs=yes
                """));
        properties.setProperty("log.dirs", directory.resolve("logs").toString());
        try (Broker broker = Broker.builder().properties(properties).start()) {
            assertThat(broker.nodeId()).isEqualTo(1);
            assertThat(broker.bootstrapServers()).isEqualTo("localhost:9092");
            assertThat(directory.resolve("logs/meta.properties")).exists();
        }
    }

    @Test
    void clientConfigIsTheCallersToAddTo() {
        try (Broker broker = Broker.builder().start()) {
            Map<String, Object> config = broker.clientConfig();
            config.put("group.id", "billing");
            assertThat(broker.clientConfig()).doesNotContainKey("group.id");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> broker.bootstrapServers("NOWHERE"))
                    .withMessageContaining("PLAINTEXT");
        }
    }

    private static Listener listener() {
        return new Listener("INSIDE", "127.0.0.1", 0);
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining(message);
    }
}
