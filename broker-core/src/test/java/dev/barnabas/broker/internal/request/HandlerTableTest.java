package dev.barnabas.broker.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HandlerTableTest {

    private final List<ApiKey> made = new ArrayList<>();
    private final HandlerTable table = new HandlerTable(
            List.of(api -> api == ApiKey.FETCH ? make(api) : null, api -> api == ApiKey.VOTE ? null : make(api)));

    private synchronized ApiHandler<?> make(ApiKey api) {
        made.add(api);
        return new Silent();
    }

    @Test
    void aHandlerIsMadeWhenFirstAskedForAndKept() {
        assertThat(made).isEmpty();
        ApiHandler<?> produce = table.find(ApiKey.PRODUCE);
        ApiHandler<?> fetch = table.find(ApiKey.FETCH);

        assertThat(produce).isNotNull().isNotSameAs(fetch);
        assertThat(table.find(ApiKey.PRODUCE)).isSameAs(produce);
        assertThat(table.find(ApiKey.FETCH)).isSameAs(fetch);
        assertThat(made).containsExactly(ApiKey.PRODUCE, ApiKey.FETCH);
    }

    @Test
    void whatNoSourceServesHasNone() {
        assertThat(table.find(ApiKey.VOTE)).isNull();
    }

    @Test
    void threadsThatAskAtOnceGetOneHandler() throws Exception {
        var begin = new CountDownLatch(1);
        var found = new ApiHandler<?>[2];
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < found.length; i++) {
            int slot = i;
            var thread = new Thread(() -> {
                try {
                    begin.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                found[slot] = table.find(ApiKey.METADATA);
            });
            thread.start();
            threads.add(thread);
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(found[0]).isNotNull().isSameAs(found[1]);
        assertThat(made).containsExactly(ApiKey.METADATA);
    }

    private static final class Silent implements ApiHandler<ApiMessage> {
        @Override
        public void handle(ApiMessage request, RequestContext context) {}

        @Override
        public ApiMessage failed(ApiMessage request, int version, ApiException error) {
            return null;
        }
    }
}
