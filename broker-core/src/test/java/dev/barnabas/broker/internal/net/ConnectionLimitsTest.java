package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.broker.Listener;
import dev.barnabas.broker.ManualClock;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that are too many, or come too fast, wait, as with Apache Kafka. By raw sockets. */
@Timeout(60)
class ConnectionLimitsTest {

    private static final ApiVersionsRequest API_VERSIONS =
            new ApiVersionsRequest().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");
    private static final int UNANSWERED_MS = 100;
    private static final int ANSWERED_MS_MAX = 20_000;

    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    /** Connects, and asks something; whether that is answered is another matter. */
    private RawClient asking(String address) throws IOException {
        RawClient client = new RawClient(address);
        clients.add(client);
        client.send(API_VERSIONS, 3);
        return client;
    }

    private RawClient served(String address) throws IOException {
        RawClient client = asking(address);
        assertServed(client);
        return client;
    }

    private static void assertServed(RawClient client) throws IOException {
        client.socket().setSoTimeout(ANSWERED_MS_MAX);
        ApiVersionsResponse response = client.receive(ApiKey.API_VERSIONS, 3, 0);
        assertThat(response.errorCode()).isZero();
    }

    private static void assertWaits(RawClient client) throws IOException {
        client.socket().setSoTimeout(UNANSWERED_MS);
        assertThatThrownBy(client::receiveFrame).isInstanceOf(SocketTimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max.connections", "listener.name.plaintext.max.connections"})
    void connectionsAboveTheLimitWaitUntilOthersClose(String limit) throws IOException {
        try (Broker broker = Broker.builder().property(limit, "2").start()) {
            RawClient first = served(broker.bootstrapServers());
            RawClient second = served(broker.bootstrapServers());
            RawClient third = asking(broker.bootstrapServers());
            RawClient fourth = asking(broker.bootstrapServers());
            assertWaits(third);
            first.close();
            assertServed(third);
            assertWaits(fourth);
            second.close();
            assertServed(fourth);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "max.connections, 0",
        "max.connections, ''",
        "listener.name.plaintext.max.connections, 0",
        "listener.name.plaintext.max.connections, ''"
    })
    void aLimitHoldsFromItsAlterationOnAlsoForThoseWhoWait(String limit, String brokerOrAll) throws IOException {
        try (Broker broker = Broker.builder().start()) {
            RawClient first = served(broker.bootstrapServers());
            RawClient second = served(broker.bootstrapServers());
            assertThat(first.alterBroker(brokerOrAll, limit, "2")).isEqualTo(ErrorCode.NONE.code());
            RawClient third = asking(broker.bootstrapServers());
            assertWaits(third);
            second.send(API_VERSIONS, 3);
            assertThat(first.alterBroker(brokerOrAll, limit, "3")).isEqualTo(ErrorCode.NONE.code());
            assertServed(third);
        }
    }

    @Test
    void moreThanAreAcceptedInOneGoMayWait() throws IOException {
        int waiting = FrontEnd.ACCEPTS_AT_ONCE + 50;
        try (Broker broker = Broker.builder().property("max.connections", "1").start()) {
            RawClient first = served(broker.bootstrapServers());
            for (int i = 0; i < waiting; i++) {
                asking(broker.bootstrapServers());
            }
            assertWaits(clients.get(waiting));
            assertThat(first.alterBroker("0", "max.connections", Integer.toString(waiting + 1)))
                    .isEqualTo(ErrorCode.NONE.code());
            for (RawClient client : clients.subList(1, waiting + 1)) {
                assertServed(client);
            }
        }
    }

    @Test
    void whoWaitsIsClosedWithTheBroker() throws IOException {
        RawClient waiting;
        try (Broker broker = Broker.builder().property("max.connections", "1").start()) {
            served(broker.bootstrapServers());
            waiting = asking(broker.bootstrapServers());
            assertWaits(waiting);
        }
        assertThat(waiting.isClosedByBroker()).isTrue();
    }

    private static BrokerBuilder twoListeners() {
        return Broker.builder()
                .listener(new Listener("INSIDE", "127.0.0.1", 0))
                .listener(new Listener("OUTSIDE", "127.0.0.1", 0));
    }

    @Test
    void aListenersLimitIsThatListenersAlone() throws IOException {
        try (Broker broker = twoListeners()
                .property("listener.name.outside.max.connections", "1")
                .start()) {
            served(broker.bootstrapServers("OUTSIDE"));
            assertWaits(asking(broker.bootstrapServers("OUTSIDE")));
            served(broker.bootstrapServers("INSIDE"));
            served(broker.bootstrapServers("INSIDE"));
        }
    }

    @Test
    void theListenerBetweenBrokersIsOpenWhereClientsHaveTakenAllConnections() throws IOException {
        try (Broker broker = twoListeners()
                .property("inter.broker.listener.name", "INSIDE")
                .property("max.connections", "1")
                .start()) {
            RawClient outside = served(broker.bootstrapServers("OUTSIDE"));
            RawClient waiting = asking(broker.bootstrapServers("OUTSIDE"));
            assertWaits(waiting);
            RawClient inside = served(broker.bootstrapServers("INSIDE"));
            outside.close();
            assertWaits(waiting);
            inside.close();
            assertServed(waiting);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max.connection.creation.rate", "listener.name.plaintext.max.connection.creation.rate"})
    void connectionsThatComeTooFastWait(String limit) throws IOException {
        var clock = new ManualClock(Instant.EPOCH);
        try (Broker broker = Broker.builder().clock(clock).property(limit, "1").start()) {
            for (int i = 0; i < 10; i++) {
                served(broker.bootstrapServers());
            }
            RawClient early = asking(broker.bootstrapServers());
            assertWaits(early);
            clock.advance(Duration.ofMillis(999));
            assertWaits(early);
            clock.advance(Duration.ofMillis(1));
            assertServed(early);
        }
    }

    @Test
    void aTimerLetsThemInWhereTheClockRunsByItself() throws IOException {
        try (Broker broker = Broker.builder()
                .property("max.connection.creation.rate", "5")
                .property("quota.window.num", "2")
                .start()) {
            for (int i = 0; i < 8; i++) {
                served(broker.bootstrapServers());
            }
        }
    }

    @Test
    void aRateHoldsFromItsAlterationOn() throws IOException {
        var clock = new ManualClock(Instant.EPOCH);
        try (Broker broker = Broker.builder().clock(clock).start()) {
            RawClient first = served(broker.bootstrapServers());
            assertThat(first.alterBroker("", "max.connection.creation.rate", "1"))
                    .isEqualTo(ErrorCode.NONE.code());
            for (int i = 0; i < 10; i++) {
                served(broker.bootstrapServers());
            }
            RawClient early = asking(broker.bootstrapServers());
            assertWaits(early);
            assertThat(first.alterBroker("", "max.connection.creation.rate", "1000"))
                    .isEqualTo(ErrorCode.NONE.code());
            clock.advance(Duration.ofSeconds(1));
            assertServed(early);
            served(broker.bootstrapServers());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "max.connections, 0",
        "max.connection.creation.rate, 0",
        "listener.name.plaintext.max.connections, 0",
        "listener.name.plaintext.max.connection.creation.rate, 0",
        "listener.name.plaintext.max.connections, x",
        "listener.name.other.max.connections, -1"
    })
    void aLimitByWhichNobodyCouldConnectIsRefused(String limit, String value) throws IOException {
        try (Broker broker = Broker.builder().start()) {
            RawClient client = served(broker.bootstrapServers());
            assertThat(client.alterBroker("0", limit, value)).isEqualTo(ErrorCode.INVALID_REQUEST.code());
            served(broker.bootstrapServers());
        }
    }

    @Test
    void aListenersPropertyIsSetForOneBrokerUnlessItIsALimit() throws IOException {
        try (Broker broker = Broker.builder().start()) {
            RawClient client = served(broker.bootstrapServers());
            assertThat(client.alterBroker("", "listener.name.other.ssl.keystore.type", "PEM"))
                    .isEqualTo(ErrorCode.INVALID_REQUEST.code());
            assertThat(client.alterBroker("", "listener.name.other.max.connections", "0"))
                    .isEqualTo(ErrorCode.NONE.code());
        }
    }
}
