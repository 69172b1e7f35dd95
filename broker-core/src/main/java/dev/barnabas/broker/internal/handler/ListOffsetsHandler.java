package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.partition.FetchIsolation;
import dev.barnabas.broker.internal.partition.HostedPartitions;
import dev.barnabas.broker.internal.partition.LocalPartition;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.TopicPartition;
import dev.barnabas.protocol.message.ListOffsetsRequest;
import dev.barnabas.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.barnabas.protocol.message.ListOffsetsResponse;
import dev.barnabas.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.barnabas.protocol.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import dev.barnabas.storage.PartitionLog;
import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.TimestampAndOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ListOffsets 0-11: offsets by time. 0 answers lists of segment offsets, 1 one offset (KIP-79), 2 has the isolation
 * level (KIP-98), 4 leader epochs (KIP-320); the special timestamps came with 1 (latest, earliest), 7 (maximum, KIP-734),
 * 8 (earliest local, KIP-405), 9 (latest tiered, KIP-1005) and 11 (earliest pending upload, KIP-1023). No records are
 * tiered here: the earliest local offset is the log's start, and the last two do not exist.
 */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest> {

    /** The first version that knows of leader epochs (KIP-320). */
    private static final int LEADER_EPOCH_VERSION = 4;

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final int DEBUGGING_REPLICA = -2;

    private final HostedPartitions partitions;

    public ListOffsetsHandler(HostedPartitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(ListOffsetsRequest request, RequestContext context) {
        var response = new ListOffsetsResponse();
        var countdown = new Countdown(() -> context.respond(response));
        Set<TopicPartition> duplicates = duplicates(request);
        for (var topic : request.topics()) {
            var answers = new ArrayList<ListOffsetsPartitionResponse>();
            response.topics()
                    .add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(answers));
            Set<Integer> answered = new HashSet<>();
            for (ListOffsetsPartition asked : topic.partitions()) {
                var topicPartition = new TopicPartition(topic.name(), asked.partitionIndex());
                boolean duplicate = duplicates.contains(topicPartition);
                if (duplicate && !answered.add(asked.partitionIndex())) {
                    continue;
                }
                var answer = empty(asked.partitionIndex(), ErrorCode.NONE);
                answers.add(answer);
                if (duplicate) {
                    answer.setErrorCode(ErrorCode.INVALID_REQUEST.code());
                } else {
                    look(topicPartition, asked, request, context.version(), answer, countdown);
                }
            }
        }
        countdown.start();
    }

    private static Set<TopicPartition> duplicates(ListOffsetsRequest request) {
        Set<TopicPartition> seen = new HashSet<>();
        Set<TopicPartition> duplicates = new HashSet<>();
        for (var topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                var topicPartition = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(topicPartition)) {
                    duplicates.add(topicPartition);
                }
            }
        }
        return duplicates;
    }

    private void look(
            TopicPartition topicPartition,
            ListOffsetsPartition asked,
            ListOffsetsRequest request,
            int version,
            ListOffsetsPartitionResponse answer,
            Countdown countdown) {
        LocalPartition partition;
        try {
            checkTimestamp(asked.timestamp(), version);
            partition = partitions.leader(
                    topicPartition, version >= LEADER_EPOCH_VERSION ? asked.currentLeaderEpoch() : -1);
        } catch (ApiException e) {
            answer.setErrorCode(e.error().code());
            return;
        }
        countdown.add();
        partition.lane().execute(() -> {
            try {
                answer(partition, asked, request, version, answer);
            } catch (StorageException e) {
                partition.storageFailed(e);
                answer.setErrorCode(e.error().code());
            } catch (ApiException e) {
                answer.setErrorCode(e.error().code());
            }
            countdown.done();
        });
    }

    private static void checkTimestamp(long timestamp, int version) {
        if (timestamp >= EARLIEST) {
            return;
        }
        int since =
                switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
                    case (int) MAX_TIMESTAMP -> 7;
                    case (int) EARLIEST_LOCAL -> 8;
                    case (int) LATEST_TIERED -> 9;
                    case (int) EARLIEST_PENDING_UPLOAD -> 11;
                    default -> Integer.MAX_VALUE;
                };
        if (version < since) {
            throw new ApiException(
                    ErrorCode.UNSUPPORTED_VERSION, "timestamp: " + timestamp + " in ListOffsets v" + version);
        }
    }

    private static void answer(
            LocalPartition partition,
            ListOffsetsPartition asked,
            ListOffsetsRequest request,
            int version,
            ListOffsetsPartitionResponse answer) {
        long end = end(partition, request);
        if (version == 0) {
            answer.setOldStyleOffsets(oldStyle(partition.log(), asked, end));
            return;
        }
        TimestampAndOffset found = find(partition, asked.timestamp(), end);
        if (found != null) {
            answer.setTimestamp(found.timestampMs()).setOffset(found.offset());
            if (version >= LEADER_EPOCH_VERSION) {
                answer.setLeaderEpoch(found.leaderEpoch());
            }
        }
    }

    private static long end(LocalPartition partition, ListOffsetsRequest request) {
        if (request.replicaId() == DEBUGGING_REPLICA || request.replicaId() >= 0) {
            return partition.log().logEndOffset();
        }
        return switch (request.isolationLevel()) {
            case 0 -> partition.readableOffset(FetchIsolation.HIGH_WATERMARK);
            case 1 -> partition.readableOffset(FetchIsolation.COMMITTED);
            default ->
                throw new ApiException(
                        ErrorCode.UNKNOWN_SERVER_ERROR,
                        "isolation level: " + request.isolationLevel() + " (expected: 0, 1)");
        };
    }

    private static @Nullable TimestampAndOffset find(LocalPartition partition, long timestamp, long end) {
        PartitionLog log = partition.log();
        if (timestamp == LATEST) {
            return new TimestampAndOffset(-1, end, partition.leaderEpoch());
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            long start = log.logStartOffset();
            return new TimestampAndOffset(-1, start, log.epochForOffset(start).orElse(partition.leaderEpoch()));
        }
        if (timestamp == MAX_TIMESTAMP) {
            return log.offsetOfMaxTimestamp(end);
        }
        return timestamp < 0 ? null : log.offsetForTimestamp(timestamp, end);
    }

    /** What version 0 asks: up to so many offsets at which a client may begin to read, newest first. */
    private static List<Long> oldStyle(PartitionLog log, ListOffsetsPartition asked, long end) {
        List<Long> offsets = new ArrayList<>();
        if (asked.timestamp() == EARLIEST) {
            offsets.add(log.logStartOffset());
        } else if (asked.timestamp() == LATEST) {
            offsets.add(end);
            if (log.logStartOffset() < end) {
                offsets.add(log.logStartOffset());
            }
        } else {
            TimestampAndOffset found = log.offsetForTimestamp(asked.timestamp(), end);
            offsets.add(found == null ? end : found.offset());
        }
        return offsets.subList(0, Math.max(0, Math.min(offsets.size(), asked.maxNumOffsets())));
    }

    private static ListOffsetsPartitionResponse empty(int index, ErrorCode error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setTimestamp(-1)
                .setOffset(-1)
                .setLeaderEpoch(-1);
    }

    @Override
    public ListOffsetsResponse failed(ListOffsetsRequest request, int version, ApiException error) {
        var response = new ListOffsetsResponse();
        for (var topic : request.topics()) {
            response.topics()
                    .add(new ListOffsetsTopicResponse()
                            .setName(topic.name())
                            .setPartitions(topic.partitions().stream()
                                    .map(partition -> empty(partition.partitionIndex(), error.error()))
                                    .toList()));
        }
        return response;
    }
}
