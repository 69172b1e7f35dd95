package dev.barnabas.broker;

import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One object of a class that implements an interface of Apache Kafka's package {@code org.apache.kafka.server.policy}. That
 * package is in kafka-clients, which a host has on its class path together with such a class or not at all: it is found by
 * the class's own loader, and called by reflection.
 */
final class KafkaPolicy {
    private static final Logger log = LoggerFactory.getLogger(KafkaPolicy.class);

    static final String CONFIG_RESOURCE = "org.apache.kafka.common.config.ConfigResource";

    private static final String CONTRACTS = "org.apache.kafka.server.policy.";

    private final Object policy;
    private final Constructor<?> newMetadata;
    private final Method validate;
    private final Method errorForException;
    private final Method codeOfError;

    private KafkaPolicy(Class<?> type, String contractName, Map<String, String> properties, String... metadataTypes)
            throws ReflectiveOperationException {
        ClassLoader loader = type.getClassLoader();
        if (loader == null) {
            throw new ClassNotFoundException("it is no " + contractName);
        }
        Class<?> contract = loader.loadClass(CONTRACTS + contractName);
        if (!contract.isAssignableFrom(type)) {
            throw new ClassNotFoundException("it is no " + contractName);
        }
        Class<?> metadata = loader.loadClass(contract.getName() + "$RequestMetadata");
        Class<?>[] types = new Class<?>[metadataTypes.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = loader.loadClass(metadataTypes[i]);
        }
        Class<?> errors = loader.loadClass("org.apache.kafka.common.protocol.Errors");
        this.newMetadata = metadata.getConstructor(types);
        this.validate = contract.getMethod("validate", metadata);
        this.errorForException = errors.getMethod("forException", Throwable.class);
        this.codeOfError = errors.getMethod("code");
        this.policy = type.getDeclaredConstructor().newInstance();
        contract.getMethod("configure", Map.class).invoke(policy, new HashMap<>(properties));
    }

    /**
     * The one that a property names; null if it is not set.
     *
     * @param contractName of the interface that it has to implement
     * @param properties of the broker, with which it is configured
     * @param metadataTypes what the interface's metadata are made of
     * @throws BrokerException if it cannot be had
     */
    static @Nullable KafkaPolicy load(
            String property, String contractName, Map<String, String> properties, String... metadataTypes) {
        String className = properties.get(property);
        if (className == null) {
            return null;
        }
        try {
            Class<?> type = loader().loadClass(className.trim());
            return new KafkaPolicy(type, contractName, properties, metadataTypes);
        } catch (InvocationTargetException e) {
            throw unusable(property, className, contractName, e.getCause() == null ? e : e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw unusable(property, className, contractName, e);
        }
    }

    private static ClassLoader loader() {
        ClassLoader ofCaller = Thread.currentThread().getContextClassLoader();
        return ofCaller != null ? ofCaller : KafkaPolicy.class.getClassLoader();
    }

    private static BrokerException unusable(String property, String className, String contractName, Throwable cause) {
        return new BrokerException(
                property + ": " + className + " cannot be used, " + cause + " (expected: a class on the class path that"
                        + " implements " + CONTRACTS + contractName + " of kafka-clients, with a constructor without"
                        + " parameters)",
                cause);
    }

    /** Kafka's name of a resource, which is part of an alteration's metadata. */
    Object configResource(byte type, String name) {
        try {
            Class<?> resource = newMetadata.getParameterTypes()[0];
            Class<?> types = resource.getClassLoader().loadClass(CONFIG_RESOURCE + "$Type");
            Object kafkasType = types.getMethod("forId", byte.class).invoke(null, type);
            return resource.getConstructor(types, String.class).newInstance(kafkasType, name);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(CONFIG_RESOURCE + ": not as Apache Kafka's", e);
        }
    }

    /**
     * Asks it.
     *
     * @param metadata what it is asked about
     * @throws ApiException as it says, with its error and message
     */
    void validate(@Nullable Object... metadata) {
        try {
            validate.invoke(policy, newMetadata.newInstance(metadata));
        } catch (InvocationTargetException e) {
            throw refusal(e.getCause() == null ? e : e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(policy.getClass().getName() + ": cannot be called", e);
        }
    }

    private ApiException refusal(Throwable thrown) {
        ErrorCode error = ErrorCode.UNKNOWN_SERVER_ERROR;
        try {
            error = ErrorCode.forCode((Short) codeOfError.invoke(errorForException.invoke(null, thrown)));
        } catch (ReflectiveOperationException e) {
            log.error(
                    "The error of a policy is unknown policy={}",
                    policy.getClass().getName(),
                    e);
        }
        if (error == ErrorCode.UNKNOWN_SERVER_ERROR) {
            log.error("A policy failed policy={}", policy.getClass().getName(), thrown);
        }
        return new ApiException(error, String.valueOf(thrown.getMessage()));
    }

    void close() {
        try {
            ((AutoCloseable) policy).close();
        } catch (Exception e) {
            log.error(
                    "A policy could not be closed policy={}", policy.getClass().getName(), e);
        }
    }
}
