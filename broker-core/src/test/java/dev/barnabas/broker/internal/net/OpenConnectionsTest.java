package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections a broker has, of whom and for how long, by raw sockets. */
@Timeout(60)
class OpenConnectionsTest {

    private static final String OVERRIDES = "max.connections.per.ip.overrides";
    private static final ApiVersionsRequest API_VERSIONS =
            new ApiVersionsRequest().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");

    @Test
    void anIdleConnectionIsClosed() throws IOException {
        try (Broker broker = Broker.builder()
                        .property("connections.max.idle.ms", "100")
                        .start();
                RawClient idle = new RawClient(broker.bootstrapServers())) {
            assertThat(idle.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void connectionsOfAPeerAboveItsLimitAreRefusedUntilOthersClose() throws IOException {
        try (Broker broker =
                        Broker.builder().property("max.connections.per.ip", "2").start();
                RawClient first = new RawClient(broker.bootstrapServers())) {
            first.call(API_VERSIONS, 3);
            try (RawClient second = new RawClient(broker.bootstrapServers());
                    RawClient third = new RawClient(broker.bootstrapServers())) {
                second.call(API_VERSIONS, 3);
                assertThat(third.isClosedByBroker()).isTrue();
            }
            await().ignoreExceptions().until(() -> {
                try (RawClient fourth = new RawClient(broker.bootstrapServers())) {
                    fourth.call(API_VERSIONS, 3);
                    return true;
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", ""})
    void aLimitOfConnectionsHoldsFromItsAlterationOn(String brokerOrAll) throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient first = new RawClient(broker.bootstrapServers());
                RawClient second = new RawClient(broker.bootstrapServers())) {
            second.call(API_VERSIONS, 3);
            assertThat(first.alterBroker(brokerOrAll, "max.connections.per.ip", "1"))
                    .isEqualTo(ErrorCode.NONE.code());
            try (RawClient third = new RawClient(broker.bootstrapServers())) {
                assertThat(third.isClosedByBroker()).isTrue();
            }
            second.call(API_VERSIONS, 3);
            assertThat(first.alterBroker(brokerOrAll, "max.connections.per.ip", "3"))
                    .isEqualTo(ErrorCode.NONE.code());
            try (RawClient third = new RawClient(broker.bootstrapServers())) {
                third.call(API_VERSIONS, 3);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:2           | false
            127.0.0.1:2           | true
            localhost:2           | false
            localhost:2           | true
            127.0.0.1:1,127.0.0.1:2, ::1:7 | true""")
    void aPeerMayHaveALimitOfItsOwn(String overrides, boolean isAltered) throws IOException {
        BrokerBuilder builder = Broker.builder().property("max.connections.per.ip", "100");
        if (!isAltered) {
            builder.property("max.connections.per.ip", "1").property(OVERRIDES, overrides);
        }
        try (Broker broker = builder.start();
                RawClient first = new RawClient(broker.bootstrapServers())) {
            first.call(API_VERSIONS, 3);
            if (isAltered) {
                assertThat(first.alterBroker("0", OVERRIDES, overrides)).isEqualTo(ErrorCode.NONE.code());
            }
            await().until(() -> mayConnect(broker, 1) && !mayConnect(broker, 2));
            assertThat(first.alterBroker("0", OVERRIDES, "127.0.0.1:3")).isEqualTo(ErrorCode.NONE.code());
            await().until(() -> mayConnect(broker, 2) && !mayConnect(broker, 3));
        }
    }

    /** Whether so many more connections are served. */
    private static boolean mayConnect(Broker broker, int count) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(new RawClient(broker.bootstrapServers()));
                clients.get(i).call(API_VERSIONS, 3);
            }
            return true;
        } catch (IOException refused) {
            return false;
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theIdleTimeOfConnectionsIsNotAlterable() throws IOException {
        try (Broker broker = Broker.builder().start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            assertThat(client.alterBroker("0", "connections.max.idle.ms", "1000"))
                    .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        }
    }

    @Test
    void aThousandConnectionsOpenedAtOnceAreAllServed() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try (Broker broker = Broker.builder().start()) {
            for (int i = 0; i < 1000; i++) {
                clients.add(new RawClient(broker.bootstrapServers()));
            }
            for (RawClient client : clients) {
                client.send(API_VERSIONS, 3);
            }
            for (RawClient client : clients) {
                ApiVersionsResponse response = client.receive(ApiKey.API_VERSIONS, 3, 0);
                assertThat(response.errorCode()).isZero();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }
}
