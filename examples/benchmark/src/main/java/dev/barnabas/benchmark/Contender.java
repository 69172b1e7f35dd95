package dev.barnabas.benchmark;

/** The two brokers that are measured. */
enum Contender {
    APACHE_KAFKA,
    BARNABAS
}
