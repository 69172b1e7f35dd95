package dev.barnabas.broker.internal.net;

/**
 * The front end's limits, as they are from its start to its end.
 *
 * @param frameBytesMax longest request ({@code socket.request.max.bytes})
 * @param requestBytesMax bound on the frames of all connections together ({@code queued.max.request.bytes})
 * @param responseBytesMax bound on the long responses of all connections that their peers have not taken
 * @param inFlightMax requests of one connection that may be unanswered at the same time
 * @param idleMs after how long without a request a connection is closed ({@code connections.max.idle.ms}); negative: never
 * @param rateSamples of how many samples a rate is measured ({@code quota.window.num})
 * @param rateSampleMs how long each is ({@code quota.window.size.seconds})
 * @param backlog connections that may wait to be accepted ({@code socket.listen.backlog.size})
 */
public record FrontEndSettings(
        int frameBytesMax,
        long requestBytesMax,
        long responseBytesMax,
        int inFlightMax,
        long idleMs,
        int rateSamples,
        long rateSampleMs,
        int backlog) {}
