package dev.barnabas.compatibility;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * A class loader that sees the JDK, one version of kafka-clients with its libraries ({@code target/clients/VERSION}) and this module's test
 * classes, and nothing else: no other client, no Barnabas, no logging but its own.
 */
final class ClientLoader extends URLClassLoader {
    private ClientLoader(URL[] urls) {
        super(urls, ClassLoader.getPlatformClassLoader());
    }

    static ClientLoader of(String version) throws IOException {
        var urls = new ArrayList<URL>();
        urls.add(ClientLoader.class.getProtectionDomain().getCodeSource().getLocation());
        try (var jars = Files.newDirectoryStream(Path.of("target", "clients", version), "*.jar")) {
            for (var jar : jars) {
                urls.add(jar.toUri().toURL());
            }
        }
        return new ClientLoader(urls.toArray(URL[]::new));
    }
}
