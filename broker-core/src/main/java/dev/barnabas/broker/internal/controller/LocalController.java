package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.ConfigDescriber;
import dev.barnabas.broker.internal.config.LiveConfigs;
import dev.barnabas.broker.internal.exec.Lane;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataDelta;
import dev.barnabas.broker.internal.metadata.MetadataListener;
import dev.barnabas.broker.internal.metadata.MetadataLog;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.spi.Clock;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.AlterConfigsRequest;
import dev.barnabas.protocol.message.CreatePartitionsRequest;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.protocol.message.DeleteTopicsRequest;
import dev.barnabas.protocol.message.ElectLeadersRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.UpdateFeaturesRequest;
import dev.barnabas.storage.StorageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller of a cluster of one process: decides on its lane, writes the records to a log of its own and applies
 * them, without anybody else to ask.
 *
 * <pre>
 * decide -> append -> (fold into {@code decided}) -> commit -> listeners -> publish -> answer
 *           \______ each request, at once _______/  \___ all that came meanwhile, together ___/
 * </pre>
 *
 * <p>A request is decided against everything decided before it, committed or not; its answer waits until its records are
 * committed, every listener has applied them and the image is public.
 */
public final class LocalController implements ControllerGateway, MetadataCache {
    private static final Logger log = LoggerFactory.getLogger(LocalController.class);

    private final Lane lane;
    private final Clock clock;
    private final MetadataLog metadataLog;
    private final LiveConfigs configs;
    private final int brokerId;
    private final Supplier<Uuid> ids;
    private final int partitionsMax;
    private final @Nullable Policies policies;
    private final ProducerIds producerIds;
    private final List<MetadataListener> listeners = new ArrayList<>();

    /** Everything that was appended, committed or not. */
    private ClusterImage decided;

    private volatile ClusterImage published;

    /** What the listeners know: nothing at first, so that the first image brings them every topic there is. */
    private ClusterImage applied;

    private List<Answer<?>> waiting = new ArrayList<>();
    private final List<Set<String>> deletedTopics = new ArrayList<>();
    private boolean committing;
    private @Nullable ApiException failure;

    /**
     * @param image what {@code metadataLog} replayed to
     * @param configs already at that image
     * @param ids gives every new topic an id that none had before
     * @param partitionsMax bounds the partitions of all topics
     * @param policies null if nobody has a say
     */
    public LocalController(
            Lane lane,
            Clock clock,
            MetadataLog metadataLog,
            ClusterImage image,
            LiveConfigs configs,
            int brokerId,
            Supplier<Uuid> ids,
            int partitionsMax,
            @Nullable Policies policies) {
        this.lane = lane;
        this.clock = clock;
        this.metadataLog = metadataLog;
        this.configs = configs;
        this.decided = image;
        this.published = image;
        this.applied = ClusterImage.empty(image.clusterId());
        this.brokerId = brokerId;
        this.ids = ids;
        this.partitionsMax = partitionsMax;
        this.policies = policies;
        this.producerIds = new ProducerIds(brokerId);
    }

    /** Adds one who follows the images from the next one on; before {@link #start}. */
    public void addListener(MetadataListener listener) {
        listeners.add(listener);
    }

    /** Registers this broker; completes when listeners have applied the first image. */
    public CompletionStage<?> start(Registration registration) {
        return run(new Function<>() {
            @Override
            public Decision<?> apply(ClusterImage image) {
                return Decision.of(new Startup().records(image, registration, metadataLog.endOffset()));
            }
        });
    }

    @Override
    public ClusterImage image() {
        return published;
    }

    @Override
    public CompletionStage<ApiMessage> forward(ApiMessage request, int version, RequestContext context) {
        return run(image -> decide(image, request, version));
    }

    /** The logic of each kind of request is pure and made when one comes: a start loads none of it. */
    private Decision<? extends ApiMessage> decide(ClusterImage image, ApiMessage request, int version) {
        if (request instanceof CreateTopicsRequest create) {
            return topicCreation(partitionsMax).decide(image, create);
        }
        if (request instanceof DeleteTopicsRequest delete) {
            return new TopicDeletion(configs).decide(image, delete, version);
        }
        if (request instanceof CreatePartitionsRequest create) {
            return new PartitionCreation(partitionsMax).decide(image, create);
        }
        if (request instanceof IncrementalAlterConfigsRequest alter) {
            return new ConfigAlteration(brokerId, configs, policies).decide(image, alter);
        }
        if (request instanceof AlterConfigsRequest alter) {
            return new ConfigAlteration(brokerId, configs, policies).decide(image, alter);
        }
        if (request instanceof UpdateFeaturesRequest update) {
            return new FeatureUpdate().decide(image, update, version);
        }
        if (request instanceof ElectLeadersRequest elect) {
            return new LeaderElection().decide(image, elect);
        }
        throw new IllegalArgumentException("request: " + request.apiKey() + " (expected: one for the controller)");
    }

    private TopicCreation topicCreation(int partitionsInAllMax) {
        return new TopicCreation(configs, new ConfigDescriber(configs, brokerId), ids, partitionsInAllMax, policies);
    }

