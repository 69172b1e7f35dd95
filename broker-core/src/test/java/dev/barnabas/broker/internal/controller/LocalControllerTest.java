package dev.barnabas.broker.internal.controller;

import static dev.barnabas.broker.internal.controller.TestControlPlane.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.metadata.InternalTopics;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.protocol.message.CreateTopicsRequest;
import dev.barnabas.storage.file.DiskFileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalControllerTest {

    private final List<MetadataImage> seen = new ArrayList<>();
    private CompletableFuture<Void> applied = CompletableFuture.completedFuture(null);

    private CompletableFuture<Void> apply(MetadataImage before, MetadataImage now) {
        seen.add(now);
        return applied;
    }

    private static CreateTopicsRequest create(String name) {
        return new CreateTopicsRequest().setTopics(List.of(topic(name, 1)));
    }

    @Test
    void anAnswerWaitsUntilEveryListenerHasAppliedTheImage() {
        try (var control = new TestControlPlane(Map.of(), this::apply)) {
            var gate = new CompletableFuture<Void>();
            applied = gate;
            var request = create("a");
            var answer = control.plane
                    .controller()
                    .forward(request, 7, new TestContext(request, 7))
                    .toCompletableFuture();

            assertThat(seen.get(seen.size() - 1).topic("a")).isNotNull();
            assertThat(answer).isNotDone();
            assertThat(control.image().topic("a")).isNull();

            gate.complete(null);
            assertThat(answer).isCompleted();
            assertThat(control.image().topic("a")).isNotNull();
        }
    }

    @Test
    void aListenerAlreadyReadsTheNewConfigs() {
        var retention = new ArrayList<Object>();
        var control = new TestControlPlane[1];
        try (var plane = new TestControlPlane(Map.of(), (before, now) -> {
            if (now.topic("a") != null) {
                retention.add(control[0].plane.configs().topic("a", "retention.ms"));
            }
            return CompletableFuture.completedFuture(null);
        })) {
            control[0] = plane;
            plane.create(topic("a", 1, "retention.ms", "5000"));
        }
        assertThat(retention).containsExactly(5000L);
    }

    @Test
    void requestsThatComeWhileTheDiskIsBusyAreCommittedTogether(@TempDir Path directory) throws Exception {
        try (var control = new TestControlPlane(new DiskFileSystem(directory), true, Map.of(), this::apply)) {
            int before = seen.size();
            var answers = new ArrayList<CompletableFuture<?>>();
            for (int i = 0; i < 10; i++) {
                var request = create("t" + i);
                answers.add(control.plane
                        .controller()
                        .forward(request, 7, new TestContext(request, 7))
                        .toCompletableFuture());
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer).isNotDone());

            assertThat(control.lanes.runBlocking()).isEqualTo(2);

            assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
            assertThat(seen).hasSize(before + 2);
        }
    }

    @Test
    void anInternalTopicIsCreatedOnceAsItsCoordinatorNeedsIt() {
        try (var control = new TestControlPlane(Map.of())) {
            control.await(control.plane.controller().ensureInternalTopic(InternalTopics.CONSUMER_OFFSETS));
            var first = control.image().topic(InternalTopics.CONSUMER_OFFSETS);
            control.await(control.plane.controller().ensureInternalTopic(InternalTopics.CONSUMER_OFFSETS));

            assertThat(control.image().topic(InternalTopics.CONSUMER_OFFSETS)).isSameAs(first);
            assertThat(first.partitions()).hasSize(50);
            assertThat(first.internal()).isTrue();
            assertThat(control.image().topicConfigs(InternalTopics.CONSUMER_OFFSETS))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "cleanup.policy", "compact", "compression.type", "producer", "segment.bytes", "1048576"));
        }
    }

    @Test
    void producerIdsAreGivenOutInBlocksThatDoNotOverlap() {
        try (var control = new TestControlPlane(Map.of())) {
            var gateway = control.plane.controller();

            assertThat(control.await(gateway.allocateProducerIds()))
                    .isEqualTo(new ControllerGateway.ProducerIdBlock(0, 1000));
            assertThat(control.await(gateway.allocateProducerIds()))
                    .isEqualTo(new ControllerGateway.ProducerIdBlock(1000, 1000));
        }
    }
}
