package dev.barnabas.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API, written down in {@code public-api.txt} so that a change of it shows in review. To accept a change, run
 * this test with {@code -Dpublic-api.write=true} and look at the difference.
 */
class PublicApiTest {

    private static final Path LISTING = Path.of("src/test/resources/public-api.txt");

    @Test
    void thePublicApiIsTheOneWrittenDown() throws Exception {
        List<String> api = new ArrayList<>();
        for (String packageName : List.of("dev.barnabas.broker", "dev.barnabas.broker.spi")) {
            for (String className : classesOf(packageName)) {
                describe(Class.forName(className, false, getClass().getClassLoader()), api);
            }
        }
        if (Boolean.getBoolean("public-api.write")) {
            Files.write(LISTING, api);
        }
        assertThat(api).isEqualTo(Files.readAllLines(LISTING));
    }

    private static TreeSet<String> classesOf(String packageName) throws IOException, URISyntaxException {
        URI classes =
                Broker.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        try (Stream<Path> files = Files.list(Path.of(classes).resolve(packageName.replace('.', '/')))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                    .map(name -> packageName + "." + name.substring(0, name.length() - ".class".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void describe(Class<?> type, List<String> api) {
        if (!isPublic(type)) {
            return;
        }
        String kind = type.isEnum() ? "enum" : type.isRecord() ? "record" : type.isInterface() ? "interface" : "class";
        api.add(kind + " " + type.getName());
        TreeSet<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field.getModifiers(), field.isSynthetic())) {
                members.add("  " + shape(field.getModifiers()) + field.getType().getTypeName() + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(constructor.getModifiers(), constructor.isSynthetic())) {
                members.add("  new(" + parameters(constructor) + ")");
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(method.getModifiers(), method.isSynthetic())) {
                members.add("  " + shape(method.getModifiers())
                        + method.getReturnType().getTypeName() + " " + method.getName() + "(" + parameters(method)
                        + ")");
            }
        }
        api.addAll(members);
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()))
                && !type.isSynthetic();
    }

    private static boolean isVisible(int modifiers, boolean synthetic) {
        return (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers)) && !synthetic;
    }

    private static String shape(int modifiers) {
        return Modifier.isStatic(modifiers) ? "static " : "";
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getParameterTypes())
                .map(Class::getTypeName)
                .collect(Collectors.joining(", "));
    }
}
