package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.internal.net.RawClient;
import dev.barnabas.protocol.message.MetadataRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host interrupts its threads as it likes: files, which Java closes under an interrupted thread, do not notice. */
@Timeout(60)
class InterruptTest {

    @TempDir
    Path directory;

    private Path cleanShutdown;

    @BeforeEach
    void name() {
        cleanShutdown = directory.resolve(".kafka_cleanshutdown");
    }

    /** What is left of a failed test would fail the next. */
    @AfterEach
    void forgetInterrupt() {
        Thread.interrupted();
    }

    private Broker startAndUse() throws IOException {
        Broker broker = Broker.builder().dataDir(directory).topic("orders", 3).start();
        try (RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(new MetadataRequest().setTopics(null), 9);
        }
        return broker;
    }

    @Test
    void aBrokerClosedByAnInterruptedThreadShutsDownCleanly() throws IOException {
        Broker broker = startAndUse();
        assertThat(cleanShutdown).doesNotExist();
        Thread.currentThread().interrupt();
        broker.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cleanShutdown).exists();
        startAndUse().close();
    }

    @Test
    void aBrokerClosedByAThreadThatIsInterruptedMeanwhileShutsDownCleanly() throws Exception {
        Broker broker = startAndUse();
        Thread closing = new Thread(broker::close);
        closing.start();
        while (closing.isAlive()) {
            closing.interrupt();
            closing.join(1);
        }
        assertThat(cleanShutdown).exists();
    }

    @Test
    void aStartThatIsInterruptedLeavesTheDirectoryAsCleanAsItWas() throws IOException {
        startAndUse().close();
        Thread.currentThread().interrupt();
        assertThatThrownBy(this::startAndUse)
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cleanShutdown).exists();
        startAndUse().close();
    }
}
