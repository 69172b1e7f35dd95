package dev.barnabas.protocol.generator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the class of one message: its fields, {@code read} and {@code write} for all versions, nested structs. */
final class MessageWriter {
    private final Schema schema;
    private final Map<String, Versions> structVersions;
    private final Source out = new Source();

    MessageWriter(Schema schema) {
        this.schema = schema;
        this.structVersions = schema.structVersions();
    }

    Source write() {
        out.line("package dev.barnabas.protocol.message;").line("");
        for (String imported : List.of(
                "dev.barnabas.protocol.ApiKey",
                "dev.barnabas.protocol.ApiMessage",
                "dev.barnabas.protocol.Message",
                "dev.barnabas.protocol.UnsupportedFieldException",
                "dev.barnabas.protocol.Uuid",
                "dev.barnabas.protocol.record.Records",
                "dev.barnabas.protocol.wire.Struct",
                "dev.barnabas.protocol.wire.WireReader",
                "dev.barnabas.protocol.wire.WireWriter",
                "java.util.ArrayList",
                "java.util.Arrays",
                "java.util.List",
                "java.util.Objects",
                "org.jspecify.annotations.Nullable")) {
            out.line("import " + imported + ";");
        }
        out.line("");
        out.line("/** %s. Versions %s, flexible versions %s. */", title(), schema.versions(), flexibleText());
        boolean api = schema.isRequest() || schema.isResponse();
        out.line("public final class %s extends Struct implements %s {", schema.name(), api ? "ApiMessage" : "Message");
        out.line(
                "public static final int LOWEST_VERSION = %d;",
                schema.versions().lowest());
        out.line(
                "public static final int HIGHEST_VERSION = %d;",
                schema.versions().highest());
        if (!api && schema.apiKey() >= 0) {
            out.line("/** The number that announces this type of record. */");
            out.line("public static final short TYPE = %d;", schema.apiKey());
        }
        out.line("@Override public int lowestVersion() { return LOWEST_VERSION; }");
        out.line("@Override public int highestVersion() { return HIGHEST_VERSION; }");
        if (api) {
            out.line("@Override public ApiKey apiKey() { return ApiKey.%s; }", ApiKeyWriter.constant(schema));
        }
        writeStruct(schema.name(), schema.fields(), schema.versions(), true);
        structVersions.forEach((name, versions) -> {
            out.line("");
            out.line("/** Versions %s. */", versions);
            out.line("public static final class %s extends Struct {", name);
            writeStruct(name, schema.structs().get(name), versions, false);
            writeListMethods(name);
            out.line("}");
        });
        out.line("}");
        return out;
    }

    private String title() {
        String type = schema.type().replace('-', ' ');
        String title = Character.toUpperCase(type.charAt(0)) + type.substring(1);
        return schema.apiKey() < 0 ? title : title + " " + schema.apiKey();
    }

    private String flexibleText() {
        return schema.flexible().and(schema.versions()).toString();
    }

    private void writeStruct(String name, List<Field> fields, Versions context, boolean top) {
        List<JavaField> members = new ArrayList<>();
        for (Field field : fields) {
            Field here = field.within(context);
            if (!here.versions().isEmpty()) {
                members.add(new JavaField(here));
            }
        }
        for (JavaField member : members) {
            out.line(member.declaration());
        }
        writeConstructors(members, top, name);
        for (JavaField member : members) {
            out.line("/** Versions %s%s. */", member.field.versions(), nullableText(member.field));
            out.line("public %s %s() { %s }", member.type(), member.name, member.getter());
            out.line(
                    "public %s %s(%s value) { this.%s = value; return this; }",
                    name, member.setter(), member.type(), member.name);
        }
        writeRead(members, context, top, name);
        writeWrite(members, context, top, name);
        writeObjectMethods(members, name);
    }

    private static String nullableText(Field field) {
        String nullable = field.nullable().isEmpty()
                ? ""
                : field.nullable().equals(field.versions()) ? ", nullable" : ", nullable in " + field.nullable();
        return nullable + (field.tagged().isEmpty() ? "" : ", tag " + field.tag() + " in " + field.tagged());
    }

    /** The one that reads sets every field itself, and so makes no default values that it would only replace. */
    private void writeConstructors(List<JavaField> members, boolean top, String name) {
        out.line("/** Every field at its default. */");
        out.line("public %s() {", name);
        members.stream()
                .filter(member -> !member.startsAtDefault())
                .forEach(member -> out.line("this.%s = %s;", member.name, member.resetValue()));
        out.line("}");
        if (!top) {
            out.line("private %s(WireReader in, int version) { read(in, version); }", name);
        }
    }

