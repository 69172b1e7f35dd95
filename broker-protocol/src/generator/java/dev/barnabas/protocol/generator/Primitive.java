package dev.barnabas.protocol.generator;

import java.util.Locale;

/** How one of the schemas' primitive types looks in Java. */
enum Primitive {
    BOOL("boolean", "Boolean", "Boolean"),
    INT8("byte", "Byte", "Int8"),
    INT16("short", "Short", "Int16"),
    UINT16("int", "Integer", "UnsignedInt16"),
    INT32("int", "Integer", "Int32"),
    UINT32("long", "Long", "UnsignedInt32"),
    INT64("long", "Long", "Int64"),
    FLOAT64("double", "Double", "Float64"),
    UUID("Uuid", "Uuid", "Uuid"),
    STRING("String", "String", "String"),
    BYTES("byte[]", "byte[]", "Bytes"),
    RECORDS("Records", "Records", "Records");

    /** The Java type of a field. */
    final String java;
    /** The Java type of a list's element. */
    final String boxed;
    /** What the methods of WireReader and WireWriter call it, after {@code read} and {@code write}. */
    final String wire;

    Primitive(String java, String boxed, String wire) {
        this.java = java;
        this.boxed = boxed;
        this.wire = wire;
    }

    static Primitive of(String schemaType) {
        return valueOf(schemaType.toUpperCase(Locale.ROOT));
    }

    /** Whether its length precedes it, compact or plain. */
    boolean hasLength() {
        return this == STRING || this == BYTES || this == RECORDS;
    }

    boolean isNumber() {
        return ordinal() >= INT8.ordinal() && ordinal() <= FLOAT64.ordinal();
    }

    /** The Java expression of a schema's default; {@code text} is empty if the schema names none. */
    String literal(String text) {
        return switch (this) {
            case BOOL -> text.isEmpty() ? "false" : text;
            case INT8, INT16 -> number(text) < 0 ? "(" + java + ") " + number(text) : "" + number(text);
            case UINT16, INT32 -> "" + number(text);
            case UINT32, INT64 -> number(text) + "L";
            case FLOAT64 -> "" + (text.isEmpty() ? 0.0 : Double.parseDouble(text));
            case UUID -> "Uuid.ZERO";
            case STRING -> "\"" + text + "\"";
            case BYTES -> "EMPTY_BYTES";
            case RECORDS -> "null";
        };
    }

    private static long number(String text) {
        return text.isEmpty() ? 0 : Long.decode(text);
    }
}
