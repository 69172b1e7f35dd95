package dev.barnabas.broker.internal.exec;

/** Makes lanes; the port through which the broker gets its threads. */
public interface Lanes {

    /** A new lane; costs no thread and needs no closing. */
    Lane lane(String name);

    /**
     * Runs {@code task} on the calling I/O loop when it has done all that it woke up for, before it sleeps again; at once if
     * the caller is no loop. Tasks run in the order they came.
     */
    void afterWakeUp(Runnable task);

    /** Runs {@code task} on a thread that may block (fsync, recovery, deletion of files). Bounded in threads, not in order. */
    void blocking(Runnable task);
}
