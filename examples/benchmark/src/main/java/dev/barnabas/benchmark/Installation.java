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
 * @param jvmOptions what the JVMs of all get: the same heap, above all
 */
record Installation(List<String> barnabas, String classPath, Path dataParent, List<String> jvmOptions) {

    /** A command: the java of this JVM, the options that all get, and {@code arguments}. */
    List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(jvmOptions);
        command.addAll(arguments);
        return command;
    }
}
