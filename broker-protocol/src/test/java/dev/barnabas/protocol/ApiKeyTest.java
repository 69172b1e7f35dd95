package dev.barnabas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApiKeyTest {

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void agreesWithKafkasTable(ApiKeys kafkas) {
        ApiKey ours = ApiKey.forId(kafkas.id);
        assertThat(ours).isNotNull();
        assertThat(ours.name()).isEqualTo(kafkas.name());
        assertThat(ours.id()).isEqualTo(kafkas.id);
        assertThat(ours.apiName()).isEqualTo(kafkas.messageType.name);
        assertThat(ours.isOnBroker())
                .isEqualTo(kafkas.messageType.listeners().contains(ApiMessageType.ListenerType.BROKER));
        assertThat(ours.isOnController())
                .isEqualTo(kafkas.messageType.listeners().contains(ApiMessageType.ListenerType.CONTROLLER));
        if (!kafkas.hasValidVersion()) {
            return;
        }
        assertThat(ours.versions().max()).isEqualTo(kafkas.messageType.highestSupportedVersion(true));
        assertThat(ours.latestVersionUnstable())
                .isEqualTo(kafkas.messageType.highestSupportedVersion(false)
                        < ours.versions().max());
        for (short version = kafkas.messageType.lowestSupportedVersion();
                version <= ours.versions().max();
                version++) {
            assertThat(ours.requestHeaderVersion(version)).isEqualTo(kafkas.requestHeaderVersion(version));
            assertThat(ours.responseHeaderVersion(version)).isEqualTo(kafkas.responseHeaderVersion(version));
            assertThat(ours.isFlexible(version)).isEqualTo(kafkas.requestHeaderVersion(version) == 2);
        }
    }

    @Test
    void versionsReachDownToZeroExceptForShareGroups() {
        for (ApiKey key : ApiKey.values()) {
            assertThat(key.versions().min()).as(key.name()).isEqualTo(key.name().matches("SHARE_.*") ? 1 : 0);
        }
    }

    @Test
    void headerVersionsOfOddCases() {
        assertThat(ApiKey.API_VERSIONS.responseHeaderVersion(3)).isZero();
        assertThat(ApiKey.API_VERSIONS.requestHeaderVersion(99)).isEqualTo((short) 2);
        assertThat(ApiKey.CONTROLLED_SHUTDOWN.requestHeaderVersion(0)).isZero();
        assertThat(ApiKey.SASL_HANDSHAKE.requestHeaderVersion(1)).isEqualTo((short) 1);
    }

    @Test
    void numbersWithoutApiGiveNull() {
        assertThat(ApiKey.forId(-1)).isNull();
        assertThat(ApiKey.forId(ApiKey.values().length)).isNull();
        assertThat(ApiKey.forId(Short.MAX_VALUE)).isNull();
    }

    @Test
    void loadingTheTableLoadsNoMessage() throws Exception {
        List<String> loaded = new ArrayList<>();
        ClassLoader loader = new ClassLoader(null) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (!name.startsWith("dev.barnabas.")) {
                    return ApiKeyTest.class.getClassLoader().loadClass(name);
                }
                loaded.add(name);
                try (InputStream in =
                        ApiKeyTest.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        };
        Class<?> apiKey = Class.forName("dev.barnabas.protocol.ApiKey", true, loader);
        Object fetch = apiKey.getMethod("forId", int.class).invoke(null, 1);
        assertThat(loaded).noneMatch(name -> name.contains(".message."));
        apiKey.getMethod("newRequest").invoke(fetch);
        assertThat(loaded)
                .filteredOn(name -> name.contains(".message."))
                .contains("dev.barnabas.protocol.message.FetchRequest")
                .allMatch(name -> name.startsWith("dev.barnabas.protocol.message.FetchRequest"));
    }
}
