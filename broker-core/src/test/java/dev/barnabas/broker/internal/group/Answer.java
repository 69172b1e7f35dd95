package dev.barnabas.broker.internal.group;

import java.util.function.Consumer;

/** The one answer to a request. */
final class Answer<T> implements Consumer<T> {

    private T value;

    @Override
    public void accept(T answer) {
        if (value != null) {
            throw new AssertionError("answered twice: " + value + ", then " + answer);
        }
        value = answer;
    }

    boolean isGiven() {
        return value != null;
    }

    T get() {
        if (value == null) {
            throw new AssertionError("not answered");
        }
        return value;
    }
}
