package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.exec.Timers.Timer;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups and offsets of one partition of {@code __consumer_offsets}; lives on that partition's lane.
 *
 * <p>Operations run one after the other. One that writes holds up those behind it until its records are committed and
 * applied, so that each decides on what the log says and nobody reads what is not committed. Commits of offsets do not
 * hold up each other.
 *
 * <p>The partition keeps no more than a few times what is needed to rebuild this state: once it does, the shard states
 * all it knows once more and drops the records before. So start-up is short, however long a broker has run.
 */
final class GroupShard {

    private static final Logger log = LoggerFactory.getLogger(GroupShard.class);

    private final int index;
    private final Lane lane;
    private final GroupLog records;
    private final GroupSettings settings;
    private final ShardTimers timers;
    private final Deque<Operation> waiting = new ArrayDeque<>();
    private final ShardMemory memory;
    private final Groups groups;
    private final OffsetStore offsetStore;
    private final Rebalancing rebalancing;
    private final Joining joining;
    private final Syncing syncing;
    private final Presence presence;
    private final Offsets offsets;
    private final GroupQueries queries;
    private ErrorCode unavailable = ErrorCode.NONE;
    private boolean draining;
    private int writing;
    private boolean writingAlone;

    GroupShard(
            int index,
            Lane lane,
            GroupLog records,
            Clock clock,
            Timers timers,
            GroupSettings settings,
            GroupMemory memory,
            Supplier<Uuid> uuids) {
        this.index = index;
        this.lane = lane;
        this.records = records;
        this.settings = settings;
        this.timers = new ShardTimers(clock, timers);
        this.memory = new ShardMemory(memory);
        this.groups = new Groups(this.memory);
        this.offsetStore = new OffsetStore(this.memory);
        this.rebalancing = new Rebalancing(groups, this.timers, settings);
        this.joining = new Joining(groups, rebalancing, this.timers, settings, this.memory, uuids);
        this.syncing = new Syncing(groups, rebalancing, this.memory);
        this.presence = new Presence(groups, rebalancing);
        this.offsets = new Offsets(offsetStore, groups, rebalancing, this.timers, settings, this.memory);
        this.queries = new GroupQueries(groups);
    }

    Lane lane() {
        return lane;
    }

    Joining joining() {
        return joining;
    }

    Syncing syncing() {
        return syncing;
    }

    Presence presence() {
        return presence;
    }

    Offsets offsets() {
        return offsets;
    }

    GroupQueries queries() {
        return queries;
    }

    /** Reads the log, and starts the sessions of the members it tells of anew. First thing that runs on the lane. */
    void load() {
        lane.assertCurrent();
        try {
            records.replay(this::replay);
        } catch (ApiException e) {
            log.error("Groups cannot be loaded partition={} reason={}", index, e.getMessage());
            unavailable = ErrorCode.NOT_COORDINATOR;
            return;
        }
        for (var group : groups.all()) {
            group.members().forEach(member -> rebalancing.keepAlive(group, member));
            if (group.size() > settings.membersMax()) {
                run(() -> rebalancing.prepareOrContinue(group, "it has more members than group.max.size"), error -> {});
            }
        }
        timers.schedule(settings.offsetsRetentionCheckMs(), this::expire);
    }

    private Outcome expire() {
        timers.schedule(settings.offsetsRetentionCheckMs(), this::expire);
        return offsets.expire();
    }

    private void replay(GroupRecord record) {
        if (record instanceof GroupRecord.Metadata metadata && metadata.value() != null) {
            groups.restore(metadata.group(), metadata.value());
        } else {
            apply(record);
        }
    }

    /** A committed record of this shard's own: groups are ahead of theirs already, offsets and tombstones are not. */
    private void apply(GroupRecord record) {
        if (record instanceof GroupRecord.Offset offset) {
            if (offset.offset() == null) {
                offsetStore.remove(offset.group(), offset.topic(), offset.partition());
            } else {
                groups.getOrCreate(offset.group(), timers.wallMs());
                offsetStore.put(offset.group(), offset.topic(), offset.partition(), offset.offset());
            }
        } else if (record instanceof GroupRecord.Metadata metadata && metadata.value() == null) {
            groups.remove(metadata.group());
        }
    }

