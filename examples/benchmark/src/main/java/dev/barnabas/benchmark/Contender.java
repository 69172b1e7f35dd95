package dev.barnabas.benchmark;

/** The two brokers that are measured. */
enum Contender {
    APACHE_KAFKA("Apache Kafka"),
    BARNABAS("Barnabas");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
