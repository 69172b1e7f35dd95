package dev.barnabas.parity;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Hears what Netty's leak detector says. The detector notices a lost buffer when the garbage collector has taken it and another buffer is
 * allocated; {@link #found} brings both about.
 */
final class LeakWatch {
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    LeakWatch() {
        heard.start();
        var logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        logger.setLevel(ch.qos.logback.classic.Level.ERROR);
        logger.addAppender(heard);
    }

    /** The reports so far, each with the places that touched the lost buffer. */
    List<String> found() throws InterruptedException {
        var collected = new ReferenceQueue<Object>();
        for (int i = 0; i < 3; i++) {
            var witness = new PhantomReference<>(new Object(), collected);
            System.gc();
            collected.remove(5_000);
            witness.clear();
            for (int b = 0; b < 100; b++) {
                PooledByteBufAllocator.DEFAULT.directBuffer(64).release();
                PooledByteBufAllocator.DEFAULT.heapBuffer(64).release();
            }
        }
        return heard.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
