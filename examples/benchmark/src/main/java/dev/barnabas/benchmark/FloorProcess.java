package dev.barnabas.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running {@link FloorServer}, over a directory of its own. */
final class FloorProcess implements AutoCloseable {

    private final DataDirectory directory;
    private final Process process;
    private final InetSocketAddress address;

    private FloorProcess(DataDirectory directory, Process process, InetSocketAddress address) {
        this.directory = directory;
        this.process = process;
        this.address = address;
    }

    static FloorProcess start(Installation installation) throws IOException {
        DataDirectory directory = DataDirectory.in(installation.dataParent());
        Process process = new ProcessBuilder(installation.java(List.of(
                        "-cp",
                        installation.classPath(),
                        FloorServer.class.getName(),
                        directory.path().toString())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int port = Integer.parseInt(process.inputReader().readLine());
        return new FloorProcess(directory, process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    InetSocketAddress address() {
        return address;
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
