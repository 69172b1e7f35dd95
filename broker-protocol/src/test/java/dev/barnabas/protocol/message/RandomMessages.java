package dev.barnabas.protocol.message;

import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.UnsupportedFieldException;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.Struct;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fills messages with random values that a given version can carry. */
final class RandomMessages {
    private static final String[] ALPHABETS = {"abcXYZ019._-", "äßéñ¿", "日本語한국", "\uD83D\uDE00\uD834\uDD1E"};

    private final Random random;

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    /** A message most of whose fields hold random values; those that {@code version} cannot carry hold their default. */
    Message next(String name, int version) {
        Message message = Messages.create(name);
        fill((Struct) message);
        Set<String> reset = new HashSet<>();
        while (true) {
            try {
                Messages.write(message, version);
                return message;
            } catch (UnsupportedFieldException e) {
                String field = e.getMessage().substring(0, e.getMessage().indexOf(':'));
                clear((Struct) message, field, reset.add(field));
            }
        }
    }

    private void fill(Struct struct) {
        for (Field field : fields(struct.getClass())) {
            if (random.nextInt(6) != 0) {
                boolean nullable = field.getAnnotatedType().isAnnotationPresent(Nullable.class)
                        && !Struct.class.isAssignableFrom(field.getType());
                set(struct, field, nullable && random.nextInt(4) == 0 ? null : value(field));
            }
        }
        if (random.nextInt(4) == 0) {
            struct.addUnknownTaggedField(100 + random.nextInt(10), bytes());
            struct.addUnknownTaggedField(10_000, bytes());
        }
    }

    static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                fields.add(field);
            }
        }
        return fields;
    }

    static Object get(Object owner, Field field) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(Object owner, Field field, @Nullable Object value) {
        try {
            field.set(owner, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(Field field) {
        // The only fields of unsigned types, whose Java types hold more than the wire does.
        return switch (field.getName()) {
            case "port" -> random.nextInt(0x10000);
            case "crc" -> random.nextLong() & 0xffffffffL;
            default -> value(field.getGenericType());
        };
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType list) {
            Type element = list.getActualTypeArguments()[0];
            boolean isStruct = element instanceof Class<?> c && Struct.class.isAssignableFrom(c);
            int size = isStruct || random.nextInt(8) != 0 ? random.nextInt(4) : 130;
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                values.add(value(element));
            }
            return values;
        }
        Class<?> c = (Class<?>) type;
        if (c == boolean.class) {
            return random.nextBoolean();
        } else if (c == byte.class || c == Byte.class) {
            return (byte) random.nextInt();
        } else if (c == short.class || c == Short.class) {
            return (short) random.nextInt();
        } else if (c == int.class || c == Integer.class) {
            return random.nextInt();
        } else if (c == long.class || c == Long.class) {
            return random.nextLong();
        } else if (c == double.class) {
            return random.nextGaussian();
        } else if (c == String.class) {
            return text();
        } else if (c == Uuid.class) {
            return new Uuid(random.nextLong(), random.nextLong());
        } else if (c == byte[].class) {
            return bytes();
        } else if (c == Records.class) {
            return new ByteBufRecords(Unpooled.wrappedBuffer(bytes()));
        }
        try {
            Struct struct = (Struct) c.getConstructor().newInstance();
            fill(struct);
            return struct;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(10) == 0 ? 100 + random.nextInt(100) : random.nextInt(12);
        String alphabet = ALPHABETS[random.nextInt(ALPHABETS.length)];
        int[] letters = alphabet.codePoints().toArray();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 200 : random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Gives {@code Struct.field} its default in all such structs, or, where that is null, another value. */
    private void clear(Struct struct, String name, boolean toDefault) {
        try {
            Struct defaults = (Struct) struct.getClass().getConstructor().newInstance();
            for (Field field : fields(struct.getClass())) {
                Object value = get(struct, field);
                if (name.equals(struct.getClass().getSimpleName() + "." + field.getName())) {
                    set(struct, field, toDefault ? get(defaults, field) : value(field));
                } else if (value instanceof Struct nested) {
                    clear(nested, name, toDefault);
                } else if (value instanceof List<?> list) {
                    list.forEach(element -> {
                        if (element instanceof Struct nested) {
                            clear(nested, name, toDefault);
                        }
                    });
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
