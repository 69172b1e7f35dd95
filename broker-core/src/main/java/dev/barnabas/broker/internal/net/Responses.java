package dev.barnabas.broker.internal.net;

import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.message.FetchResponse;
import dev.barnabas.storage.RecordSlice;

/** What becomes of the slices in a response that is not sent. */
final class Responses {

    private Responses() {}

    /** Gives the record slices of {@code response} back. */
    static void drop(ApiMessage response) {
        if (response instanceof FetchResponse fetch) {
            for (var topic : fetch.responses()) {
                for (var partition : topic.partitions()) {
                    if (partition.records() instanceof RecordSlice slice) {
                        slice.release();
                    }
                }
            }
        }
    }
}
