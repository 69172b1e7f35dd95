package dev.barnabas.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(TestBuffers.class)
class CompressionTest {

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void bytesComeBackFromEveryCodecAtEverySize(Compression compression) {
        var random = new Random(5L);
        for (int size : new int[] {0, 1, 15, 16, 32_768, 32_769, 65_536, 65_537, 300_000}) {
            var plain = new byte[size];
            if (random.nextBoolean()) {
                random.nextBytes(plain);
            }
            ByteBuf compressed = TestBuffers.ALLOCATOR.buffer();
            ByteBuf out = TestBuffers.ALLOCATOR.buffer();
            compression.compress(Unpooled.wrappedBuffer(plain), compressed, compression.levelDefault());
            compression.decompress(compressed, out, size);
            assertThat(out).as("size %d", size).isEqualTo(Unpooled.wrappedBuffer(plain));
            if (size > 0) {
                assertThatThrownBy(() -> compression.decompress(compressed, out.clear(), size - 1))
                        .isInstanceOf(DecompressionException.class);
            }
            compressed.release();
            out.release();
        }
    }

    @Test
    void namesAndNumbersThatAreNoneAreRefused() {
        assertThat(Compression.isKnown(5)).isFalse();
        assertThatThrownBy(() -> Compression.forId(5)).isInstanceOf(CorruptBatchException.class);
        assertThatThrownBy(() -> Compression.forConfigName("brotli"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("brotli");
    }

    @ParameterizedTest
    @CsvSource({
        "SNAPPY, snappy-java, org.xerial.snappy:snappy-java",
        "LZ4, lz4-java, at.yawk.lz4:lz4-java",
        "ZSTD, zstd-jni, com.github.luben:zstd-jni"
    })
    void aMissingLibraryIsNamedWhenItsCodecIsUsedAndNotBefore(String codec, String jar, String artifact)
            throws Exception {
        try (var loader = classPathWithout(jar)) {
            var type = Class.forName(Compression.class.getName(), true, loader);
            var buffers = Class.forName(ByteBuf.class.getName(), true, loader);
            var buffer = Class.forName(Unpooled.class.getName(), true, loader)
                    .getMethod("buffer")
                    .invoke(null);
            var compress = type.getMethod("compress", buffers, buffers, int.class);
            for (var constant : type.getEnumConstants()) {
                if (constant.toString().equals(codec)) {
                    for (int attempt = 0; attempt < 2; attempt++) {
                        assertThatThrownBy(() -> compress.invoke(constant, buffer, buffer, 0))
                                .isInstanceOf(InvocationTargetException.class)
                                .cause()
                                .asString()
                                .contains("UnsupportedCompressionException", artifact);
                    }
                } else if (!constant.toString().equals("NONE")) {
                    compress.invoke(constant, buffer, buffer, 1);
                }
            }
        }
    }

    private static URLClassLoader classPathWithout(String jar) throws Exception {
        var urls = new ArrayList<URL>();
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().startsWith(jar)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
