package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test class after which Netty's leak detector reports a buffer that was lost; the report may be of a class that ran
 * before, since the garbage collector decides when a loss is noticed. Registered for every test of this module.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {

    /** Enough for the detector to look at what the collector found: it does so when a buffer is made. */
    private static final int BUFFERS = 128;

    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

    private static final AppenderBase<ILoggingEvent> LISTENER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent report) {
            REPORTS.add(report.getFormattedMessage());
        }
    };

    @Override
    public void beforeAll(ExtensionContext context) {
        var detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        if (!detector.isAttached(LISTENER)) {
            LISTENER.start();
            detector.addAppender(LISTENER);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.gc();
        for (int i = 0; i < BUFFERS; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer().release();
            UnpooledByteBufAllocator.DEFAULT.directBuffer().release();
        }
        List<String> reports = new ArrayList<>();
        for (String report = REPORTS.poll(); report != null; report = REPORTS.poll()) {
            reports.add(report);
        }
        assertThat(reports).as("buffers lost up to now").isEmpty();
    }
}
