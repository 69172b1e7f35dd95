package dev.barnabas.benchmark;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the contenders lie and how their JVMs are started.
 *
 * @param barnabas the arguments of {@code java} that start the runnable broker: {@code -jar}, or class path and class
 * @param classPath Apache Kafka's jars, among others
 * @param dataParent the data directories are made in here, for all on the same file system
 * @param heap -Xmx and -Xms of all, as the JVM takes it: {@code 1g}
 */
record Installation(List<String> barnabas, String classPath, Path dataParent, String heap) {

    /** A command: the java of this JVM, the options that all get, and {@code arguments}. */
    List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx" + heap,
                "-Xms" + heap));
        command.addAll(arguments);
        return command;
    }
}
