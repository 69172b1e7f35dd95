package dev.barnabas.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario in rounds: every contender once a round, each on a fresh broker, and the raw floor with the traffic of
 * that round. Who goes first alternates.
 */
final class Rounds {

    private final Installation installation;
    private final List<Contender> contenders;
    private final int rounds;
    private final @Nullable Instrument instrument;

    /** @param instrument looks into Barnabas; null for none */
    Rounds(Installation installation, List<Contender> contenders, int rounds, @Nullable Instrument instrument) {
        this.installation = installation;
        this.contenders = contenders;
        this.rounds = rounds;
        this.instrument = instrument;
    }

    Comparison run(Scenario scenario) throws Exception {
        var comparison = new Comparison(scenario.name());
        for (int round = 0; round < rounds; round++) {
            List<Contender> order = new ArrayList<>(contenders);
            if (round % 2 == 1) {
                Collections.reverse(order);
            }
            for (Contender contender : order) {
                run(scenario, contender, comparison);
            }
        }
        return comparison;
    }

    private void run(Scenario scenario, Contender contender, Comparison comparison) throws Exception {
        Floor floor;
        try (BrokerProcess broker = BrokerProcess.start(contender, installation, scenario.settings())) {
            if (instrument != null && contender == Contender.BARNABAS) {
                broker.observeWith(instrument);
            }
            Figures figures = run(scenario, contender, broker);
            comparison.add(contender, figures.metrics());
            floor = figures.floor();
        }
        if (floor != null && contender == Contender.BARNABAS) {
            comparison.addFloor(floor.measure(installation));
        }
    }

    private static Figures run(Scenario scenario, Contender contender, BrokerProcess broker) throws Exception {
        try {
            return scenario.run(broker);
        } catch (Exception e) {
            throw new IllegalStateException(
                    scenario.name() + " with " + contender + ", whose log ends:\n" + broker.logTail(), e);
        }
    }
}
