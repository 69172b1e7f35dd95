package dev.barnabas.storage.log;

/** How the files of a log are called: an offset of 20 digits and a suffix that says what is in it. */
final class SegmentFiles {
    static final String LOG = ".log";
    static final String OFFSET_INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String TRANSACTION_INDEX = ".txnindex";
    static final String PRODUCER_SNAPSHOT = ".snapshot";

    /** Added to the name of a file that is to be deleted. */
    static final String DELETED = ".deleted";
    /** Added to the name of a file that compaction is still writing. */
    static final String CLEANED = ".cleaned";
    /** Added to the name of a file that compaction has written whole, and that replaces older ones. */
    static final String SWAP = ".swap";

    private static final int OFFSET_DIGITS = 20;

    private SegmentFiles() {}

    static String path(String directory, long offset, String suffix) {
        return directory + "/" + digits(offset) + suffix;
    }

    private static String digits(long offset) {
        var digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits;
    }

    /** The offset in a name that ends with {@code suffix}; -1 if the name is none of ours. */
    static long offsetOf(String name, String suffix) {
        if (name.length() != OFFSET_DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, OFFSET_DIGITS, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
