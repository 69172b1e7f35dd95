package dev.barnabas.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.Broker;
import io.netty.util.Version;
import org.junit.jupiter.api.Test;

/** The tests beside this one run twice: on the Netty that the broker is built with, and on the 4.1 that an application may pin. */
class NettyVersionTest {

    @Test
    void theBrokerRunsOnTheNettyThatThisRunIsFor() {
        try (Broker broker = Broker.builder().start()) {
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
            assertThat(Version.identify().get("netty-common").artifactVersion())
                    .isEqualTo(System.getProperty("netty.expected"));
        }
    }
}
