package dev.barnabas.broker.internal.partition;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import dev.barnabas.protocol.record.Records;

/**
 * One partition to fetch.
 *
 * @param requestedName topic as the request names it; empty from Fetch v13 on
 * @param requestedId topic id as the request names it; zero before v13
 */
public record FetchTarget(String requestedName, Uuid requestedId, FetchPartition partition) {

    /** Length of the records in an answer. */
    public static int bytes(PartitionData answer) {
        Records records = answer.records();
        return records == null ? 0 : records.sizeInBytes();
    }
}
