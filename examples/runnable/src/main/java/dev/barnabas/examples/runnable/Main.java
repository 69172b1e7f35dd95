package dev.barnabas.examples.runnable;

import dev.barnabas.broker.Broker;
import dev.barnabas.broker.BrokerBuilder;
import dev.barnabas.broker.BrokerException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Starts a broker and serves until the process is told to end. Standard output gets one line, once clients may connect;
 * the log goes to standard error. Exit codes: 2 for a command line or property that cannot be, 1 for a broker that cannot
 * start, 143 after SIGTERM.
 */
@Command(
        name = "barnabas",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = "A Kafka-compatible broker. Prints READY bootstrap.servers=HOST:PORT when clients may connect.")
public final class Main implements Callable<Integer> {

    private static final int DEFAULT_PORT = 9092;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where to listen; 0 for any free port. Default: the listeners of --config, else 9092.")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description =
                    "Address to listen on and to tell clients. Default: the listeners of --config, else 127.0.0.1.")
    private @Nullable String host;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where to keep the data. Default: log.dirs of --config, else in memory.")
    private @Nullable Path dataDir;

    @Option(names = "--config", paramLabel = "FILE", description = "A server.properties, as Apache Kafka has it.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Sets a property by Kafka's name, over --config. May be repeated.")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setParameterExceptionHandler((mistake, all) -> {
            System.err.println("barnabas: " + mistake.getMessage() + " (--help shows the options)");
            return CommandLine.ExitCode.USAGE;
        });
        int exitCode = commandLine.execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            serve(builder().start());
            return 0;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        } catch (BrokerException e) {
            System.err.println("Cannot start: " + e.getMessage());
            return 1;
        }
    }

    private BrokerBuilder builder() {
        Properties properties = new Properties();
        if (config != null) {
            try (Reader reader = Files.newBufferedReader(config)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new ParameterException(commandLine(), "--config: cannot read " + config + ": " + e, e);
            }
        }
        if (port != null || host != null) {
            properties.remove("listeners");
            properties.remove("advertised.listeners");
        }
        if (dataDir != null) {
            properties.remove("log.dirs");
            properties.remove("log.dir");
        }
        properties.putAll(overrides);
        BrokerBuilder builder = Broker.builder();
        if (!properties.containsKey("listeners")) {
            builder.port(port == null ? DEFAULT_PORT : port);
        } else if (port != null) {
            throw new ParameterException(commandLine(), "--port and --set listeners=...: leave one of the two out");
        }
        if (host != null) {
            builder.host(host);
        }
        if (dataDir != null) {
            builder.dataDir(dataDir);
        }
        return builder.properties(properties);
    }

    /** Returns when a signal has ended the broker; the hook holds the process until it is closed. */
    private static void serve(Broker broker) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            broker.close();
                            stopped.countDown();
                        },
                        "shutdown"));
        System.out.println("READY bootstrap.servers=" + broker.bootstrapServers());
        stopped.await();
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("command line: not parsed");
        }
        return spec.commandLine();
    }

    /** The version that the jar was built as. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"barnabas " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
