package dev.barnabas.storage.file;

import java.util.concurrent.atomic.AtomicInteger;

/** The counting of references that both kinds of files share. */
abstract class CountedFile implements BlockFile {
    private final AtomicInteger references = new AtomicInteger(1);

    @Override
    public final void retain() {
        if (references.getAndIncrement() <= 0) {
            references.decrementAndGet();
            throw new IllegalStateException("references: 0 (expected: at least 1, the file is closed)");
        }
    }

    @Override
    public final void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            close();
        } else if (left < 0) {
            throw new IllegalStateException("references: " + left + " (expected: at least 0)");
        }
    }

    /** Called once, when nobody holds the file. */
    abstract void close();
}
