package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.config.BrokerProperties;
import dev.barnabas.broker.internal.config.ConfigChecks;
import dev.barnabas.broker.internal.config.ConfigType;
import dev.barnabas.broker.internal.config.GroupProperties;
import dev.barnabas.broker.internal.config.LiveConfigs;
import dev.barnabas.broker.internal.config.Property;
import dev.barnabas.broker.internal.config.TopicProperties;
import dev.barnabas.broker.internal.metadata.BrokerImage;
import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.ConfigResource;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.AlterConfigsRequest;
import dev.barnabas.protocol.message.AlterConfigsResponse;
import dev.barnabas.protocol.message.ConfigRecord;
import dev.barnabas.protocol.message.IncrementalAlterConfigsRequest;
import dev.barnabas.protocol.message.IncrementalAlterConfigsResponse;
import dev.barnabas.protocol.message.MetadataRecordType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides IncrementalAlterConfigs (KIP-339) and AlterConfigs, which replaces all that was set. Each resource succeeds or
 * fails by itself, and as a whole. Pure but for the policies it asks.
 */
final class ConfigAlteration {

    private final String brokerId;
    private final ConfigChecks checks;
    private final @Nullable Policies policies;

    /**
     * @param brokerId of the broker that serves the request, the only one it lets be changed by id
     * @param policies null if nobody has a say
     */
    ConfigAlteration(int brokerId, LiveConfigs configs, @Nullable Policies policies) {
        this.brokerId = Integer.toString(brokerId);
        this.checks = new ConfigChecks(configs);
        this.policies = policies;
    }

