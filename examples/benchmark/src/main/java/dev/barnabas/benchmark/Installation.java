package dev.barnabas.benchmark;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the contenders lie and how their JVMs are started.
 *
 * @param barnabasJar the runnable broker
 * @param classPath Apache Kafka's jars, among others
 * @param dataParent the data directories are made in here, for both on the same file system
 * @param heap -Xmx and -Xms of both, as the JVM takes it: {@code 1g}
 */
record Installation(Path barnabasJar, String classPath, Path dataParent, String heap) {

    /** The command line's beginning: the java of this JVM, and the options that both contenders get. */
    List<String> java() {
        return new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx" + heap,
                "-Xms" + heap));
    }
}
