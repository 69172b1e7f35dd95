package dev.barnabas.broker.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.MetadataRequest;
import dev.barnabas.protocol.message.ProduceResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an interceptor sees and does, by raw sockets. */
@Timeout(60)
class InterceptorTest {

    private static final ApiVersionsRequest API_VERSIONS =
            new ApiVersionsRequest().setClientSoftwareName("raw").setClientSoftwareVersion("1.0");

    @Test
    void anInterceptorSeesRequestsAndResponsesWithTheClientsWords() throws IOException {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        RequestInterceptor watching = new RequestInterceptor() {
            @Override
            public Verdict onRequest(InterceptedRequest request) {
                seen.add(request.api().apiName() + " v" + request.version() + " by " + request.clientId() + "/"
                        + request.clientSoftwareName() + " on " + request.listenerName());
                return Verdict.proceed();
            }

            @Override
            public void onResponse(InterceptedRequest request, ApiMessage response) {
                seen.add("response of " + response.apiKey().apiName());
            }
        };
        try (Broker broker = Broker.builder().interceptor(watching).start();
                RawClient client = new RawClient(broker.bootstrapServers())) {
            client.call(API_VERSIONS, 3);
            client.call(new MetadataRequest().setTopics(List.of()), 9);
        }
        assertThat(seen)
                .containsExactly(
                        "ApiVersions v3 by raw/unknown on PLAINTEXT",
                        "response of ApiVersions",
                        "Metadata v9 by raw/raw on PLAINTEXT",
                        "response of Metadata");
    }

    @Test
    void anInterceptorDelaysFailsAndDisconnects() throws IOException {
        try (Broker broker = brokerWith(request -> switch (request.version()) {
                    case 5 -> Verdict.delay(Duration.ofMillis(200));
                    case 6 -> Verdict.fail(ErrorCode.REQUEST_TIMED_OUT);
                    case 7 -> Verdict.disconnect();
                    default -> Verdict.proceed();
                });
                RawClient client = new RawClient(broker.bootstrapServers())) {
            long began = System.nanoTime();
            client.call(Records.produce("orders", 0, (short) 1, new byte[1]), 5);
            assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(195));
            ProduceResponse failed = client.call(Records.produce("orders", 0, (short) 1, new byte[1]), 6);
            assertThat(failed.responses().get(0).partitionResponses().get(0).errorCode())
                    .isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
            client.send(Records.produce("orders", 0, (short) 1, new byte[1]), 7);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void whatComesBehindAHeldRequestWaitsAndStaysInOrder() throws IOException {
        CompletableFuture<Void> held = new CompletableFuture<>();
        AtomicInteger requests = new AtomicInteger();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (Broker broker = brokerWith(request -> {
                    order.add(request.header().correlationId());
                    return requests.getAndIncrement() == 0 ? Verdict.holdUntil(held) : Verdict.proceed();
                });
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (int i = 0; i < 5; i++) {
                client.send(Records.produce("orders", 0, (short) 1, new byte[1]), 9);
            }
            await().until(() -> requests.get() == 1);
            held.complete(null);
            for (int i = 0; i < 5; i++) {
                ProduceResponse produced = client.receive(ApiKey.PRODUCE, 9, i);
                assertThat(produced.responses()
                                .get(0)
                                .partitionResponses()
                                .get(0)
                                .baseOffset())
                        .isEqualTo(i);
            }
            assertThat(order).containsExactly(0, 1, 2, 3, 4);
        }
    }

    private static Broker brokerWith(Function<InterceptedRequest, Verdict> onProduce) {
        return Broker.builder()
                .topic("orders", 1)
                .interceptor(new RequestInterceptor() {
                    @Override
                    public Verdict onRequest(InterceptedRequest request) {
                        return request.api() == ApiKey.PRODUCE ? onProduce.apply(request) : Verdict.proceed();
                    }
                })
                .start();
    }
}
