package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.request.BoundedLog;
import dev.barnabas.broker.spi.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The bound on what the groups of all shards hold: members with what they said and were assigned, ids handed out, committed
 * offsets. Bytes are those of the heap, estimated: a constant for each thing, what is of any length as it is. Any thread;
 * a shard counts its own with a {@link ShardMemory}.
 */
final class GroupMemory {

    private final long bytesMax;
    private final BoundedLog refusals;
    private final AtomicLong used = new AtomicLong();

    GroupMemory(long bytesMax, Clock clock) {
        this.bytesMax = bytesMax;
        this.refusals = new BoundedLog(LoggerFactory.getLogger(GroupMemory.class), clock);
    }

    /** Bytes of texts, null counting for nothing; no character takes more than two. */
    static long ofTexts(@Nullable String... texts) {
        long chars = 0;
        for (String text : texts) {
            chars += text == null ? 0 : text.length();
        }
        return 2 * chars;
    }

    long used() {
        return used.get();
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Adds {@code bytes} if they fit in; else returns false, and the log names {@code group}. */
    boolean reserve(long bytes, String group) {
        long before = used.get();
        while (before + bytes <= bytesMax) {
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = used.get();
        }
        refusals.info(
                "Group may hold no more memory group={} wantedBytes={} usedByAllBytes={} bytesMax={}",
                group,
                bytes,
                before,
                bytesMax);
        return false;
    }
}
