package dev.barnabas.storage;

/**
 * What {@link PartitionLog#read} found.
 *
 * @param records whole batches, to be released by the receiver; of length 0 if there is nothing below the upper offset
 * @param firstOffset base offset of the first batch, or the offset asked for if empty
 * @param truncatedByMaxBytes whether more could have been read but for {@code maxBytes}
 */
public record ReadResult(RecordSlice records, long firstOffset, boolean truncatedByMaxBytes) {}
