package dev.barnabas.storage.log;

import dev.barnabas.storage.file.FileSystem;
import io.netty.buffer.ByteBufAllocator;
import java.util.random.RandomGenerator;

/**
 * What the logs of one directory share.
 *
 * @param files the directory
 * @param allocator for the short-lived buffers into which headers and indexes are read
 * @param health where failures are reported
 * @param expiring what is to be deleted later
 * @param random for the jitter of rolling and the names of deleted directories
 */
record LogEnvironment(
        FileSystem files,
        ByteBufAllocator allocator,
        DirectoryHealth health,
        ExpiringFiles expiring,
        RandomGenerator random) {}
