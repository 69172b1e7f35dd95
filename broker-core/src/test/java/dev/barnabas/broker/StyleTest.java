package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the design that a compiler does not see, for the main code of all library modules. */
class StyleTest {

    private static final List<String> MODULES = List.of("broker-protocol", "broker-storage", "broker-core");

    /** What is banned, and the files that are the production port for it. */
    private static final Map<String, Set<String>> BANNED = Map.ofEntries(
            Map.entry("System\\.(currentTimeMillis|nanoTime)\\(", Set.of("SystemClock")),
            Map.entry("\\b(Instant|LocalDateTime|ZonedDateTime|Clock)\\.(now|systemUTC)\\(", Set.of()),
            Map.entry("new Random\\(|ThreadLocalRandom|SecureRandom|Math\\.random|UUID\\.randomUUID", Set.of()),
            Map.entry("new SplittableRandom\\(\\)", Set.of("RandomIds")),
            Map.entry("Thread\\.sleep|LockSupport\\.park", Set.of()),
            Map.entry("new Thread\\(|Executors\\.new|new java\\.util\\.Timer|ForkJoinPool|parallelStream", Set.of()),
            Map.entry("new ThreadPoolExecutor\\(", Set.of("BrokerThreads")),
            Map.entry("\\.(delayedExecutor|orTimeout|completeOnTimeout)\\(", Set.of()),
            Map.entry("\\.(supplyAsync|runAsync)\\([^,]*\\);", Set.of()),
            Map.entry("GlobalEventExecutor", Set.of()),
            Map.entry("System\\.(exit|out|err|setProperty)|\\.halt\\(|addShutdownHook|printStackTrace", Set.of()),
            Map.entry("\\bClass\\.forName|ServiceLoader|\\.setAccessible\\(|ObjectInputStream", Set.of("CodecClasses")),
            Map.entry("MappedByteBuffer|FileChannel\\.MapMode", Set.of()),
            Map.entry("import org\\.apache\\.kafka", Set.of()),
            Map.entry("\\b(TODO|FIXME|XXX)\\b", Set.of()));

    /** What each package inside the broker may import of the others. The assembly, in the API package, sees all. */
    private static final Map<String, Set<String>> IMPORTS = Map.of(
            "exec", Set.of(),
            "request", Set.of("exec"),
            "metadata", Set.of("exec"),
            "config", Set.of("metadata"),
            "controller", Set.of("exec", "request", "metadata", "config"),
            "partition", Set.of("exec", "request", "metadata", "config", "controller"),
            "group", Set.of("exec", "request", "metadata", "config", "controller", "partition"),
            "handler", Set.of("exec", "request", "metadata", "config", "controller", "partition", "group"),
            "net", Set.of("exec", "request"));

    /** Each part's assembly lists its handlers. */
    private static final Set<String> LIST_HANDLERS = Set.of("ControlPlane", "PartitionService", "GroupService");

    private static final Pattern IMPORT =
            Pattern.compile("import (?:static )?dev\\.barnabas\\.broker\\.internal\\.([a-z]+)\\.");

    @Test
    void timeRandomnessThreadsAndTheProcessAreReachedThroughPortsOnly() {
        List<String> found = new ArrayList<>();
        BANNED.forEach((pattern, ports) -> {
            Pattern banned = Pattern.compile(pattern);
            forEachLine((file, number, line) -> {
                if (!ports.contains(nameOf(file))
                        && !isComment(line)
                        && banned.matcher(line).find()) {
                    found.add(file + ":" + number + ": " + line.strip());
                }
            });
        });
        assertThat(found).isEmpty();
    }

    @Test
    void nothingStaticCanChange() {
        Pattern mutable =
                Pattern.compile("^\\s+(private |protected |public )?static (?!final |class |record |enum |interface "
                        + "|abstract |sealed |\\{)[^(]*(=|;)");
        List<String> found = new ArrayList<>();
        forEachLine((file, number, line) -> {
            if (mutable.matcher(line).find()) {
                found.add(file + ":" + number + ": " + line.strip());
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void packagesOfTheBrokerImportInOneDirection() {
        List<String> found = new ArrayList<>();
        forEachLine((file, number, line) -> {
            Matcher imported = IMPORT.matcher(line);
            String from = packageOf(file);
            if (imported.find() && from != null && !mayImport(nameOf(file), from, imported.group(1))) {
                found.add(file + ":" + number + ": " + line.strip());
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void modulesImportInOneDirection() {
        List<String> found = new ArrayList<>();
        forEachLine((file, number, line) -> {
            boolean upwards =
                    file.contains("broker-protocol") && line.matches("import .*dev\\.barnabas\\.(storage|broker)\\..*")
                            || file.contains("broker-storage") && line.matches("import .*dev\\.barnabas\\.broker\\..*");
            if (upwards) {
                found.add(file + ":" + number + ": " + line.strip());
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void everyPackageSaysWhatLivesThere() {
        List<Path> silent = new ArrayList<>();
        for (String module : MODULES) {
            walk(sources(module), file -> {
                Path info = file.resolveSibling("package-info.java");
                if (file.toString().endsWith(".java") && !Files.exists(info)) {
                    silent.add(info);
                }
            });
        }
        assertThat(silent).isEmpty();
    }

    private static boolean mayImport(String file, String from, String to) {
        return from.equals(to)
                || IMPORTS.getOrDefault(from, Set.of()).contains(to)
                || to.equals("handler") && LIST_HANDLERS.contains(file);
    }

    /** The internal package that {@code file} lies in; null for none. */
    private static String packageOf(String file) {
        Matcher matcher = Pattern.compile("internal/([a-z]+)/").matcher(file);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String nameOf(String file) {
        return file.substring(file.lastIndexOf('/') + 1).replace(".java", "");
    }

    private static boolean isComment(String line) {
        String text = line.strip();
        return text.startsWith("*") || text.startsWith("//") || text.startsWith("/*");
    }

    private interface LineVisitor {
        void visit(String file, int number, String line);
    }

    private static void forEachLine(LineVisitor visitor) {
        for (String module : MODULES) {
            walk(sources(module), file -> {
                if (!file.toString().endsWith(".java")) {
                    return;
                }
                try {
                    List<String> lines = Files.readAllLines(file);
                    for (int i = 0; i < lines.size(); i++) {
                        visitor.visit(file.toString().replace('\\', '/'), i + 1, lines.get(i));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static void walk(Path root, java.util.function.Consumer<Path> visitor) {
        assertThat(root).isDirectory();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile).forEach(visitor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path sources(String module) {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("broker-core")) ? here : here.getParent();
        return root.resolve(module).resolve("src/main/java");
    }
}
