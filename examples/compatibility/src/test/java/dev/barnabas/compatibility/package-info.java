/**
 * One scenario run by kafka-clients of every major line since 0.10, each in a class loader of its own, and by kcat.
 * {@link dev.barnabas.compatibility.ClientScenario} is the scenario; the rest finds the clients and the broker.
 */
@org.jspecify.annotations.NullMarked
package dev.barnabas.compatibility;
