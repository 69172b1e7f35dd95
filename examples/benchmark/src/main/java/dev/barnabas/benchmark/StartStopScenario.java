package dev.barnabas.benchmark;

/** The process from its launch to its first answer, and from SIGTERM to its end; what it holds while idle. */
final class StartStopScenario implements Scenario {

    @Override
    public String name() {
        return "start-stop";
    }

    @Override
    public Figures run(BrokerProcess broker) throws Exception {
        return Figures.of(
                Metric.cost("start", "s", broker.startSeconds()),
                Metric.cost("CPU to start", "s", broker.cpuSeconds()),
                Metric.cost("resident", "MB", broker.residentBytes() / 1e6),
                Metric.cost("threads", "", (double) broker.threads()),
                Metric.cost("stop", "s", broker.stop()));
    }
}
