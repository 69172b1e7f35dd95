package dev.barnabas.protocol;

/**
 * Consecutive versions of an API.
 *
 * @param min the lowest, inclusive
 * @param max the highest, inclusive
 */
public record VersionRange(int min, int max) {

    /** @throws IllegalArgumentException if {@code min} is negative or above {@code max} */
    public VersionRange {
        if (min < 0 || min > max) {
            throw new IllegalArgumentException("versions: " + min + "-" + max + " (expected: 0 <= min <= max)");
        }
    }

    /** Whether {@code version} is one of these. */
    public boolean contains(int version) {
        return version >= min && version <= max;
    }

    @Override
    public String toString() {
        return min == max ? Integer.toString(min) : min + "-" + max;
    }
}
