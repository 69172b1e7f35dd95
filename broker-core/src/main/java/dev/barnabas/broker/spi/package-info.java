/** What others implement to extend a broker: clocks, interceptors, listeners. Exported. */
@NullMarked
package dev.barnabas.broker.spi;

import org.jspecify.annotations.NullMarked;
