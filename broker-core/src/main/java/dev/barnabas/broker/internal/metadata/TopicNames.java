package dev.barnabas.broker.internal.metadata;

import org.jspecify.annotations.Nullable;

/** What a topic may be called. */
public final class TopicNames {

    /** The longest name, so that a partition's directory fits a file name. */
    public static final int LENGTH_MAX = 249;

    private TopicNames() {}

    /** What is wrong with the name; null if nothing is. */
    public static @Nullable String problem(String name) {
        if (name.isEmpty()) {
            return "topic name: empty (expected: 1-" + LENGTH_MAX + " characters)";
        }
        if (name.equals(".") || name.equals("..")) {
            return "topic name: " + name + " (expected: neither . nor ..)";
        }
        if (name.length() > LENGTH_MAX) {
            return "topic name: " + name.length() + " characters (expected: at most " + LENGTH_MAX + ")";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "topic name: " + name + " (expected: letters, digits, '.', '_' and '-')";
            }
        }
        return null;
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** Whether the name has a character that metric names confuse with another. */
    static boolean canCollide(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    /** Equal for names that metrics could not tell apart. */
    static String collisionKey(String name) {
        return name.replace('.', '_');
    }
}
