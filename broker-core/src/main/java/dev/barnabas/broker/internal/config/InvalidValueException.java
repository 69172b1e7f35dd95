package dev.barnabas.broker.internal.config;

/** A property was given a value outside its type or range. */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidValueException(String name, String value, String expected) {
        super(name + ": " + value + " (expected: " + expected + ")");
    }

    public InvalidValueException(String message) {
        super(message);
    }
}
