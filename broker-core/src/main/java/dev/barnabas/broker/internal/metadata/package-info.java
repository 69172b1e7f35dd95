/**
 * The immutable picture of the cluster ({@link dev.barnabas.broker.internal.metadata.MetadataImage}) and the log of
 * records it is folded from. Written on the controller's lane, read by everyone.
 */
@NullMarked
package dev.barnabas.broker.internal.metadata;

import org.jspecify.annotations.NullMarked;