    private void writeRead(List<JavaField> members, Versions context, boolean top, String name) {
        out.line("%s void read(WireReader in, int version) {", top ? "@Override public" : "private");
        if (top) {
            out.line("checkVersion(version, LOWEST_VERSION, HIGHEST_VERSION);");
        }
        String flexible = declareFlexible(context);
        for (JavaField member : members) {
            Versions positional = member.field.versions().minus(member.field.tagged());
            String condition = positional.condition(context);
            String read = condition.equals("false") ? "" : readExpression(member, positional, flexible);
            String reset = member.resetValue();
            boolean single = condition.equals("true");
            String value = condition.equals("false")
                    ? reset
                    : single ? read : condition + " ? " + parenthesised(read) + " : " + reset;
            out.line("this.%s = %s;", member.name, value);
        }
        readTagged(members, context, flexible);
        out.line("}");
    }

    private static String parenthesised(String expression) {
        return expression.contains(" ? ") ? "(" + expression + ")" : expression;
    }

    /** Declares the local variable {@code flexible} if its value depends on the version. */
    private String declareFlexible(Versions context) {
        String condition = schema.flexible().condition(context);
        if (condition.equals("true") || condition.equals("false")) {
            return condition;
        }
        out.line("boolean flexible = %s;", condition);
        return "flexible";
    }

    private static String readExpression(JavaField member, Versions positional, String flexible) {
        String nullable = member.field.nullable().condition(positional);
        return switch (nullable) {
            case "true" -> member.readExpression(true, flexible);
            case "false" -> member.readExpression(false, flexible);
            default ->
                nullable + " ? " + parenthesised(member.readExpression(true, flexible)) + " : "
                        + member.readExpression(false, flexible);
        };
    }

    private static List<JavaField> tagged(List<JavaField> members) {
        return members.stream()
                .filter(member -> !member.field.tagged().isEmpty())
                .sorted(Comparator.comparingInt(member -> member.field.tag()))
                .toList();
    }

    private void readTagged(List<JavaField> members, Versions context, String flexible) {
        if (flexible.equals("false")) {
            return;
        }
        List<JavaField> tagged = tagged(members);
        boolean conditional = flexible.equals("flexible");
        if (tagged.isEmpty()) {
            out.line(
                    "this.unknownTaggedFields = %sin.readUnknownTaggedFields()%s;",
                    conditional ? "flexible ? " : "", conditional ? " : null" : "");
            return;
        }
        out.line("this.unknownTaggedFields = null;");
        out.line(conditional ? "if (flexible) {" : "{");
        out.line("for (int left = in.readUnsignedVarint(); left != 0; left--) {");
        out.line("int tag = in.readUnsignedVarint();");
        out.line("int end = in.readTaggedFieldEnd();");
        out.line("switch (tag) {");
        for (JavaField member : tagged) {
            String has = member.field.tagged().condition(context.and(schema.flexible()));
            String unknown = has.equals("true")
                    ? ""
                    : "if (!(" + has + ")) { addUnknownTaggedField(tag, in.readRemainder(end)); break; } ";
            out.line(
                    "case %d: %sthis.%s = %s; break;",
                    member.field.tag(), unknown, member.name, readExpression(member, member.field.tagged(), "true"));
        }
        out.line("default: addUnknownTaggedField(tag, in.readRemainder(end));");
        out.line("}");
        out.line("in.checkTaggedFieldEnd(end);");
        out.line("}");
        out.line("}");
    }

    private void writeWrite(List<JavaField> members, Versions context, boolean top, String name) {
        out.line("%s void write(WireWriter out, int version) {", top ? "@Override public" : "private");
        if (top) {
            out.line("checkVersion(version, LOWEST_VERSION, HIGHEST_VERSION);");
        }
        String flexible = declareFlexible(context);
        for (JavaField member : members) {
            Versions positional = member.field.versions().minus(member.field.tagged());
            String condition = positional.condition(context);
            if (!condition.equals("false")) {
                String write = writeStatement(member, positional, flexible, name);
                out.line(condition.equals("true") ? write : "if (" + condition + ") { " + write + " }");
            }
            Versions absent = context.minus(member.field.versions());
            if (!absent.isEmpty() && !member.field.ignorable()) {
                String where = absent.condition(context);
                out.line(
                        "if (%s && (%s)) throw new UnsupportedFieldException(\"%s.%s\", version);",
                        where, member.isSet(), name, member.name);
            }
        }
        writeTagged(members, context, flexible);
        out.line("}");
    }

    private String writeStatement(JavaField member, Versions positional, String flexible, String struct) {
        String nullable = member.field.nullable().condition(positional);
        return switch (nullable) {
            case "true" -> member.writeStatement(true, flexible);
            case "false" -> notNull(member, struct) + member.writeStatement(false, flexible);
            default ->
                String.format(
                        "if (%s) { %s } else { %s%s }",
                        nullable,
                        member.writeStatement(true, flexible),
                        notNull(member, struct),
                        member.writeStatement(false, flexible));
        };
    }

