package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.wire.WireReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on the memory of frames that do not arrive in one piece. A frame takes a share of its announced length before
 * any memory is reserved for it, and gives it back when its request is answered; whoever finds too little left waits in
 * line, with reading paused. All shares together never exceed the bound, so nobody who has one waits for more of it. While
 * others wait, one whose peer sends too slowly, or does not take the responses before it, loses its connection.
 *
 * <p>Ordinary frames and those above {@link #LARGE_BYTES} draw on pools of their own, so that large ones, however many are
 * announced, do not stand in the way of ordinary ones.
 *
 * <p>A request of many list elements takes a share of a third pool, in elements, before it is decoded, and keeps what it
 * needs of that until it is answered, or has been taken over by what is bounded in another way: decoded, and answered, an
 * element of a few bytes takes hundreds. While others wait for theirs, a fetch that has a share and waits for records is
 * answered with what there is. Any thread.
 */
final class RequestMemory {

    /** Frames longer than this are large: they take memory as their bytes arrive. */
    static final int LARGE_BYTES = 1 << 20;

    /** A request whose lists hold no more elements than this takes no share of them. */
    static final int FREE_ELEMENTS = 256;

    /** Memory for one element of a request, decoded and answered. */
    private static final int ELEMENT_BYTES = 2048;

    /** However little memory there is, as many partitions as a client may well ask about. */
    private static final int ELEMENTS_MIN = 16_384;

    private final Pool ordinary;
    private final Pool large;
    private final Pool elements;
    private final Runnable onScarcity;

    /**
     * @param bytes bound on all frames together
     * @param frameBytesMax the longest frame allowed; the large pool holds one of these if that leaves a fifth for others
     * @param onScarcity told when a frame has to wait, on its loop
     */
    RequestMemory(long bytes, int frameBytesMax, Runnable onScarcity) {
        long forOrdinary = Math.max(bytes / 5, Math.min(bytes - frameBytesMax, bytes / 2));
        this.ordinary = new Pool(forOrdinary);
        this.large = new Pool(bytes - forOrdinary);
        this.elements = new Pool(Math.max(ELEMENTS_MIN, Math.min(WireReader.ELEMENTS_MAX, bytes / ELEMENT_BYTES)));
        this.onScarcity = onScarcity;
    }

    /** The longest frame that can ever be taken in. */
    long frameBytesMax() {
        return Math.max(ordinary.capacity, large.capacity);
    }

    /** A share not yet taken, for a frame of {@code bytes}: as much as its buffer takes, if there is that much at all. */
    Share share(int bytes, Runnable onGranted) {
        Pool pool = bytes <= LARGE_BYTES && bytes <= ordinary.capacity ? ordinary : large;
        return new Share(pool, (int) Math.min(SpareBuffers.size(bytes), pool.capacity), onGranted);
    }

    /** The most elements that the lists of one request may hold together. */
    int elementsMax() {
        return (int) elements.capacity;
    }

    /** A share, not yet taken, for a request of up to {@code count} elements. */
    Share elements(int count, Runnable onGranted) {
        return new Share(elements, Math.min(count, elementsMax()), onGranted);
    }

    /** Whether frames or requests wait for others to finish. */
    boolean isScarce() {
        return areFramesWaiting() || areElementsWaitedFor();
    }

    boolean areFramesWaiting() {
        return ordinary.waiting > 0 || large.waiting > 0;
    }

    boolean areElementsWaitedFor() {
        return elements.waiting > 0;
    }

    private static final class Pool {
        private final long capacity;
        private final AtomicLong used = new AtomicLong();
        private final Deque<Share> line = new ArrayDeque<>();
        private volatile int waiting;

        Pool(long capacity) {
            this.capacity = capacity;
        }

        private boolean takeNow(int size) {
            long before;
            do {
                before = used.get();
                if (before + size > capacity) {
                    return false;
                }
            } while (!used.compareAndSet(before, before + size));
            return true;
        }

        private void giveBack(int size) {
            used.addAndGet(-size);
            if (waiting > 0) {
                grant();
            }
        }

        private synchronized void grant() {
            for (Share first = line.peek(); first != null && takeNow(first.size); first = line.peek()) {
                line.remove();
                waiting = line.size();
                first.state = Share.State.TAKEN;
                first.onGranted.run();
            }
        }

        private synchronized boolean takeOrWait(Share share) {
            line.add(share);
            waiting = line.size();
            grantSilently(share);
            return share.state == Share.State.TAKEN;
        }

        /** What was given back before {@code waiting} could be seen is found here. */
        private void grantSilently(Share share) {
            if (line.peek() == share && takeNow(share.size)) {
                line.remove();
                waiting = line.size();
                share.state = Share.State.TAKEN;
            }
        }

        private void leave(Share share) {
            if (share.state == Share.State.NEW) {
                leaveLine(share);
            }
            if (share.state == Share.State.TAKEN) {
                share.state = Share.State.OVER;
                giveBack(share.size);
            }
        }

        private synchronized void leaveLine(Share share) {
            if (line.remove(share)) {
                waiting = line.size();
                share.state = Share.State.OVER;
                grant();
            }
        }
    }

    /**
     * One frame's part.
     *
     * <pre>
     *   NEW (perhaps in line) --take, or granted by another's giveBack--> TAKEN --giveBack--> OVER
     * </pre>
     */
    final class Share {
        private enum State {
            NEW,
            TAKEN,
            OVER
        }

        private final Pool pool;
        private int size;
        private final Runnable onGranted;
        private volatile State state = State.NEW;

        private Share(Pool pool, int size, Runnable onGranted) {
            this.pool = pool;
            this.size = size;
            this.onGranted = onGranted;
        }

        /** Takes the share, or gets in line for it: then {@code onGranted} runs later, on any thread. */
        boolean take() {
            if (pool.waiting == 0 && pool.takeNow(size)) {
                state = State.TAKEN;
                return true;
            }
            if (pool.takeOrWait(this)) {
                return true;
            }
            onScarcity.run();
            return false;
        }

        boolean isTaken() {
            return state == State.TAKEN;
        }

        int size() {
            return size;
        }

        /** Gives back what is more than {@code needed} of a share that is taken. On the loop that took it. */
        void shrinkTo(int needed) {
            int more = size - needed;
            size = needed;
            pool.giveBack(more);
        }

        /** Gives the share back, or leaves the line; a second call does nothing. On the loop that took it. */
        void giveBack() {
            pool.leave(this);
        }
    }
}
