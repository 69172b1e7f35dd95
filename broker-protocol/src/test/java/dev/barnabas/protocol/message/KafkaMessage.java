package dev.barnabas.protocol.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Apache Kafka's own class of a message: of the newest line where it has the version, of the last 3.x line otherwise. */
final class KafkaMessage {
    private static final Path JARS = Path.of("target/kafka");
    private static final ClassLoader NEWEST =
            loader(KafkaMessage.class.getClassLoader(), jar -> !jar.equals("kafka-clients-old.jar"));
    private static final ClassLoader OLD = loader(new LoggingOnly(), jar -> jar.equals("kafka-clients-old.jar"));
    private static final List<String> NAMES = List.of(
            "org.apache.kafka.common.message.%sData",
            "org.apache.kafka.common.message.%s",
            "org.apache.kafka.common.metadata.%s",
            "org.apache.kafka.coordinator.group.generated.%s",
            "org.apache.kafka.coordinator.transaction.generated.%s",
            "org.apache.kafka.coordinator.share.generated.%s",
            "org.apache.kafka.raft.generated.%s",
            "org.apache.kafka.server.log.remote.metadata.storage.generated.%s");

    private final Class<?> type;
    private final short version;

    private KafkaMessage(Class<?> type, int version) {
        this.type = type;
        this.version = (short) version;
    }

    /** Kafka's class for our class's simple name. */
    static KafkaMessage of(String name, int version) throws ReflectiveOperationException {
        for (ClassLoader loader : List.of(NEWEST, OLD)) {
            for (String pattern : NAMES) {
                Class<?> type = find(loader, String.format(pattern, name));
                if (type != null
                        && version >= type.getField("LOWEST_SUPPORTED_VERSION").getShort(null)
                        && version <= type.getField("HIGHEST_SUPPORTED_VERSION").getShort(null)) {
                    return new KafkaMessage(type, version);
                }
            }
        }
        throw new ClassNotFoundException(name + " version " + version);
    }

    private static Class<?> find(ClassLoader loader, String name) {
        try {
            return Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static ClassLoader loader(ClassLoader parent, Predicate<String> jars) {
        try (Stream<Path> files = Files.list(JARS)) {
            URL[] urls = files.filter(file -> jars.test(file.getFileName().toString()))
                    .map(KafkaMessage::url)
                    .toArray(URL[]::new);
            return new URLClassLoader(urls, parent);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isOld() {
        return type.getClassLoader() == OLD;
    }

    /** Kafka's object, decoded from all of {@code bytes}. */
    Object read(byte[] bytes) throws ReflectiveOperationException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Class<?> readable = protocol("Readable");
        Object message = type.getConstructor(readable, short.class).newInstance(accessor(buffer), version);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(type.getSimpleName() + " left " + buffer.remaining() + " bytes");
        }
        return message;
    }

    byte[] write(Object message) throws ReflectiveOperationException {
        Class<?> cacheType = protocol("ObjectSerializationCache");
        Object cache = cacheType.getConstructor().newInstance();
        Method size = protocol("Message").getMethod("size", cacheType, short.class);
        ByteBuffer buffer = ByteBuffer.allocate((int) size.invoke(message, cache, version));
        protocol("Message")
                .getMethod("write", protocol("Writable"), cacheType, short.class)
                .invoke(message, accessor(buffer), cache, version);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(type.getSimpleName() + " wrote less than its size");
        }
        return buffer.array();
    }

    private Object accessor(ByteBuffer buffer) throws ReflectiveOperationException {
        return protocol("ByteBufferAccessor").getConstructor(ByteBuffer.class).newInstance(buffer);
    }

    private Class<?> protocol(String name) throws ClassNotFoundException {
        return Class.forName("org.apache.kafka.common.protocol." + name, true, type.getClassLoader());
    }

    /** Shows the JDK and this class path's logging, and so hides the newer Kafka from the older. */
    private static final class LoggingOnly extends ClassLoader {
        LoggingOnly() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.slf4j.")) {
                return KafkaMessage.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
