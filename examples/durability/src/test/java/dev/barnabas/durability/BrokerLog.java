package dev.barnabas.durability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a broker in this process logs while this is open. */
final class BrokerLog implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.barnabas");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    BrokerLog() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    /** Every line, a stack trace counting as one more. */
    List<String> lines() {
        return List.copyOf(appender.list).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null ? "" : " with a stack trace"))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
    }
}