    private static String notNull(JavaField member, String struct) {
        return member.isNullable()
                ? String.format(
                        "if (this.%s == null) throw new UnsupportedFieldException(\"%s.%s\", version); ",
                        member.name, struct, member.name)
                : "";
    }

    private void writeTagged(List<JavaField> members, Versions context, String flexible) {
        if (flexible.equals("false")) {
            return;
        }
        List<JavaField> tagged = tagged(members);
        if (tagged.isEmpty()) {
            out.line(
                    "%sout.writeUnknownTaggedFields(this.unknownTaggedFields);",
                    flexible.equals("flexible") ? "if (flexible) " : "");
            return;
        }
        out.line(flexible.equals("flexible") ? "if (flexible) {" : "{");
        Versions flexibleHere = context.and(schema.flexible());
        StringBuilder count = new StringBuilder("unknownTaggedFieldCount()");
        for (JavaField member : tagged) {
            String has = member.field.tagged().condition(flexibleHere);
            String set = has.equals("true") ? "(" + member.isSet() + ")" : has + " && (" + member.isSet() + ")";
            out.line("boolean %sSet = %s;", member.name, set);
            count.append(" + (").append(member.name).append("Set ? 1 : 0)");
        }
        out.line("out.writeUnsignedVarint(%s);", count);
        int from = 0;
        for (JavaField member : tagged) {
            requireNoRecords(member.field);
            out.line("if (%sSet) {", member.name);
            if (from < member.field.tag()) {
                out.line("out.writeUnknownTaggedFields(this.unknownTaggedFields, %d, %d);", from, member.field.tag());
            }
            out.line("int start = out.beginTaggedField(%d);", member.field.tag());
            out.line(writeStatement(member, member.field.tagged(), "true", schema.name()));
            out.line("out.endTaggedField(start);");
            out.line("} else {");
            out.line("out.writeUnknownTaggedFields(this.unknownTaggedFields, %d, %d);", from, member.field.tag() + 1);
            out.line("}");
            from = member.field.tag() + 1;
        }
        out.line("out.writeUnknownTaggedFields(this.unknownTaggedFields, %d, Integer.MAX_VALUE);", from);
        out.line("}");
    }

    /** A tagged field's bytes may be moved once written, so they must all be in the writer's buffer. */
    private void requireNoRecords(Field field) {
        boolean nested = field.isStruct()
                && schema.structs().get(field.type()).stream()
                        .anyMatch(inner -> inner.type().equals("records"));
        if (nested || field.type().equals("records")) {
            throw new IllegalStateException(schema.name() + ": records in tagged field " + field.name());
        }
    }

    private void writeObjectMethods(List<JavaField> members, String name) {
        out.line("@Override public boolean equals(@Nullable Object other) {");
        StringBuilder equal = new StringBuilder("sameUnknownTaggedFields(o)");
        members.forEach(member -> equal.append(" && ").append(member.equalsExpression()));
        out.line("return this == other || other instanceof %s o && %s;", name, equal);
        out.line("}");
        out.line("@Override public int hashCode() {");
        out.line(
                "return Objects.hash(%s);",
                String.join(", ", members.stream().map(JavaField::hashArgument).toList()));
        out.line("}");
        out.line("@Override public String toString() {");
        StringBuilder text = new StringBuilder("\"" + name + "(");
        String separator = "";
        for (JavaField member : members) {
            text.append(separator)
                    .append(member.name)
                    .append("=\" + ")
                    .append(member.textArgument())
                    .append(" + \"");
            separator = ", ";
        }
        out.line("return %s)\";", text);
        out.line("}");
    }

    private void writeListMethods(String name) {
        out.line("private static @Nullable List<%s> readList(WireReader in, int size, int version) {", name);
        out.line("if (size < 0) return null;");
        out.line("List<%s> list = new ArrayList<>(in.listCapacity(size));", name);
        out.line("for (int i = 0; i < size; i++) list.add(new %s(in, version));", name);
        out.line("return list;");
        out.line("}");
        out.line("private static void writeList(WireWriter out, List<%s> list, boolean compact, int version) {", name);
        out.line("out.writeArrayLength(list.size(), compact);");
        out.line("for (int i = 0, size = list.size(); i < size; i++) list.get(i).write(out, version);");
        out.line("}");
        out.line(
                "private static void writeNullableList(WireWriter out, @Nullable List<%s> list, boolean compact, int version) {",
                name);
        out.line("if (list == null) out.writeNullArray(compact); else writeList(out, list, compact, version);");
        out.line("}");
    }

    static String className(String schemaName) {
        return schemaName.equals("RequestHeader") || schemaName.equals("ResponseHeader")
                ? schemaName + "Data"
                : schemaName;
    }

    static String screamingSnake(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
}
