package dev.barnabas.storage;

/** A record found by time: its timestamp in milliseconds, its offset, and the leader epoch of its batch (-1 if unknown). */
public record TimestampAndOffset(long timestampMs, long offset, int leaderEpoch) {}
