package dev.barnabas.protocol.wire;

/** A message whose lists hold more elements than its reader is to read. */
public final class TooManyElementsException extends MalformedMessageException {
    private static final long serialVersionUID = 1L;

    private final int elements;

    TooManyElementsException(String message, int elements) {
        super(message);
        this.elements = elements;
    }

    /** How many elements it has at least. */
    public int elements() {
        return elements;
    }
}
