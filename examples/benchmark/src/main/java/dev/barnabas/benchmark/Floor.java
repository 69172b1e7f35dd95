package dev.barnabas.benchmark;

import java.util.List;

/** A scenario's load on a program that does the least for it: the machine's limit. */
interface Floor {

    /** What that took, in a JVM of its own ({@link FloorServer}, {@link AckFloorServer}), under the names of the scenario's figures. */
    List<Metric> measure(Installation installation) throws Exception;
}
