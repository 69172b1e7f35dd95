package dev.barnabas.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A directory of classes as a jar: the JVM writes no archive of a class path that has its classes in a directory. */
final class DirectoryJar {

    private DirectoryJar() {}

    /** Puts all files under {@code directory} into a new {@code jar}. */
    static void write(Path directory, Path jar) throws IOException {
        try (Stream<Path> walk = Files.walk(directory);
                var out = new JarOutputStream(Files.newOutputStream(jar))) {
            List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
            for (Path file : files) {
                // An entry's name has slashes, as a path has on Linux.
                out.putNextEntry(new JarEntry(directory.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }
}
