package dev.barnabas.broker.internal.metadata;

import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.message.RegisterBrokerRecord;
import java.util.Collections;

/**
 * A broker as it registered, fenced ones included.
 *
 * @param record the registration, with changes of fencing folded in; not to be modified
 */
record BrokerRegistration(RegisterBrokerRecord record) {

    int id() {
        return record.brokerId();
    }

    long epoch() {
        return record.brokerEpoch();
    }

    Uuid incarnationId() {
        return record.incarnationId();
    }

    boolean fenced() {
        return record.fenced();
    }

    BrokerImage image() {
        var endpoints = new java.util.LinkedHashMap<String, BrokerImage.Endpoint>();
        for (var endpoint : record.endPoints()) {
            endpoints.put(endpoint.name(), new BrokerImage.Endpoint(endpoint.host(), endpoint.port()));
        }
        return new BrokerImage(id(), epoch(), Collections.unmodifiableMap(endpoints), record.rack());
    }

    BrokerRegistration withFenced(boolean fenced, boolean inControlledShutdown) {
        return new BrokerRegistration(new RegisterBrokerRecord()
                .setBrokerId(record.brokerId())
                .setIsMigratingZkBroker(record.isMigratingZkBroker())
                .setIncarnationId(record.incarnationId())
                .setBrokerEpoch(record.brokerEpoch())
                .setEndPoints(record.endPoints())
                .setFeatures(record.features())
                .setRack(record.rack())
                .setFenced(fenced)
                .setInControlledShutdown(inControlledShutdown)
                .setLogDirs(record.logDirs())
                .setCordonedLogDirs(record.cordonedLogDirs()));
    }
}
