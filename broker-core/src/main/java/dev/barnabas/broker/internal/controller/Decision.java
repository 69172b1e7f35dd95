package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.MetadataRecord;
import java.util.List;

/**
 * What the controller's logic decided: records to commit all or none, and the answer to give once they are applied.
 *
 * @param records empty if nothing is to change
 */
record Decision<R>(List<MetadataRecord> records, R response) {

    /** A change nobody waits for more than the end of. */
    static Decision<Boolean> of(List<MetadataRecord> records) {
        return new Decision<>(records, true);
    }

    /** An answer that changes nothing. */
    static <R> Decision<R> unchanged(R response) {
        return new Decision<>(List.of(), response);
    }
}
