package dev.barnabas.benchmark;

import java.util.List;

/** The process from its launch to its first answer, and from SIGTERM to its end; what it holds while idle. */
final class StartStopScenario implements Scenario {

    @Override
    public String name() {
        return "start-stop";
    }

    @Override
    public List<Metric> run(BrokerProcess broker) throws Exception {
        double cpu = broker.cpuSeconds();
        double resident = broker.residentBytes() / 1e6;
        long threads = broker.threads();
        return List.of(
                Metric.cost("start", "s", broker.startSeconds()),
                Metric.cost("CPU to start", "s", cpu),
                Metric.cost("resident", "MB", resident),
                Metric.cost("threads", "", threads),
                Metric.cost("stop", "s", broker.stop()));
    }
}