    Decision<IncrementalAlterConfigsResponse> decide(ClusterImage image, IncrementalAlterConfigsRequest request) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse>();
        Map<List<Object>, Integer> counts = new HashMap<>();
        request.resources()
                .forEach(resource ->
                        counts.merge(key(resource.resourceType(), resource.resourceName()), 1, Integer::sum));
        for (var resource : request.resources()) {
            var result = new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName())
                    .setErrorMessage(null);
            try {
                var operations = new LinkedHashMap<String, Operation>();
                for (var config : resource.configs()) {
                    put(operations, config.name(), new Operation(config.configOperation(), config.value()));
                }
                checkOnce(counts, resource.resourceType(), resource.resourceName());
                records.addAll(alter(image, resource.resourceType(), resource.resourceName(), operations));
            } catch (ApiException e) {
                result.setErrorCode(e.error().code()).setErrorMessage(e.getMessage());
            }
            results.add(result);
        }
        var response = new IncrementalAlterConfigsResponse().setResponses(results);
        return request.validateOnly() ? Decision.unchanged(response) : new Decision<>(records, response);
    }

    Decision<AlterConfigsResponse> decide(ClusterImage image, AlterConfigsRequest request) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<AlterConfigsResponse.AlterConfigsResourceResponse>();
        Map<List<Object>, Integer> counts = new HashMap<>();
        request.resources()
                .forEach(resource ->
                        counts.merge(key(resource.resourceType(), resource.resourceName()), 1, Integer::sum));
        for (var resource : request.resources()) {
            var result = new AlterConfigsResponse.AlterConfigsResourceResponse()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName())
                    .setErrorMessage(null);
            try {
                var operations = new LinkedHashMap<String, Operation>();
                for (var config : resource.configs()) {
                    put(operations, config.name(), new Operation(Operation.SET, config.value()));
                }
                checkOnce(counts, resource.resourceType(), resource.resourceName());
                records.addAll(replace(image, resource.resourceType(), resource.resourceName(), operations));
            } catch (ApiException e) {
                result.setErrorCode(e.error().code()).setErrorMessage(e.getMessage());
            }
            results.add(result);
        }
        var response = new AlterConfigsResponse().setResponses(results);
        return request.validateOnly() ? Decision.unchanged(response) : new Decision<>(records, response);
    }

    /** What to do with one property; {@code kind} is the protocol's number. */
    private record Operation(byte kind, @Nullable String value) {
        static final byte SET = 0;
        static final byte DELETE = 1;
        static final byte APPEND = 2;
        static final byte SUBTRACT = 3;
    }

    private static List<Object> key(byte type, String name) {
        return List.of(type, name);
    }

    private static void checkOnce(Map<List<Object>, Integer> counts, byte type, String name) {
        if (counts.getOrDefault(key(type, name), 0) > 1) {
            throw invalidRequest("resource: " + name + " twice (expected: once)");
        }
    }

    private static void put(Map<String, Operation> operations, String name, Operation operation) {
        if (operations.put(name, operation) != null) {
            throw invalidRequest("property: " + name + " twice (expected: once)");
        }
        if (operation.value == null && operation.kind != Operation.DELETE) {
            throw invalidRequest("property: " + name + ", null (expected: a value)");
        }
    }

    private List<MetadataRecord> alter(
            ClusterImage image, byte resourceType, String resourceName, Map<String, Operation> operations) {
        ConfigResource resource = resource(resourceType, resourceName);
        var before = image.configs(resource);
        var changes = new LinkedHashMap<String, @Nullable String>();
        operations.forEach((name, operation) -> changes.put(name, apply(resource, name, before.get(name), operation)));
        return decide(image, resource, before, changes, operations.keySet());
    }

    private List<MetadataRecord> replace(
            ClusterImage image, byte resourceType, String resourceName, Map<String, Operation> operations) {
        ConfigResource resource = resource(resourceType, resourceName);
        var before = image.configs(resource);
        var changes = new LinkedHashMap<String, @Nullable String>();
        operations.forEach((name, operation) -> changes.put(name, operation.value));
        before.keySet().forEach(name -> changes.putIfAbsent(name, null));
        return decide(image, resource, before, changes, operations.keySet());
    }

    private ConfigResource resource(byte type, String name) {
        ConfigResource.Type known = ConfigResource.Type.forId(type);
        if (known == null || known == ConfigResource.Type.BROKER_LOGGER) {
            throw invalidRequest(
                    "resource type: " + type + " (expected: TOPIC 2, BROKER 4, CLIENT_METRICS 16 or GROUP 32)");
        }
        if (known == ConfigResource.Type.BROKER && !name.isEmpty() && !name.equals(brokerId)) {
            throw invalidRequest("broker: " + name + " (expected: " + brokerId + ", or none for all)");
        }
        return new ConfigResource(known, name);
    }

    private static @Nullable String apply(
            ConfigResource resource, String name, @Nullable String before, Operation operation) {
        return switch (operation.kind) {
            case Operation.SET -> operation.value;
            case Operation.DELETE -> null;
            case Operation.APPEND, Operation.SUBTRACT -> applyToList(resource, name, before, operation);
            default -> throw invalidRequest("operation: " + operation.kind + " (expected: 0-3)");
        };
    }

    private static String applyToList(
            ConfigResource resource, String name, @Nullable String before, Operation operation) {
        Property property =
                switch (resource.type()) {
                    case TOPIC -> TopicProperties.find(name);
                    case GROUP -> GroupProperties.find(name);
                    case CLIENT_METRICS -> null; // Kafka replaces their lists, and nothing else
                    default -> BrokerProperties.find(name);
                };
        if (property == null || property.type() != ConfigType.LIST) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG, name + ": not a list (expected: a list, to append or subtract)");
        }
        List<String> elements = split(before != null ? before : property.defaultText());
        for (String element : split(operation.value)) {
            if (operation.kind == Operation.SUBTRACT) {
                elements.remove(element);
            } else if (!elements.contains(element)) {
                elements.add(element);
            }
        }
        return String.join(",", elements);
    }

    private static List<String> split(@Nullable String text) {
        return text == null || text.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(text.split(",")));
    }

    /** @param named what the request names; what it leaves out to have it unset is no policy's business, as in Kafka */
    private List<MetadataRecord> decide(
            ClusterImage image,
            ConfigResource resource,
            Map<String, String> before,
            Map<String, @Nullable String> changes,
            Set<String> named) {
        var after = new TreeMap<>(before);
        var records = new ArrayList<MetadataRecord>();
        changes.forEach((name, value) -> {
            if (value == null) {
                after.remove(name);
            } else {
                after.put(name, value);
            }
            if (!Objects.equals(before.get(name), value)) {
                records.add(record(resource, name, value));
            }
        });
        if (resource.type() == ConfigResource.Type.BROKER) {
            checks.check(resource, set(changes));
            checks.checkBrokerTogether(before, after, !resource.name().isEmpty(), listeners(image));
        } else {
            checks.check(resource, after);
        }
        if (resource.type() == ConfigResource.Type.TOPIC && image.topic(resource.name()) == null) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic: " + resource.name() + " (expected: one that exists)");
        }
        if (policies != null) {
            var asked = new HashMap<String, @Nullable String>();
            changes.forEach((name, value) -> {
                boolean isChange =
                        resource.type() == ConfigResource.Type.BROKER || !Objects.equals(before.get(name), value);
                if (named.contains(name) && isChange) {
                    asked.put(name, value);
                }
            });
            policies.checkAlteration(resource, asked);
        }
        return records;
    }

    private Set<String> listeners(ClusterImage image) {
        BrokerImage broker = image.brokers().get(Integer.valueOf(brokerId));
        return broker == null ? Set.of() : broker.endpoints().keySet();
    }

    /** The changes that set something. */
    private static Map<String, String> set(Map<String, @Nullable String> changes) {
        var set = new TreeMap<String, String>();
        changes.forEach((name, value) -> {
            if (value != null) {
                set.put(name, value);
            }
        });
        return set;
    }

    private static MetadataRecord record(ConfigResource resource, String name, @Nullable String value) {
        return MetadataRecord.of(
                MetadataRecordType.CONFIG_RECORD,
                new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(name)
                        .setValue(value));
    }

    private static ApiException invalidRequest(String message) {
        return new ApiException(ErrorCode.INVALID_REQUEST, message);
    }
}
