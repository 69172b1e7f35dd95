package dev.barnabas.protocol;

/** A request or a response. */
public interface ApiMessage extends Message {

    /** The API that this message belongs to. */
    ApiKey apiKey();
}
