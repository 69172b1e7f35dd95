package dev.barnabas.protocol.generator;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of versions of one message.
 *
 * @param mask bit {@code v} is set if version {@code v} is in the set; versions 0 to 62
 */
record Versions(long mask) {
    static final Versions NONE = new Versions(0);
    static final int MAX = 62;

    /** Parses {@code "none"}, {@code "3"}, {@code "3-5"} or {@code "3+"}. */
    static Versions parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        if (text.endsWith("+")) {
            return range(Integer.parseInt(text.substring(0, text.length() - 1)), MAX);
        }
        int dash = text.indexOf('-');
        return dash < 0
                ? range(Integer.parseInt(text), Integer.parseInt(text))
                : range(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }

    static Versions range(int lowest, int highest) {
        long mask = 0;
        for (int v = lowest; v <= highest; v++) {
            mask |= 1L << v;
        }
        return new Versions(mask);
    }

    Versions and(Versions other) {
        return new Versions(mask & other.mask);
    }

    Versions or(Versions other) {
        return new Versions(mask | other.mask);
    }

    Versions minus(Versions other) {
        return new Versions(mask & ~other.mask);
    }

    boolean isEmpty() {
        return mask == 0;
    }

    boolean contains(int version) {
        return (mask >>> version & 1) != 0;
    }

    boolean containsAll(Versions other) {
        return (other.mask & ~mask) == 0;
    }

    int lowest() {
        return Long.numberOfTrailingZeros(mask);
    }

    int highest() {
        return 63 - Long.numberOfLeadingZeros(mask);
    }

    /**
     * A Java condition over the local variable {@code version} that holds for exactly this set, given that the version
     * is one of {@code context}: {@code "true"}, {@code "false"} or a comparison.
     */
    String condition(Versions context) {
        Versions inside = and(context);
        if (inside.isEmpty()) {
            return "false";
        }
        if (inside.equals(context)) {
            return "true";
        }
        List<String> parts = new ArrayList<>();
        int v = context.lowest();
        while (v <= context.highest()) {
            if (!inside.contains(v)) {
                v++;
                continue;
            }
            int start = v;
            while (v <= context.highest() && (inside.contains(v) || !context.contains(v))) {
                v++;
            }
            parts.add(comparison(start, v - 1, context));
        }
        return parts.size() == 1 ? parts.get(0) : "(" + String.join(" || ", parts) + ")";
    }

    private static String comparison(int first, int last, Versions context) {
        boolean open = last >= context.highest();
        boolean fromStart = first <= context.lowest();
        if (open) {
            return "version >= " + first;
        }
        if (fromStart) {
            return "version <= " + last;
        }
        return first == last ? "version == " + first : "(version >= " + first + " && version <= " + last + ")";
    }

    @Override
    public String toString() {
        if (isEmpty()) {
            return "none";
        }
        return lowest() == highest() ? "" + lowest() : lowest() + (highest() == MAX ? "+" : "-" + highest());
    }
}
