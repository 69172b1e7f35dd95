package dev.barnabas.benchmark;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * async-profiler, loaded into the broker's JVM. Leaves {@code SCENARIO.collapsed} and the flame graph {@code SCENARIO.html}
 * in a directory, and reports the frames where most samples lie.
 */
final class Profiler implements Instrument {

    private static final String INTERVAL = "500us";
    private static final int FRAMES_REPORTED = 25;

    private final Path directory;
    private final Path library;
    private final String event;

    /**
     * @param directory where the files go
     * @param event as async-profiler names it: {@code cpu} (kernel frames too, where perf_events may be used), {@code ctimer}
     *     or {@code itimer} (anywhere), {@code wall}, {@code alloc}, {@code lock}
     */
    Profiler(Path directory, String event) throws IOException {
        this.directory = Files.createDirectories(directory).toAbsolutePath();
        this.library = unpack(this.directory);
        this.event = event;
    }

    private static Path unpack(Path directory) throws IOException {
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
        String resource = "/linux-" + arch + "/libasyncProfiler.so";
        try (InputStream in = Profiler.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("async-profiler: none on the class path (expected: " + resource + ")");
            }
            Path library = directory.resolve("libasyncProfiler.so");
            Files.write(library, in.readAllBytes());
            return library;
        }
    }

    @Override
    public void attach(long pid) {
        command(pid, "start,event=" + event + ",interval=" + INTERVAL);
    }

    @Override
    public void detach(long pid) {
        command(pid, "stop");
        command(pid, "dump,collapsed,file=" + current("collapsed"));
        command(pid, "dump,flamegraph,title=Barnabas,file=" + current("html"));
    }

    private Path current(String suffix) {
        return directory.resolve("current." + suffix);
    }

    private void command(long pid, String options) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.loadAgentPath(library.toString(), options);
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IllegalStateException("async-profiler: " + options + " in process " + pid, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String report(String scenario) {
        Path collapsed = directory.resolve(scenario + ".collapsed");
        Path flameGraph = directory.resolve(scenario + ".html");
        if (!Files.exists(current("collapsed"))) {
            return "nothing was measured that could be profiled";
        }
        try {
            Files.move(current("collapsed"), collapsed, StandardCopyOption.REPLACE_EXISTING);
            Files.move(current("html"), flameGraph, StandardCopyOption.REPLACE_EXISTING);
            return collapsed + "\n" + flameGraph + "\n"
                    + CollapsedStacks.read(collapsed).report(FRAMES_REPORTED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
