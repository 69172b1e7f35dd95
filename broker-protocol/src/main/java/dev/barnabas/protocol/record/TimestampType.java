package dev.barnabas.protocol.record;

/** Who set the timestamps of a batch: attribute bit 3 of every message format since 1. */
public enum TimestampType {
    /** The producer; {@code message.timestamp.type=CreateTime}. */
    CREATE_TIME("CreateTime"),
    /** The leader, when it appended the batch; {@code message.timestamp.type=LogAppendTime}. */
    LOG_APPEND_TIME("LogAppendTime");

    private final String configName;

    TimestampType(String configName) {
        this.configName = configName;
    }

    /** The name by which {@code message.timestamp.type} knows this type. */
    public String configName() {
        return configName;
    }

    /**
     * The type that {@code message.timestamp.type} calls {@code name}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TimestampType forConfigName(String name) {
        for (var type : values()) {
            if (type.configName.equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "message.timestamp.type: " + name + " (expected: CreateTime, LogAppendTime)");
    }
}
