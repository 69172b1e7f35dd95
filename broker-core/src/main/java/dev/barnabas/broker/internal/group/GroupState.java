package dev.barnabas.broker.internal.group;

import java.util.Locale;

/** The states of a classic group; {@link ClassicGroup} draws how they follow each other. */
enum GroupState {
    /** No members; offsets may be left. */
    EMPTY("Empty"),
    /** Members are asked to join again. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** All have joined; the leader's assignment is awaited. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member can have its assignment. */
    STABLE("Stable"),
    /** Gone; only ever seen in answers about groups that do not exist. */
    DEAD("Dead");

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    /** Whether {@code filter}, in whatever case, names this state. */
    boolean matches(String filter) {
        return label.toLowerCase(Locale.ROOT).equals(filter.trim().toLowerCase(Locale.ROOT));
    }

    /** Kafka's name of the state. */
    @Override
    public String toString() {
        return label;
    }
}
