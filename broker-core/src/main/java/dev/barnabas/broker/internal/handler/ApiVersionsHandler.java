package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.metadata.MetadataCache;
import dev.barnabas.broker.internal.metadata.MetadataImage;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.broker.internal.request.ServedApis;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.ApiMessage;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.message.ApiVersionsRequest;
import dev.barnabas.protocol.message.ApiVersionsResponse;
import dev.barnabas.protocol.message.ApiVersionsResponse.ApiVersion;
import dev.barnabas.protocol.message.ApiVersionsResponse.FinalizedFeatureKey;
import dev.barnabas.protocol.message.ApiVersionsResponse.SupportedFeatureKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * ApiVersions, versions 0-5: what this broker serves, taken from {@link ServedApis}, and the features of the cluster (KIP-35,
 * KIP-511, KIP-584, KIP-1242). An unknown version is answered in version 0 with the versions of this API, so that the
 * client asks again.
 */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest> {

    /** The first version whose clients say who they are. */
    private static final int CLIENT_SOFTWARE_VERSION = 3;

    /** The first version that may list a feature whose lowest level is 0 (KAFKA-17011). */
    private static final int LEVEL_ZERO_VERSION = 4;

    /** The first version whose clients say which broker they mean to talk to. */
    private static final int REBOOTSTRAP_VERSION = 5;

    private static final VersionRange VERSIONS = Objects.requireNonNull(ServedApis.versions(ApiKey.API_VERSIONS));

    private final int nodeId;
    private final MetadataCache metadata;
    private final Map<String, VersionRange> features;
    private final List<ApiVersion> apis;

    /** @param features levels that this broker supports, by name */
    public ApiVersionsHandler(int nodeId, MetadataCache metadata, Map<String, VersionRange> features) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        this.features = features;
        List<ApiVersion> served = new ArrayList<>();
        for (ApiKey api : ApiKey.values()) {
            VersionRange versions = ServedApis.versions(api);
            if (versions != null) {
                served.add(entry(api, versions));
            }
        }
        this.apis = List.copyOf(served);
    }

    private static ApiVersion entry(ApiKey api, VersionRange versions) {
        return new ApiVersion()
                .setApiKey(api.id())
                .setMinVersion((short) versions.min())
                .setMaxVersion((short) versions.max());
    }

    @Override
    public void handle(ApiVersionsRequest request, RequestContext context) {
        int version = context.version();
        if (!VERSIONS.contains(version)) {
            context.respond(
                    error(ErrorCode.UNSUPPORTED_VERSION).setApiKeys(List.of(entry(ApiKey.API_VERSIONS, VERSIONS))));
            return;
        }
        if (version >= CLIENT_SOFTWARE_VERSION) {
            if (!isSoftwareName(request.clientSoftwareName()) || !isSoftwareName(request.clientSoftwareVersion())) {
                context.respond(error(ErrorCode.INVALID_REQUEST));
                return;
            }
            context.introduceClient(request.clientSoftwareName(), request.clientSoftwareVersion());
        }
        MetadataImage image = metadata.image();
        if (version >= REBOOTSTRAP_VERSION && !isMeant(request, image.clusterId())) {
            context.respond(error(ErrorCode.REBOOTSTRAP_REQUIRED));
            return;
        }
        context.respond(answer(image, version));
    }

    /** Whether the client means this broker of this cluster, as far as it says. */
    private boolean isMeant(ApiVersionsRequest request, String clusterId) {
        return (request.clusterId() == null || request.clusterId().equals(clusterId))
                && (request.nodeId() == -1 || request.nodeId() == nodeId);
    }

    /** Letters and digits, with dots and hyphens between them. */
    static boolean isSoftwareName(String text) {
        if (text.isEmpty() || !isLetterOrDigit(text.charAt(0)) || !isLetterOrDigit(text.charAt(text.length() - 1))) {
            return false;
        }
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private ApiVersionsResponse answer(MetadataImage image, int version) {
        List<SupportedFeatureKey> supported = new ArrayList<>(features.size());
        features.forEach((name, levels) -> {
            if (levels.min() > 0 || version >= LEVEL_ZERO_VERSION) {
                supported.add(new SupportedFeatureKey()
                        .setName(name)
                        .setMinVersion((short) levels.min())
                        .setMaxVersion((short) levels.max()));
            }
        });
        List<FinalizedFeatureKey> finalized = new ArrayList<>();
        image.features().forEach((name, level) -> {
            // A directory that Apache Kafka wrote may have finalized what is not served here.
            if (features.containsKey(name)) {
                finalized.add(new FinalizedFeatureKey()
                        .setName(name)
                        .setMaxVersionLevel(level)
                        .setMinVersionLevel(level));
            }
        });
        return new ApiVersionsResponse()
                .setApiKeys(apis)
                .setSupportedFeatures(supported)
                .setFinalizedFeaturesEpoch(image.offset())
                .setFinalizedFeatures(finalized);
    }

    private static ApiVersionsResponse error(ErrorCode code) {
        return new ApiVersionsResponse().setErrorCode(code.code());
    }

    @Override
    public ApiMessage failed(ApiVersionsRequest request, int version, ApiException error) {
        return error(error.error());
    }
}
