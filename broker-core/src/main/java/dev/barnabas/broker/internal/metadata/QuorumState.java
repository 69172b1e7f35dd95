package dev.barnabas.broker.internal.metadata;

import dev.barnabas.storage.StorageException;
import dev.barnabas.storage.file.FileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * KRaft's file {@code quorum-state}: who leads the metadata log in which epoch, so that no epoch is used twice. JSON of
 * {@code QuorumStateData} version 0, that of {@code kraft.version} 0.
 */
final class QuorumState {

    private static final String LEADER_EPOCH = "\"leaderEpoch\"\\s*:\\s*(-?\\d+)";

    private final FileSystem files;
    private final String path;

    QuorumState(FileSystem files, String directory) {
        this.files = files;
        this.path = directory + "/quorum-state";
    }

    /** The newest epoch known; 0 if there was none. */
    int epoch() {
        try {
            if (!files.exists(path)) {
                return 0;
            }
            Matcher matcher =
                    Pattern.compile(LEADER_EPOCH).matcher(new String(files.read(path), StandardCharsets.UTF_8));
            return matcher.find() ? Math.max(0, Integer.parseInt(matcher.group(1))) : 0;
        } catch (IOException e) {
            throw new StorageException("quorum state: " + path + " cannot be read: " + e, e);
        }
    }

    /** Makes durable that {@code nodeId}, the only voter, leads in {@code epoch}. */
    void lead(int nodeId, int epoch) {
        String json = "{\"clusterId\":\"\",\"leaderId\":" + nodeId + ",\"leaderEpoch\":" + epoch + ",\"votedId\":-1,"
                + "\"appliedOffset\":0,\"currentVoters\":[{\"voterId\":" + nodeId + "}],\"data_version\":0}";
        try {
            files.replace(path, json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new StorageException("quorum state: " + path + " cannot be written: " + e, e);
        }
    }
}
