/**
 * The parts of a broker's hot path, one by one, by JMH: what a request costs between socket and file. Each benchmark names
 * the class it measures; the unit of work is a batch of 16 KB, the producer's default, or a request of six of these.
 */
@NullMarked
package dev.barnabas.benchmark.parts;

import org.jspecify.annotations.NullMarked;
