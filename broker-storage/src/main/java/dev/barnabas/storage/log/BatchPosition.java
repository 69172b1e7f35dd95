package dev.barnabas.storage.log;

/** Where in its segment a batch lies. */
record BatchPosition(long baseOffset, int position, int sizeInBytes) {

    int end() {
        return position + sizeInBytes;
    }
}
