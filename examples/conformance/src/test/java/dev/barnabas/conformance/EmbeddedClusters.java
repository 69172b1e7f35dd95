package dev.barnabas.conformance;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.test.ClusterInstance;
import org.apache.kafka.common.test.api.AutoStart;
import org.apache.kafka.common.test.api.ClusterConfig;
import org.apache.kafka.common.test.api.ClusterConfigProperty;
import org.apache.kafka.common.test.api.ClusterTemplate;
import org.apache.kafka.common.test.api.ClusterTest;
import org.apache.kafka.common.test.api.ClusterTestDefaults;
import org.apache.kafka.common.test.api.ClusterTests;
import org.apache.kafka.common.test.api.Type;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs each of Apache Kafka's cluster tests once per cluster that its annotations describe, each with a broker of its own. */
public final class EmbeddedClusters implements TestTemplateInvocationContextProvider {

    @ClusterTestDefaults
    private static final class Defaults {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return isClusterTest(context.getRequiredTestMethod());
    }

    /** Whether the test asks for a cluster by one of Apache Kafka's annotations. */
    static boolean isClusterTest(Method method) {
        return Stream.of(ClusterTest.class, ClusterTests.class, ClusterTemplate.class)
                .anyMatch(method::isAnnotationPresent);
    }

    @Override
    public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        var method = context.getRequiredTestMethod();
        return LeftOut.runs(method) ? clusters(method).stream().map(Invocation::new) : Stream.empty();
    }

    private static List<ClusterConfig> clusters(Method method) {
        var annotated = Stream.concat(
                Stream.ofNullable(method.getDeclaredAnnotation(ClusterTest.class)),
                Stream.ofNullable(method.getDeclaredAnnotation(ClusterTests.class))
                        .flatMap(all -> Arrays.stream(all.value())));
        return Stream.concat(
                        annotated.map(test -> cluster(test, defaults(method.getDeclaringClass()))),
                        Stream.ofNullable(method.getDeclaredAnnotation(ClusterTemplate.class))
                                .flatMap(template -> templated(method.getDeclaringClass(), template.value())))
                .toList();
    }

    private static ClusterTestDefaults defaults(Class<?> tests) {
        var own = tests.getDeclaredAnnotation(ClusterTestDefaults.class);
        return own != null ? own : Defaults.class.getDeclaredAnnotation(ClusterTestDefaults.class);
    }

    private static ClusterConfig cluster(ClusterTest test, ClusterTestDefaults defaults) {
        var properties = Stream.of(defaults.serverProperties(), test.serverProperties())
                .flatMap(Arrays::stream)
                .toList();
        return ClusterConfig.defaultBuilder()
                .setTypes(Set.of(Type.CO_KRAFT))
                .setBrokers(test.brokers() == 0 ? defaults.brokers() : test.brokers())
                .setControllers(test.controllers() == 0 ? defaults.controllers() : test.controllers())
                .setDisksPerBroker(test.disksPerBroker() == 0 ? defaults.disksPerBroker() : test.disksPerBroker())
                .setAutoStart(
                        test.autoStart() == AutoStart.DEFAULT
                                ? defaults.autoStart()
                                : test.autoStart() == AutoStart.YES)
                .setBrokerSecurityProtocol(test.brokerSecurityProtocol())
                .setServerProperties(ofServer(-1, properties))
                .setPerServerProperties(Stream.of(EmbeddedCluster.CONTROLLER_ID, EmbeddedCluster.BROKER_ID)
                        .collect(Collectors.toMap(id -> id, id -> ofServer(id, properties))))
                .setMetadataVersion(test.metadataVersion())
                .setTags(List.of(test.tags()))
                .build();
    }

    private static Map<String, String> ofServer(int id, List<ClusterConfigProperty> properties) {
        return properties.stream()
                .filter(property -> property.id() == id)
                .collect(Collectors.toMap(
                        ClusterConfigProperty::key, ClusterConfigProperty::value, (first, last) -> last));
    }

    @SuppressWarnings("unchecked")
    private static Stream<ClusterConfig> templated(Class<?> tests, String name) {
        try {
            var template = tests.getDeclaredMethod(name);
            template.setAccessible(true);
            return ((List<ClusterConfig>) template.invoke(null)).stream();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("template: " + tests.getName() + "." + name, e);
        }
    }

    private record Invocation(ClusterConfig config) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "[" + index + "]";
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Fixture(new EmbeddedCluster(config)));
        }
    }

    private record Fixture(EmbeddedCluster cluster)
            implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
        @Override
        public void beforeEach(ExtensionContext context) {
            if (cluster.config().isAutoStart()) {
                cluster.start();
            }
        }

        @Override
        public void afterEach(ExtensionContext context) {
            cluster.stop();
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == ClusterInstance.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return cluster;
        }
    }
}
