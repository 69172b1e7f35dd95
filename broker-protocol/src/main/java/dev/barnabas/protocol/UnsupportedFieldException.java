package dev.barnabas.protocol;

/** A field holds a value that the version being written cannot carry and may not drop. */
public class UnsupportedFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param field class and field, {@code ProduceRequest.transactionalId}
     * @param version the version being written
     */
    public UnsupportedFieldException(String field, int version) {
        super(field + ": a value (expected: none that version " + version + " cannot carry)");
    }
}
