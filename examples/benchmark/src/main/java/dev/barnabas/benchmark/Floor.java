package dev.barnabas.benchmark;

import java.util.List;

/** What went over the sockets in a scenario, to be repeated without a broker: the machine's limit. */
interface Floor {

    /** What that took, in a JVM of its own ({@link FloorServer}), under the names of the scenario's figures. */
    List<Metric> measure(Installation installation) throws Exception;
}