    private InternalTopicCreation internalTopics() {
        return new InternalTopicCreation(configs, topicCreation(Integer.MAX_VALUE), topicCreation(partitionsMax));
    }

    @Override
    public CompletionStage<ProducerIdBlock> allocateProducerIds() {
        return run(producerIds::decide);
    }

    @Override
    public CompletionStage<Void> ensureInternalTopic(String topic) {
        if (published.topic(topic) != null) {
            return CompletableFuture.completedFuture(null);
        }
        return run(image -> Decision.of(internalTopics().records(image, topic))).thenAccept(done -> {});
    }

    @Override
    public CompletionStage<ApiMessage> autoCreate(Collection<String> topics, RequestContext context) {
        return run(image -> internalTopics().autoCreate(image, topics));
    }

    /** Decides on the lane; the stage completes there as well, or fails with an {@link ApiException}. */
    private <R> CompletionStage<R> run(Function<ClusterImage, Decision<? extends R>> logic) {
        var answer = new CompletableFuture<R>();
        lane.execute(new Runnable() {
            @Override
            public void run() {
                decide(logic, answer);
            }
        });
        return answer;
    }

    private <R> void decide(Function<ClusterImage, Decision<? extends R>> logic, CompletableFuture<R> answer) {
        if (failure != null) {
            answer.completeExceptionally(failure);
            return;
        }
        Decision<? extends R> decision;
        try {
            decision = logic.apply(decided);
            if (!decision.records().isEmpty()) {
                append(decision);
            }
        } catch (StorageException e) {
            answer.completeExceptionally(fail(e));
            return;
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            return;
        }
        waiting.add(new Answer<>(answer, decision.response()));
        commitNext();
    }

    private void append(Decision<?> decision) {
        var delta = new MetadataDelta(decided);
        delta.applyAll(decision.records());
        long offset = metadataLog.append(decision.records(), clock.wallMs());
        decided = delta.image(offset);
        if (!delta.deletedTopics().isEmpty()) {
            deletedTopics.add(delta.deletedTopics());
        }
    }

    private void commitNext() {
        if (committing || waiting.isEmpty()) {
            return;
        }
        committing = true;
        List<Answer<?>> batch = waiting;
        waiting = new ArrayList<>();
        ClusterImage image = decided;
        if (image == published) {
            answer(batch);
            return;
        }
        Round round = new Round(image, batch, List.copyOf(deletedTopics));
        deletedTopics.clear();
        metadataLog.commit(image).whenComplete(round);
    }

    /** Everything decided by a moment: committed, told to the listeners one after the other, published and answered. */
    private final class Round implements BiConsumer<@Nullable Object, @Nullable Throwable>, Runnable {

        private final ClusterImage image;
        private final List<Answer<?>> answers;
        private final List<Set<String>> deleted;
        private boolean committed;
        private int told;
        private @Nullable Throwable error;

        Round(ClusterImage image, List<Answer<?>> answers, List<Set<String>> deleted) {
            this.image = image;
            this.answers = answers;
            this.deleted = deleted;
        }

        /** The step before is done. Any thread. */
        @Override
        public void accept(@Nullable Object done, @Nullable Throwable problem) {
            error = problem;
            lane.execute(this);
        }

        @Override
        public void run() {
            if (!committed) {
                if (error != null) {
                    failAll(answers, fail(error));
                    return;
                }
                committed = true;
                configs.follow(image);
                forgetConfigs(deleted);
            } else if (error != null) {
                log.error("A part of the broker failed to apply metadata offset={}", image.offset(), error);
            }
            tellNext();
        }

        private void tellNext() {
            if (told == listeners.size()) {
                published = image;
                applied = image;
                answer(answers);
            } else {
                tell(listeners.get(told++)).whenComplete(this);
            }
        }

        private CompletionStage<Void> tell(MetadataListener listener) {
            try {
                return listener.onImage(applied, image);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    private void answer(List<Answer<?>> batch) {
        committing = false;
        for (Answer<?> answer : batch) {
            answer.give();
        }
        commitNext();
    }

    private static void failAll(List<Answer<?>> batch, ApiException reason) {
        for (Answer<?> answer : batch) {
            answer.fail(reason);
        }
    }

    private void forgetConfigs(List<Set<String>> deleted) {
        for (Set<String> names : deleted) {
            names.forEach(configs::forget);
        }
    }

    /** Nothing is decided any more. Returns what requests are told. */
    private ApiException fail(Throwable cause) {
        Throwable root = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        if (root instanceof StorageException) {
            log.error("The metadata log failed; no metadata can change until a restart cause={}", root.getMessage());
        } else {
            log.error("The metadata log failed; no metadata can change until a restart", root);
        }
        var reason = new StorageException("metadata log: failed (expected: a working disk)", root);
        failure = reason;
        failAll(waiting, reason);
        waiting = new ArrayList<>();
        return reason;
    }

    /** An answer that waits for its records, or for those it was decided upon. */
    private record Answer<R>(CompletableFuture<R> stage, R response) {
        void give() {
            stage.complete(response);
        }

        void fail(Throwable error) {
            stage.completeExceptionally(error);
        }
    }
}
