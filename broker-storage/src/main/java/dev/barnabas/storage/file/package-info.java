/**
 * The port to the disk and its two adapters: {@link dev.barnabas.storage.file.DiskFileSystem} and
 * {@link dev.barnabas.storage.file.MemoryFileSystem}. Paths are relative to the file system's root, with {@code /}
 * between names. A {@link dev.barnabas.storage.file.FileSystem} may be called on any thread; a
 * {@link dev.barnabas.storage.file.BlockFile} has one writer and any number of readers.
 */
@NullMarked
package dev.barnabas.storage.file;

import org.jspecify.annotations.NullMarked;
