package dev.barnabas.protocol.message;

import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.wire.WireReader;
import dev.barnabas.protocol.wire.WireWriter;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All generated messages, and their way to bytes and back. */
final class Messages {
    private Messages() {}

    /** The simple names of all messages, in order. */
    static Stream<String> names() {
        try {
            Path classes = Path.of(Message.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve("dev/barnabas/protocol/message");
            try (Stream<Path> files = Files.list(classes)) {
                return files
                        .map(file -> file.getFileName().toString().replace(".class", ""))
                        .filter(name ->
                                !name.contains("$") && !name.equals("package-info") && !name.endsWith("RecordType"))
                        .sorted()
                        .toList()
                        .stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Message create(String name) {
        try {
            return (Message) Class.forName(Messages.class.getPackageName() + "." + name)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static IntStream versions(Message message) {
        return IntStream.rangeClosed(message.lowestVersion(), message.highestVersion());
    }

    static byte[] write(Message message, int version) {
        WireWriter out = new WireWriter();
        message.write(out, version);
        return out.toByteArray();
    }

    static Message read(String name, byte[] bytes, int version) {
        Message message = create(name);
        WireReader in = new WireReader(Unpooled.wrappedBuffer(bytes));
        message.read(in, version);
        if (in.remaining() != 0) {
            throw new IllegalStateException(name + " bytes left: " + in.remaining() + " (expected: 0)");
        }
        return message;
    }
}
