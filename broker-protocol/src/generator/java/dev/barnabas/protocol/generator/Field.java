package dev.barnabas.protocol.generator;

/**
 * One field of a struct.
 *
 * @param name as in the schema
 * @param type a primitive's name, or the name of a struct; of the elements if {@code array}
 * @param versions where the field exists
 * @param nullable where it may be null
 * @param tagged where it travels as a tagged field (KIP-482)
 * @param tag its tag, or -1
 * @param ignorable whether a version without the field may drop its value
 * @param defaultValue as in the schema; empty if the schema names none
 * @param neverCompact whether it keeps its plain form in flexible versions (the client id of request header 2)
 */
record Field(
        String name,
        String type,
        boolean array,
        Versions versions,
        Versions nullable,
        Versions tagged,
        int tag,
        boolean ignorable,
        String defaultValue,
        boolean neverCompact) {

    boolean isStruct() {
        return Character.isUpperCase(type.charAt(0));
    }

    boolean defaultsToNull() {
        return defaultValue.equals("null") || type.equals("records");
    }

    /** This field where {@code context} allows it. */
    Field within(Versions context) {
        return with(versions.and(context), nullable.and(context), tagged.and(context), tag);
    }

    Field with(Versions versions, Versions nullable, Versions tagged, int tag) {
        return new Field(name, type, array, versions, nullable, tagged, tag, ignorable, defaultValue, neverCompact);
    }

    Field withType(String type) {
        return new Field(name, type, array, versions, nullable, tagged, tag, ignorable, defaultValue, neverCompact);
    }
}
