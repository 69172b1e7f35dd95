package dev.barnabas.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running floor, over a directory of its own: a class that is given the directory and prints its port. */
final class FloorProcess implements AutoCloseable {

    private final DataDirectory directory;
    private final Process process;
    private final InetSocketAddress address;

    private FloorProcess(DataDirectory directory, Process process, InetSocketAddress address) {
        this.directory = directory;
        this.process = process;
        this.address = address;
    }

    static FloorProcess start(Installation installation, Class<?> server) throws IOException {
        DataDirectory directory = DataDirectory.in(installation.dataParent());
        Process process = new ProcessBuilder(installation.java(List.of(
                        "-cp",
                        installation.classPath(),
                        server.getName(),
                        directory.path().toString())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String port = process.inputReader().readLine();
        if (port == null) {
            directory.close();
            throw new IllegalStateException(server.getSimpleName() + ": ended (expected: to print its port)");
        }
        return new FloorProcess(
                directory, process, new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
    }

    InetSocketAddress address() {
        return address;
    }

    /** As a client wants it. */
    String bootstrapServers() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
        directory.close();
    }
}
