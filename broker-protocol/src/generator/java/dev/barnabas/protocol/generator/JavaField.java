package dev.barnabas.protocol.generator;

/** The Java side of one field: its names, types, defaults and the expressions that read, write and compare it. */
final class JavaField {
    final Field field;
    final String name;
    private final Primitive primitive;

    JavaField(Field field) {
        this.field = field;
        this.name = Character.toLowerCase(field.name().charAt(0)) + field.name().substring(1);
        this.primitive = field.isStruct() ? null : Primitive.of(field.type());
        if (field.array() && primitive != null && (primitive == Primitive.BYTES || primitive == Primitive.RECORDS)) {
            throw new IllegalArgumentException(field.name() + ": []" + field.type() + " (expected: another element)");
        }
    }

    String setter() {
        return "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    boolean isNullable() {
        return !field.nullable().isEmpty() || isRecords();
    }

    boolean isRecords() {
        return primitive == Primitive.RECORDS;
    }

    private boolean isBytes() {
        return primitive == Primitive.BYTES;
    }

    private boolean isPlainStruct() {
        return field.isStruct() && !field.array();
    }

    /** Whether an absent struct is not even allocated: one that only ever travels as a tagged field. */
    boolean isLazy() {
        return isPlainStruct() && !isNullable() && field.tagged().containsAll(field.versions());
    }

    String type() {
        if (isBytes()) {
            return isNullable() ? "byte @Nullable []" : "byte[]";
        }
        return (isNullable() ? "@Nullable " : "") + plainType();
    }

    private String plainType() {
        String element = primitive == null ? field.type() : field.array() ? primitive.boxed : primitive.java;
        return field.array() ? "List<" + element + ">" : element;
    }

    /** The declaration of the Java field. */
    String declaration() {
        return "private " + (isLazy() ? "@Nullable " : "") + type() + " " + name + ";";
    }

    /** Whether the default is what Java gives a field anyway. */
    boolean startsAtDefault() {
        return resetValue().matches("null|false|0L?|0\\.0");
    }

    private String defaultLiteral() {
        if (field.defaultsToNull()) {
            return "null";
        }
        if (field.array()) {
            return "new ArrayList<>()";
        }
        return primitive == null ? "new " + field.type() + "()" : primitive.literal(field.defaultValue());
    }

    /** What the field holds in a new message, and where {@code read} finds that the version does not have it. */
    String resetValue() {
        return isLazy() ? "null" : defaultLiteral();
    }

    /** A condition that holds if the value is another than the default. */
    String isSet() {
        if (isLazy()) {
            return String.format("this.%s != null && !this.%s.equals(new %s())", name, name, field.type());
        }
        if (field.defaultsToNull()) {
            return "this." + name + " != null";
        }
        if (field.array()) {
            return (isNullable() ? "this." + name + " == null || " : "") + "!this." + name + ".isEmpty()";
        }
        if (isBytes()) {
            return (isNullable() ? "this." + name + " == null || " : "") + "this." + name + ".length != 0";
        }
        if (primitive == Primitive.BOOL) {
            return (defaultLiteral().equals("true") ? "!this." : "this.") + name;
        }
        if (primitive != null && primitive.isNumber()) {
            return "this." + name + " != " + defaultLiteral();
        }
        return "!" + (isNullable() ? "Objects.equals(" : "")
                + (isNullable() ? "this." + name + ", " : "this." + name + ".equals(") + defaultLiteral() + ")";
    }

    private String compact(String flexible) {
        return field.neverCompact() ? "false" : flexible;
    }

    /** The expression that reads the value from {@code in}. */
    String readExpression(boolean nullable, String flexible) {
        String compact = compact(flexible);
        String orNull = nullable ? "Nullable" : "";
        if (field.array()) {
            String length = "in.read" + orNull + "ArrayLength(" + compact + ")";
            if (primitive == null) {
                return field.type() + ".readList(in, " + length + ", version)";
            }
            return "in.read" + primitive.wire + "List(" + length + (primitive.hasLength() ? ", " + compact : "") + ")";
        }
        if (primitive == null) {
            String read = "new " + field.type() + "(in, version)";
            return nullable ? "in.readPresence() ? " + read + " : null" : read;
        }
        return "in.read" + orNull + primitive.wire + "(" + (primitive.hasLength() ? compact : "") + ")";
    }

    /** The statement that writes the value to {@code out}. */
    String writeStatement(boolean nullable, String flexible) {
        String compact = compact(flexible);
        String orNull = nullable ? "Nullable" : "";
        if (field.array()) {
            return primitive == null
                    ? String.format("%s.write%sList(out, this.%s, %s, version);", field.type(), orNull, name, compact)
                    : String.format("out.write%s%sList(this.%s, %s);", orNull, primitive.wire, name, compact);
        }
        if (primitive == null) {
            return nullable
                    ? String.format("if (out.writePresence(this.%s)) this.%s.write(out, version);", name, name)
                    : String.format("this.%s.write(out, version);", name);
        }
        String length = primitive.hasLength() ? ", " + compact : "";
        return String.format("out.write%s%s(this.%s%s);", orNull, primitive.wire, name, length);
    }

    /** The getter's body. */
    String getter() {
        return isLazy()
                ? String.format("if (%s == null) %s = new %s(); return %s;", name, name, field.type(), name)
                : "return " + name + ";";
    }

    private String value(String owner) {
        return isLazy() ? owner + name + "()" : owner + name;
    }

    String equalsExpression() {
        if (primitive != null && !field.array()) {
            if (primitive == Primitive.FLOAT64) {
                return String.format("Double.compare(%s, o.%s) == 0", name, name);
            }
            if (primitive.isNumber() || primitive == Primitive.BOOL) {
                return String.format("%s == o.%s", name, name);
            }
            if (isBytes()) {
                return String.format("Arrays.equals(%s, o.%s)", name, name);
            }
            if (isRecords()) {
                return String.format("sameBytes(%s, o.%s)", name, name);
            }
        }
        return String.format("Objects.equals(%s, %s)", value(""), value("o."));
    }

    String hashArgument() {
        return isBytes() ? "Arrays.hashCode(" + name + ")" : isRecords() ? "size(" + name + ")" : value("");
    }

    String textArgument() {
        return isBytes() || isRecords() ? "size(" + name + ") + \" bytes\"" : value("");
    }
}
