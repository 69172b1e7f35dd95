package dev.barnabas.broker.internal.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.barnabas.broker.internal.config.BrokerSettings;
import dev.barnabas.broker.internal.config.LiveConfigs;
import dev.barnabas.broker.internal.exec.ManualClock;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.FetchRequest;
import dev.barnabas.protocol.message.FetchRequest.FetchPartition;
import dev.barnabas.protocol.message.FetchRequest.FetchTopic;
import dev.barnabas.protocol.message.FetchResponse.PartitionData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {

    private static final int VERSION = 12;
    private static final int PARTITIONS_MAX = 10;

    private final FetchSessions sessions = new FetchSessions(
            new LiveConfigs(BrokerSettings.of(Map.of()), 0, ClusterImage.empty("cluster")),
            new ManualClock(),
            PARTITIONS_MAX);

    @Test
    void noSessionIsOpenedBeyondThePartitionsOfAll() {
        assertThat(open(0, 6)).isPositive();
        assertThat(open(0, 6)).isZero();
        assertThat(open(0, 4)).isPositive();
        assertThat(open(0, 1)).isZero();
        assertThat(sessions.count()).isEqualTo(2);
    }

    @Test
    void aSessionThatGrowsBeyondThemEndsAndMakesRoomForOthers() {
        open(0, 6);
        int growing = open(0, 3);
        FetchContext grown = sessions.begin(request(growing, 1, 3, 1), VERSION, false);
        assertThat(grown.targets()).hasSize(4);
        grown.complete(new PartitionData[4]);

        var error = catchThrowableOfType(
                ApiException.class, () -> sessions.begin(request(growing, 2, 4, 1), VERSION, false));

        assertThat(error.error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(sessions.count()).isEqualTo(1);
        assertThat(open(0, 4)).isPositive();
    }

    private int open(int firstPartition, int count) {
        FetchContext context = sessions.begin(request(0, 0, firstPartition, count), VERSION, false);
        return context.complete(new PartitionData[count]);
    }

    private static FetchRequest request(int session, int epoch, int firstPartition, int count) {
        var topic = new FetchTopic().setTopic("orders");
        for (int i = 0; i < count; i++) {
            topic.partitions().add(new FetchPartition().setPartition(firstPartition + i));
        }
        return new FetchRequest().setSessionId(session).setSessionEpoch(epoch).setTopics(List.of(topic));
    }
}
