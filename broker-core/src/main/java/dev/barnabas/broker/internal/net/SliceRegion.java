package dev.barnabas.broker.internal.net;

import dev.barnabas.storage.RecordSlice;
import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A record slice on its way through {@code sendfile}; gives the slice back and leaves its file open. */
final class SliceRegion extends DefaultFileRegion {

    private final RecordSlice slice;

    SliceRegion(RecordSlice slice, FileChannel file) {
        super(file, slice.position(), slice.sizeInBytes());
        this.slice = slice;
    }

    @Override
    protected void deallocate() {
        slice.release();
    }
}
