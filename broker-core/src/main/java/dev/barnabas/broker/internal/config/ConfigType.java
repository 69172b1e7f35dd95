package dev.barnabas.broker.internal.config;

import java.util.List;
import java.util.Locale;

/** The types of Kafka's properties, with the numbers that DescribeConfigs (v3+) gives them. */
public enum ConfigType {
    /** Of a name that no property of Kafka's has, as a plug-in's: kept as a {@link String} and, as a secret could be in it, never shown. */
    UNKNOWN(0),
    /** {@code true} or {@code false}, in any case: {@link Boolean}. */
    BOOLEAN(1),
    STRING(2),
    INT(3),
    SHORT(4),
    LONG(5),
    DOUBLE(6),
    /** Values between commas: {@code List<String>}. */
    LIST(7),
    /** A class name, kept as a {@link String}: nothing is loaded by it. */
    CLASS(8),
    /** A secret, kept as a {@link String} and never shown. */
    PASSWORD(9);

    private final byte id;

    ConfigType(int id) {
        this.id = (byte) id;
    }

    /** Number in DescribeConfigs responses. */
    public byte id() {
        return id;
    }

    /**
     * The value that {@code text} stands for.
     *
     * @throws InvalidValueException if it stands for none
     */
    public Object parse(String name, String text) {
        String trimmed = text.trim();
        try {
            return switch (this) {
                case BOOLEAN -> parseBoolean(trimmed);
                case UNKNOWN, STRING, CLASS, PASSWORD -> trimmed;
                case INT -> Integer.valueOf(trimmed);
                case SHORT -> Short.valueOf(trimmed);
                case LONG -> Long.valueOf(trimmed);
                case DOUBLE -> Double.valueOf(trimmed);
                case LIST -> parseList(trimmed);
            };
        } catch (NumberFormatException e) {
            throw new InvalidValueException(name, text, name().toLowerCase(Locale.ROOT));
        }
    }

    private static Boolean parseBoolean(String text) {
        if (text.equalsIgnoreCase("true")) {
            return Boolean.TRUE;
        }
        if (text.equalsIgnoreCase("false")) {
            return Boolean.FALSE;
        }
        throw new NumberFormatException(text);
    }

    private static List<String> parseList(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*", -1));
    }

    /** How {@code value} is written in a DescribeConfigs response. */
    public static String format(Object value) {
        if (value instanceof List<?> list) {
            var text = new StringBuilder();
            for (Object element : list) {
                text.append(text.isEmpty() ? "" : ",").append(element);
            }
            return text.toString();
        }
        return value.toString();
    }
}
