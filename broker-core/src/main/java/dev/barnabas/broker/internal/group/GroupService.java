package dev.barnabas.broker.internal.group;

import dev.barnabas.broker.internal.config.Configs;
import dev.barnabas.broker.internal.controller.ControllerGateway;
import dev.barnabas.broker.internal.exec.Timers;
import dev.barnabas.broker.internal.handler.DeleteGroupsHandler;
import dev.barnabas.broker.internal.handler.DescribeGroupsHandler;
import dev.barnabas.broker.internal.handler.FindCoordinatorHandler;
import dev.barnabas.broker.internal.handler.HeartbeatHandler;
import dev.barnabas.broker.internal.handler.JoinGroupHandler;
import dev.barnabas.broker.internal.handler.LeaveGroupHandler;
import dev.barnabas.broker.internal.handler.ListGroupsHandler;
import dev.barnabas.broker.internal.handler.OffsetCommitHandler;
import dev.barnabas.broker.internal.handler.OffsetDeleteHandler;
import dev.barnabas.broker.internal.handler.OffsetFetchHandler;
import dev.barnabas.broker.internal.handler.SyncGroupHandler;
import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.partition.Partitions;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.Uuid;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the group part: coordinator and handlers. As a metadata listener it comes after the partitions: it ends the
 * offsets of deleted topics, and lets go of shards whose partitions are gone.
 */
public final class GroupService implements HandlerSource, MetadataListener {

    private final MetadataCache metadata;
    private final ControllerGateway controller;
    private final GroupCoordinator coordinator;

    /**
     * @param groupsMax bounds the groups of one partition of the offsets topic
     * @param offsetsMax bounds the committed offsets of one group
     * @param bytesMax bounds what all groups hold in memory
     * @param uuids makes members' ids; any thread
     * @param allocator makes the buffers of what is read from the partitions and appended to them
     */
    public GroupService(
            Timers timers,
            Clock clock,
            Partitions partitions,
            MetadataCache metadata,
            ControllerGateway controller,
            Configs configs,
            int groupsMax,
            int offsetsMax,
            long bytesMax,
            Supplier<Uuid> uuids,
            ByteBufAllocator allocator) {
        this.metadata = metadata;
        this.controller = controller;
        this.coordinator = new GroupCoordinator(
                timers,
                clock,
                partitions,
                metadata,
                new GroupSettings(configs, groupsMax, offsetsMax),
                new GroupMemory(bytesMax, clock),
                uuids,
                allocator);
    }

    @Override
    public @Nullable ApiHandler<?> handler(ApiKey api) {
        return switch (api) {
            case FIND_COORDINATOR -> new FindCoordinatorHandler(coordinator, metadata, controller);
            case JOIN_GROUP -> new JoinGroupHandler(coordinator);
            case SYNC_GROUP -> new SyncGroupHandler(coordinator);
            case HEARTBEAT -> new HeartbeatHandler(coordinator);
            case LEAVE_GROUP -> new LeaveGroupHandler(coordinator);
            case DESCRIBE_GROUPS -> new DescribeGroupsHandler(coordinator);
            case LIST_GROUPS -> new ListGroupsHandler(coordinator);
            case DELETE_GROUPS -> new DeleteGroupsHandler(coordinator);
            case OFFSET_COMMIT -> new OffsetCommitHandler(coordinator, metadata);
            case OFFSET_FETCH -> new OffsetFetchHandler(coordinator, metadata);
            case OFFSET_DELETE -> new OffsetDeleteHandler(coordinator, metadata);
            default -> null;
        };
    }

    /** Begins to load the groups that there are; does not wait for it, since requests do. */
    public void start() {
        coordinator.openStored();
    }

    @Override
    public CompletionStage<Void> onImage(MetadataImage before, MetadataImage now) {
        var offsetsBefore = before.topic(InternalTopics.CONSUMER_OFFSETS);
        if (offsetsBefore == null) {
            return CompletableFuture.completedFuture(null);
        }
        var pending = new ArrayList<CompletableFuture<Void>>();
        for (var topic : before.topics()) {
            if (now.topic(topic.id()) == null) {
                pending.add(coordinator.topicDeleted(topic.name(), topic.id()).toCompletableFuture());
            }
        }
        if (now.topic(offsetsBefore.id()) == null) {
            coordinator.closeLost();
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    public void close() {
        coordinator.close();
    }
}
