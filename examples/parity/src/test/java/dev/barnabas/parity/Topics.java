package dev.barnabas.parity;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Creates topics through the admin client so that whoever comes next can use them, on Apache Kafka as well. */
final class Topics {
    private static final long SECONDS_MAX = 30;

    private Topics() {}

    /**
     * Returns when every partition answers. Apache Kafka's controller says that a topic is created before its broker has
     * heard of it. The admin client repeats a question for a partition's end until the broker knows the topic and leads the
     * partition, and a broker puts a topic into its metadata before it leads its partitions.
     */
    static void create(Admin admin, Collection<NewTopic> topics) throws Exception {
        admin.createTopics(topics).all().get(SECONDS_MAX, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        admin.listOffsets(ends).all().get(SECONDS_MAX, TimeUnit.SECONDS);
    }
}
