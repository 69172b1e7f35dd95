package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.controller.ControllerGateway.ProducerIdBlock;
import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.ProducerIdsRecord;
import java.util.List;

/** Decides which producer ids a broker may give out (KIP-730). Pure. */
final class ProducerIds {

    /** Ids in one block; Kafka's number. */
    static final int BLOCK_SIZE = 1_000;

    private final int brokerId;

    ProducerIds(int brokerId) {
        this.brokerId = brokerId;
    }

    Decision<ProducerIdBlock> decide(ClusterImage image) {
        long first = image.nextProducerId();
        if (first > Long.MAX_VALUE - BLOCK_SIZE) {
            throw new IllegalStateException("producer ids: used up (expected: below " + Long.MAX_VALUE + ")");
        }
        BrokerImage broker = image.brokers().get(brokerId);
        var record = new ProducerIdsRecord()
                .setBrokerId(brokerId)
                .setBrokerEpoch(broker == null ? -1 : broker.epoch())
                .setNextProducerId(first + BLOCK_SIZE);
        return new Decision<>(
                List.of(MetadataRecord.of(MetadataRecordType.PRODUCER_IDS_RECORD, record)),
                new ProducerIdBlock(first, BLOCK_SIZE));
    }
}
