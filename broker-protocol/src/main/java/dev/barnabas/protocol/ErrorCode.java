package dev.barnabas.protocol;

/** The error codes of Kafka's protocol, as of Kafka 4.4. */
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, "the broker failed in a way that no other code describes"),
    NONE(0, "no error"),
    OFFSET_OUT_OF_RANGE(1, "the offset is outside the partition's log"),
    CORRUPT_MESSAGE(2, "the records fail their checksum or break the batch format"),
    UNKNOWN_TOPIC_OR_PARTITION(3, "no such topic or partition here"),
    INVALID_FETCH_SIZE(4, "the fetch size makes no sense"),
    LEADER_NOT_AVAILABLE(5, "the partition has no leader at present"),
    NOT_LEADER_OR_FOLLOWER(6, "this broker is neither leader nor, where one would do, replica of the partition"),
    REQUEST_TIMED_OUT(7, "not done within the request's timeout"),
    BROKER_NOT_AVAILABLE(8, "the broker is down"),
    REPLICA_NOT_AVAILABLE(9, "no usable replica of the partition here"),
    MESSAGE_TOO_LARGE(10, "a record batch exceeds max.message.bytes"),
    STALE_CONTROLLER_EPOCH(11, "another controller has taken over"),
    OFFSET_METADATA_TOO_LARGE(12, "the text stored beside an offset exceeds offset.metadata.max.bytes"),
    NETWORK_EXCEPTION(13, "the connection broke before the answer"),
    COORDINATOR_LOAD_IN_PROGRESS(14, "the coordinator is reading its log"),
    COORDINATOR_NOT_AVAILABLE(15, "there is no coordinator at present"),
    NOT_COORDINATOR(16, "another broker is the coordinator"),
    INVALID_TOPIC_EXCEPTION(17, "not a legal topic name, or an operation this topic does not allow"),
    RECORD_LIST_TOO_LARGE(18, "a record batch exceeds the segment size"),
    NOT_ENOUGH_REPLICAS(19, "fewer replicas in sync than min.insync.replicas; nothing was written"),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, "written, but to fewer replicas in sync than min.insync.replicas"),
    INVALID_REQUIRED_ACKS(21, "acks is none of -1, 0 and 1"),
    ILLEGAL_GENERATION(22, "the group is in another generation"),
    INCONSISTENT_GROUP_PROTOCOL(23, "the member shares no protocol with its group, or named none"),
    INVALID_GROUP_ID(24, "not a legal group id"),
    UNKNOWN_MEMBER_ID(25, "the group has no such member"),
    INVALID_SESSION_TIMEOUT(26, "the session timeout is outside the broker's bounds"),
    REBALANCE_IN_PROGRESS(27, "the group is rebalancing; join again"),
    INVALID_COMMIT_OFFSET_SIZE(28, "the commit does not fit into one batch of the offsets topic"),
    TOPIC_AUTHORIZATION_FAILED(29, "access to the topic denied"),
    GROUP_AUTHORIZATION_FAILED(30, "access to the group denied"),
    CLUSTER_AUTHORIZATION_FAILED(31, "access to the cluster denied"),
    INVALID_TIMESTAMP(32, "a timestamp is further from now than the topic allows"),
    UNSUPPORTED_SASL_MECHANISM(33, "SASL mechanism not enabled here"),
    ILLEGAL_SASL_STATE(34, "not a legal request at this point of authentication"),
    UNSUPPORTED_VERSION(35, "version of the API not served here"),
    TOPIC_ALREADY_EXISTS(36, "there is a topic of that name"),
    INVALID_PARTITIONS(37, "not a legal number of partitions"),
    INVALID_REPLICATION_FACTOR(38, "not a legal replication factor for this cluster"),
    INVALID_REPLICA_ASSIGNMENT(39, "not a legal assignment of replicas"),
    INVALID_CONFIG(40, "not a legal configuration"),
    NOT_CONTROLLER(41, "another node is the controller"),
    INVALID_REQUEST(42, "the request contradicts itself or the protocol"),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, "the partition's message format cannot do that"),
    POLICY_VIOLATION(44, "a policy of the cluster forbids it"),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, "sequence number does not follow the producer's last"),
    DUPLICATE_SEQUENCE_NUMBER(46, "sequence number was used before"),
    INVALID_PRODUCER_EPOCH(47, "a newer epoch of the producer exists"),
    INVALID_TXN_STATE(48, "the transaction's state does not allow it"),
    INVALID_PRODUCER_ID_MAPPING(49, "the transactional id belongs to another producer id"),
    INVALID_TRANSACTION_TIMEOUT(50, "the timeout exceeds transaction.max.timeout.ms"),
    CONCURRENT_TRANSACTIONS(51, "an earlier operation on the transaction is still under way"),
    TRANSACTION_COORDINATOR_FENCED(52, "a newer transaction coordinator exists"),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, "access to the transactional id denied"),
    SECURITY_DISABLED(54, "no authorizer is configured"),
    OPERATION_NOT_ATTEMPTED(55, "left undone because an earlier part of the request failed"),
    KAFKA_STORAGE_ERROR(56, "the log directory failed"),
    LOG_DIR_NOT_FOUND(57, "no such log directory on this broker"),
    SASL_AUTHENTICATION_FAILED(58, "wrong credentials"),
    UNKNOWN_PRODUCER_ID(59, "no state of that producer id is left"),
    REASSIGNMENT_IN_PROGRESS(60, "the partition's replicas are being moved"),
    DELEGATION_TOKEN_AUTH_DISABLED(61, "delegation tokens are not enabled"),
    DELEGATION_TOKEN_NOT_FOUND(62, "no such delegation token"),
    DELEGATION_TOKEN_OWNER_MISMATCH(63, "neither owner nor renewer of the delegation token"),
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(64, "delegation tokens are not handed out over this kind of connection"),
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, "access to the delegation token denied"),
    DELEGATION_TOKEN_EXPIRED(66, "the delegation token has expired"),
    INVALID_PRINCIPAL_TYPE(67, "type of principal not supported"),
    NON_EMPTY_GROUP(68, "the group has members"),
    GROUP_ID_NOT_FOUND(69, "no such group"),
    FETCH_SESSION_ID_NOT_FOUND(70, "no such fetch session"),
    INVALID_FETCH_SESSION_EPOCH(71, "the fetch session is at another epoch"),
    LISTENER_NOT_FOUND(72, "the leader has no listener of this name"),
    TOPIC_DELETION_DISABLED(73, "delete.topic.enable is false"),
    FENCED_LEADER_EPOCH(74, "the request's leader epoch is an old one"),
    UNKNOWN_LEADER_EPOCH(75, "the request's leader epoch is newer than any known here"),
    UNSUPPORTED_COMPRESSION_TYPE(76, "the client cannot read the partition's compression"),
    STALE_BROKER_EPOCH(77, "the broker has registered again since"),
    OFFSET_NOT_AVAILABLE(78, "a new leader does not know its high watermark yet; retry"),
    MEMBER_ID_REQUIRED(79, "join again with the member id in this response"),
    PREFERRED_LEADER_NOT_AVAILABLE(80, "the preferred leader cannot lead"),
    GROUP_MAX_SIZE_REACHED(81, "the group has as many members as it may have"),
    FENCED_INSTANCE_ID(82, "another member has taken over the group instance id"),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, "no replica may lead"),
    ELECTION_NOT_NEEDED(84, "the partition has the leader it should have"),
    NO_REASSIGNMENT_IN_PROGRESS(85, "the partition's replicas are not being moved"),
    GROUP_SUBSCRIBED_TO_TOPIC(86, "the group still subscribes to the topic"),
    INVALID_RECORD(87, "a record breaks a rule of the broker or the topic"),
    UNSTABLE_OFFSET_COMMIT(88, "a transaction that commits these offsets is still open"),
    THROTTLING_QUOTA_EXCEEDED(89, "the quota is used up; retry later"),
    PRODUCER_FENCED(90, "a newer producer uses the transactional id"),
    RESOURCE_NOT_FOUND(91, "the request names a resource that does not exist"),
    DUPLICATE_RESOURCE(92, "the request names a resource twice"),
    UNACCEPTABLE_CREDENTIAL(93, "the credential is too weak or not well-formed"),
    INCONSISTENT_VOTER_SET(94, "sender or receiver is not among the voters"),
    INVALID_UPDATE_VERSION(95, "not a legal version to update to"),
    FEATURE_UPDATE_FAILED(96, "the features could not be updated"),
    PRINCIPAL_DESERIALIZATION_FAILURE(97, "the forwarded principal cannot be read"),
    SNAPSHOT_NOT_FOUND(98, "no such snapshot"),
    POSITION_OUT_OF_RANGE(99, "the position is outside the snapshot"),
    UNKNOWN_TOPIC_ID(100, "no topic with that id here"),
    DUPLICATE_BROKER_REGISTRATION(101, "a live broker has this id"),
    BROKER_ID_NOT_REGISTERED(102, "no broker has registered with this id"),
    INCONSISTENT_TOPIC_ID(103, "the topic has another id"),
    INCONSISTENT_CLUSTER_ID(104, "the cluster has another id"),
    TRANSACTIONAL_ID_NOT_FOUND(105, "no such transactional id"),
    FETCH_SESSION_TOPIC_ID_ERROR(106, "topic ids and names are mixed in one fetch session"),
    INELIGIBLE_REPLICA(107, "a replica of the new ISR may not be in it"),
    NEW_LEADER_ELECTED(108, "the change was made, and the leader is another one now"),
    OFFSET_MOVED_TO_TIERED_STORAGE(109, "the offset is in tiered storage"),
    FENCED_MEMBER_EPOCH(110, "the member's epoch is an old one; give up all partitions and join again"),
    UNRELEASED_INSTANCE_ID(111, "another member still holds the group instance id"),
    UNSUPPORTED_ASSIGNOR(112, "the group coordinator has no such assignor"),
    STALE_MEMBER_EPOCH(113, "the member's epoch is behind; retry after a heartbeat"),
    MISMATCHED_ENDPOINT_TYPE(114, "the request went to the wrong kind of endpoint"),
    UNSUPPORTED_ENDPOINT_TYPE(115, "kind of endpoint not supported"),
    UNKNOWN_CONTROLLER_ID(116, "no such controller"),
    UNKNOWN_SUBSCRIPTION_ID(117, "no such telemetry subscription"),
    TELEMETRY_TOO_LARGE(118, "the metrics exceed telemetry.max.bytes"),
    INVALID_REGISTRATION(119, "the controller refuses the broker's registration"),
    TRANSACTION_ABORTABLE(120, "abort the transaction, then go on"),
    INVALID_RECORD_STATE(121, "the record is not acquired by this member"),
    SHARE_SESSION_NOT_FOUND(122, "no such share session"),
    INVALID_SHARE_SESSION_EPOCH(123, "the share session is at another epoch"),
    FENCED_STATE_EPOCH(124, "the share partition's state has a newer epoch"),
    INVALID_VOTER_KEY(125, "the voter has another directory id"),
    DUPLICATE_VOTER(126, "the node is a voter"),
    VOTER_NOT_FOUND(127, "the node is no voter"),
    INVALID_REGULAR_EXPRESSION(128, "the regular expression cannot be compiled"),
    REBOOTSTRAP_REQUIRED(129, "start again from the bootstrap servers"),
    STREAMS_INVALID_TOPOLOGY(130, "the topology makes no sense"),
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, "not a legal epoch of the topology"),
    STREAMS_TOPOLOGY_FENCED(132, "a newer epoch of the topology exists"),
    SHARE_SESSION_LIMIT_REACHED(133, "as many share sessions as there may be"),
    GROUP_DELETION_FAILED(134, "the group was not deleted; its own message says why"),
    STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED(135, "the description was not stored; the response's message says why"),
    CONTROLLER_ID_NOT_REGISTERED(136, "no controller has registered with this id");

    private static final ErrorCode[] BY_CODE = byCode();

    private final short code;
    private final String message;

    ErrorCode(int code, String message) {
        this.code = (short) code;
        this.message = message;
    }

    private static ErrorCode[] byCode() {
        ErrorCode[] values = values();
        ErrorCode[] byCode = new ErrorCode[values.length];
        for (ErrorCode value : values) {
            byCode[value.code + 1] = value;
        }
        return byCode;
    }

    /** The error of that number; {@link #UNKNOWN_SERVER_ERROR} for numbers that mean nothing here. */
    public static ErrorCode forCode(int code) {
        return code >= -1 && code < BY_CODE.length - 1 ? BY_CODE[code + 1] : UNKNOWN_SERVER_ERROR;
    }

    /** The number on the wire. */
    public short code() {
        return code;
    }

    /** What it means, for log lines and for responses that carry an error message. */
    public String message() {
        return message;
    }
}
