/**
 * Whole brokers measured from outside. {@link Benchmark} is the command line; {@link Scenarios} lists what is measured,
 * {@link Targets} what is expected; {@link Rounds} runs a scenario against {@link BrokerProcess}es in turn; {@link RawFloor}
 * with {@link FloorServer}, and {@link AckFloorServer}, are what the machine itself costs.
 */
@NullMarked
package dev.barnabas.benchmark;

import org.jspecify.annotations.NullMarked;
