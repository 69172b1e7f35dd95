package dev.barnabas.broker.internal.metadata;

import java.util.concurrent.CompletionStage;

/**
 * Follows the committed metadata. Called on the controller's lane, one image after the other; the next image, and the
 * answer to the request that caused this one, wait for the stage returned: so that "created" means "usable".
 */
@FunctionalInterface
public interface MetadataListener {

    CompletionStage<Void> onImage(MetadataImage before, MetadataImage now);
}
