package dev.barnabas.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.spi.InterceptedRequest;
import dev.barnabas.broker.spi.RequestInterceptor;
import dev.barnabas.broker.spi.Verdict;
import dev.barnabas.protocol.ApiKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What an application does while the broker is slow: an interceptor delays requests before the broker sees them. */
class SlowBrokerTest {

    /** Delays every produce request, and counts them. */
    private static final class SlowProduce implements RequestInterceptor {
        private final Duration delay;
        private final AtomicInteger requests = new AtomicInteger();

        SlowProduce(Duration delay) {
            this.delay = delay;
        }

        @Override
        public Verdict onRequest(InterceptedRequest request) {
            if (request.api() != ApiKey.PRODUCE) {
                return Verdict.proceed();
            }
            requests.incrementAndGet();
            return Verdict.delay(delay);
        }
    }

    @Test
    void aProducerWaitsForASlowBroker() throws Exception {
        var slow = new SlowProduce(Duration.ofMillis(300));
        try (Broker broker =
                        Broker.builder().topic("payments", 1).interceptor(slow).start();
                var producer =
                        new KafkaProducer<>(broker.clientConfig(), new StringSerializer(), new StringSerializer())) {
            long begin = System.nanoTime();
            producer.send(new ProducerRecord<>("payments", "late")).get();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(slow.requests).hasValue(1);
        }
    }

    @Test
    void aProducerGivesUpOnABrokerThatIsTooSlow() {
        var slow = new SlowProduce(Duration.ofSeconds(5));
        try (Broker broker =
                Broker.builder().topic("payments", 1).interceptor(slow).start()) {
            Map<String, Object> impatient = new HashMap<>(broker.clientConfig());
            impatient.put("delivery.timeout.ms", 500);
            impatient.put("request.timeout.ms", 400);
            impatient.put("linger.ms", 0);
            try (var producer = new KafkaProducer<>(impatient, new StringSerializer(), new StringSerializer())) {
                var sent = producer.send(new ProducerRecord<>("payments", "too late"));

                assertThatThrownBy(sent::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(TimeoutException.class);
            }
        }
    }
}
