package dev.barnabas.storage;

import dev.barnabas.protocol.ApiException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one append of several ended: exactly one of the two is null.
 *
 * @param error why nothing of it was written
 */
public record AppendOutcome(
        @Nullable AppendResult result, @Nullable ApiException error) {

    /**
     * What was appended.
     *
     * @throws ApiException if nothing was
     */
    public AppendResult get() {
        if (error != null) {
            throw error;
        }
        return Objects.requireNonNull(result);
    }
}
