package dev.barnabas.protocol.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of one Java file while it is being put together: lines, indented by their braces. */
final class Source {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** Appends a line; one that begins with a closing brace closes a block, one that ends with an opening brace opens one. */
    Source line(String line) {
        if (line.startsWith("}")) {
            depth--;
        }
        if (!line.isEmpty()) {
            text.append("    ".repeat(depth)).append(line);
        }
        text.append('\n');
        if (line.endsWith("{")) {
            depth++;
        }
        return this;
    }

    Source line(String format, Object... arguments) {
        return line(String.format(format, arguments));
    }

    /** Writes the file unless it already holds just this, so that the compiler sees no change where there is none. */
    void writeTo(Path file) throws IOException {
        String content = text.toString();
        if (Files.exists(file) && Files.readString(file).equals(content)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