    /** Deletes those of {@code ids} that exist and have no members, with their offsets. */
    Outcome delete(List<String> ids, Consumer<List<DeletableGroupResult>> reply) {
        var decided = new ArrayList<GroupRecord>();
        var results = new ArrayList<DeletableGroupResult>(ids.size());
        for (String id : ids) {
            var group = groups.find(id);
            var result = new DeletableGroupResult().setGroupId(id);
            if (group == null) {
                result.setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.code()).setErrorMessage("Group " + id + " not found.");
            } else if (!group.is(GroupState.EMPTY)) {
                result.setErrorCode(ErrorCode.NON_EMPTY_GROUP.code())
                        .setErrorMessage(ErrorCode.NON_EMPTY_GROUP.message());
            } else {
                decided.addAll(offsets.tombstones(id));
                decided.add(new GroupRecord.Metadata(id, null));
            }
            results.add(result);
        }
        return new Outcome(decided, error -> {
            if (error != ErrorCode.NONE) {
                results.forEach(result ->
                        result.setErrorCode(StorageErrors.ofGroup(error).code()));
            }
            reply.accept(results);
        });
    }

    /**
     * Runs an operation when those before it are done.
     *
     * @param decide what it does
     * @param refused told why instead, if the shard is of no use
     */
    void run(GroupTimers.Action decide, Consumer<ErrorCode> refused) {
        enqueue(new Operation(decide, refused, false));
    }

    /**
     * The same for an operation that depends on the groups' members only, and changes offsets at most: it does not wait
     * for others of its kind, so that their records are made durable together.
     */
    void runBeside(GroupTimers.Action decide, Consumer<ErrorCode> refused) {
        enqueue(new Operation(decide, refused, true));
    }

    private void enqueue(Operation operation) {
        lane.assertCurrent();
        waiting.add(operation);
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!waiting.isEmpty() && mayBegin(waiting.element())) {
                perform(waiting.remove());
            }
        } finally {
            draining = false;
            if (!waiting.isEmpty() && mayBegin(waiting.element())) {
                lane.execute(this::drain);
            }
        }
    }

    private boolean mayBegin(Operation operation) {
        return writing == 0 || operation.beside && !writingAlone;
    }

    private void perform(Operation operation) {
        if (unavailable != ErrorCode.NONE) {
            operation.refused.accept(unavailable);
            return;
        }
        Outcome outcome;
        try {
            outcome = operation.decide.run();
        } catch (RuntimeException e) {
            operation.refused.accept(ErrorCode.UNKNOWN_SERVER_ERROR);
            throw e;
        }
        if (outcome.records().isEmpty()) {
            outcome.onWritten().onWritten(ErrorCode.NONE);
            return;
        }
        writing++;
        writingAlone = !operation.beside;
        var write = new Write(outcome);
        try {
            records.append(outcome.records(), write);
        } catch (RuntimeException e) {
            write.onWritten(ErrorCode.UNKNOWN_SERVER_ERROR);
            throw e;
        }
    }

    /** Ends the shard: cancels its timers, and tells whoever waits to look for the coordinator again. Lane only. */
    void close() {
        lane.assertCurrent();
        unavailable = ErrorCode.NOT_COORDINATOR;
        for (var group : groups.all()) {
            group.cancelTimers();
            for (var member : group.members()) {
                group.answerJoin(member, Joining.failure(member.id(), unavailable));
                member.answerSync(Syncing.failure(unavailable));
            }
        }
        timers.close();
        memory.close();
        while (!waiting.isEmpty()) {
            waiting.remove().refused.accept(unavailable);
        }
    }

    private record Operation(GroupTimers.Action decide, Consumer<ErrorCode> refused, boolean beside) {}

    /** An append under way: applies what it wrote, tells who waits for it, and lets the next operations begin. Once. */
    private final class Write implements Outcome.WriteListener {
        private final Outcome outcome;
        private boolean done;

        Write(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void onWritten(ErrorCode error) {
            if (done) {
                return;
            }
            done = true;
            try {
                if (error == ErrorCode.NONE) {
                    outcome.records().forEach(GroupShard.this::apply);
                }
                outcome.onWritten().onWritten(error);
            } finally {
                writing--;
                drain();
            }
        }
    }

    /** Timers whose tasks queue up with the shard's other operations; one that is cancelled in the queue does nothing. */
    private final class ShardTimers implements GroupTimers {
        private final Clock clock;
        private final Timers timers;
        private boolean closed;

        ShardTimers(Clock clock, Timers timers) {
            this.clock = clock;
            this.timers = timers;
        }

        @Override
        public long wallMs() {
            return clock.wallMs();
        }

        @Override
        public long nanos() {
            return clock.nanos();
        }

        @Override
        public Timer schedule(long delayMs, Action action) {
            var scheduled = new Scheduled();
            scheduled.timer = timers.schedule(
                    lane,
                    delayMs,
                    () -> run(() -> scheduled.cancelled || closed ? Outcome.NOTHING : action.run(), error -> {}));
            return scheduled;
        }

        void close() {
            closed = true;
        }
    }

    private static final class Scheduled implements Timer {
        private boolean cancelled;
        private @Nullable Timer timer;

        @Override
        public void cancel() {
            cancelled = true;
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
