package dev.barnabas.broker.internal.controller;

import dev.barnabas.broker.internal.metadata.ClusterImage;
import dev.barnabas.broker.internal.metadata.Features;
import dev.barnabas.broker.internal.metadata.MetadataRecord;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.VersionRange;
import dev.barnabas.protocol.message.FeatureLevelRecord;
import dev.barnabas.protocol.message.MetadataRecordType;
import dev.barnabas.protocol.message.UpdateFeaturesRequest;
import dev.barnabas.protocol.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.barnabas.protocol.message.UpdateFeaturesResponse;
import dev.barnabas.protocol.message.UpdateFeaturesResponse.UpdatableFeatureResult;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Decides UpdateFeatures (KIP-584): all updates, or none. Pure. */
final class FeatureUpdate {

    private static final byte UPGRADE = 1;
    private static final byte SAFE_DOWNGRADE = 2;
    private static final byte UNSAFE_DOWNGRADE = 3;

    Decision<UpdateFeaturesResponse> decide(ClusterImage image, UpdateFeaturesRequest request, int version) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<UpdatableFeatureResult>();
        for (FeatureUpdateKey update : request.featureUpdates()) {
            String problem = problem(image, update, version);
            if (problem != null) {
                return Decision.unchanged(new UpdateFeaturesResponse()
                        .setErrorCode(ErrorCode.INVALID_UPDATE_VERSION.code())
                        .setErrorMessage(problem));
            }
            results.add(new UpdatableFeatureResult()
                    .setFeature(update.feature())
                    .setErrorMessage(ErrorCode.NONE.message()));
            if (update.maxVersionLevel() != current(image, update.feature())) {
                records.add(MetadataRecord.of(
                        MetadataRecordType.FEATURE_LEVEL_RECORD,
                        new FeatureLevelRecord().setName(update.feature()).setFeatureLevel(update.maxVersionLevel())));
            }
        }
        // Version 2 has one answer for all.
        var response = new UpdateFeaturesResponse().setErrorMessage(null);
        if (version < 2) {
            response.setResults(results);
        }
        return request.validateOnly() ? Decision.unchanged(response) : new Decision<>(records, response);
    }

    private static int current(ClusterImage image, String feature) {
        Short level = image.features().get(feature);
        return level == null ? 0 : level;
    }

    private static @Nullable String problem(ClusterImage image, FeatureUpdateKey update, int version) {
        String feature = update.feature();
        int level = update.maxVersionLevel();
        int current = current(image, feature);
        byte upgradeType = version == 0 ? (update.allowDowngrade() ? SAFE_DOWNGRADE : UPGRADE) : update.upgradeType();
        if (upgradeType < UPGRADE || upgradeType > UNSAFE_DOWNGRADE) {
            return "upgrade type of " + feature + ": " + upgradeType + " (expected: 1-3)";
        }
        VersionRange supported = Features.SUPPORTED.getOrDefault(feature, new VersionRange(0, 0));
        if (!supported.contains(level)) {
            return feature + ": " + level + " (expected: " + supported + ", which this broker supports)";
        }
        if (level < current && feature.equals(Features.METADATA_VERSION_NAME)) {
            return feature + ": " + level + " (expected: at least the present " + current
                    + ", whose records an older version could not read)";
        }
        if (level < current && upgradeType == UPGRADE) {
            return feature + ": " + level + " (expected: at least the present " + current + ", or a downgrade)";
        }
        if (level > current && upgradeType != UPGRADE) {
            return feature + ": " + level + " (expected: at most the present " + current + " in a downgrade)";
        }
        return null;
    }
}
