package dev.barnabas.parity;

import static dev.barnabas.parity.GroupScript.joined;
import static dev.barnabas.parity.GroupScript.leave;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupResponseData;

/** OffsetCommit, OffsetFetch, OffsetDelete. */
final class GroupOffsetScript {
    private GroupOffsetScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("offset-commit", GroupOffsetScript::commit),
                new Scenario("offset-commit-members", GroupOffsetScript::commitAsMember),
                new Scenario("offset-fetch", GroupOffsetScript::fetch),
                new Scenario("offset-delete", GroupOffsetScript::delete));
    }

    private static String commit(
            String group, int generation, String member, Session.Topic topic, int partition, long offset) {
        return ("groupId:'%s',generationIdOrMemberEpoch:%d,memberId:'%s',topics:[{name:'%s',topicId:'%s',partitions:["
                        + "{partitionIndex:%d,committedOffset:%d,committedLeaderEpoch:0,committedMetadata:'m'}]}]")
                .formatted(group, generation, member, topic.name(), topic.id(), partition, offset);
    }

    /** Asks for the partitions in the way of {@code version}; a null list of partitions asks for every topic. */
    private static String fetch(int version, String group, Session.Topic topic, String partitions) {
        String topics =
                partitions == null ? "null" : "[{name:'%s',partitionIndexes:[%s]}]".formatted(topic.name(), partitions);
        return version < 8
                ? "groupId:'%s',topics:%s".formatted(group, topics)
                : "groups:[{groupId:'%s',topics:%s}]"
                        .formatted(
                                group, version < 10 ? topics : topics.replace("{", "{topicId:'" + topic.id() + "',"));
    }

    private static void commit(Session s) throws Exception {
        var t = s.topic("t", 2);
        var unknown = new Session.Topic(s.named("unknown"), new Uuid(5, 7));
        for (int v : versions(OFFSET_COMMIT)) {
            String group = s.group("v" + v);
            s.ask("without members", OFFSET_COMMIT, v, commit(group, -1, "", t, 0, 5));
            s.ask("what is committed", OFFSET_FETCH, 7, fetch(7, group, t, "0,1"));
            s.ask("the group it made", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            s.ask("a lower offset", OFFSET_COMMIT, v, commit(group, -1, "", t, 0, 2));
            s.ask("another partition", OFFSET_COMMIT, v, commit(group, -1, "", t, 1, 9));
            s.ask("a negative offset", OFFSET_COMMIT, v, commit(group, -1, "", t, 0, -1));
            s.ask("an unknown partition", OFFSET_COMMIT, v, commit(group, -1, "", t, 7, 5));
            s.ask("an unknown topic", OFFSET_COMMIT, v, commit(group, -1, "", unknown, 0, 5));
            s.ask(
                    "a null metadata",
                    OFFSET_COMMIT,
                    v,
                    commit(group, -1, "", t, 0, 6).replace("'m'", "null"));
            s.ask(
                    "a metadata of 4096",
                    OFFSET_COMMIT,
                    v,
                    commit(group, -1, "", t, 0, 6).replace("'m'", "'" + "x".repeat(4096) + "'"));
            s.ask(
                    "a metadata of 4097",
                    OFFSET_COMMIT,
                    v,
                    commit(group, -1, "", t, 0, 6).replace("'m'", "'" + "x".repeat(4097) + "'"));
            s.ask("a member without generation", OFFSET_COMMIT, v, commit(group, -1, "nobody", t, 0, 5));
            s.ask("a generation without member", OFFSET_COMMIT, v, commit(group, 3, "", t, 0, 5));
            s.ask("a generation of an unknown group", OFFSET_COMMIT, v, commit(s.named("x"), 3, "nobody", t, 0, 5));
            s.ask("an empty group id", OFFSET_COMMIT, v, commit("", -1, "", t, 0, 5));
            s.ask("nothing", OFFSET_COMMIT, v, "groupId:'%s',topics:[]".formatted(group));
            s.ask(
                    "a retention",
                    OFFSET_COMMIT,
                    v,
                    commit(group, -1, "", t, 0, 8) + (v < 5 ? ",retentionTimeMs:1000000" : ""));
            s.ask(
                    "what is committed",
                    OFFSET_FETCH,
                    7,
                    fetch(7, group, t, "0,1").replace("'m'", "'n'"));
            if (v >= 7) {
                s.ask("an unknown instance", OFFSET_COMMIT, v, commit(group, -1, "", t, 0, 5) + ",groupInstanceId:'i'");
            }
            if (v >= 10) {
                s.ask(
                        "a zero topic id",
                        OFFSET_COMMIT,
                        v,
                        commit(group, -1, "", new Session.Topic(t.name(), Uuid.ZERO_UUID), 0, 5));
            }
        }
    }

    private static void commitAsMember(Session s) throws Exception {
        var t = s.topic("t", 2);
        for (int v : versions(OFFSET_COMMIT)) {
            String group = s.group("v" + v);
            var joined = joined(s, group);
            String member = joined.memberId();
            int generation = joined.generationId();
            s.ask("as the member", OFFSET_COMMIT, v, commit(group, generation, member, t, 0, 5));
            s.ask("without a member", OFFSET_COMMIT, v, commit(group, -1, "", t, 0, 6));
            s.ask("another generation", OFFSET_COMMIT, v, commit(group, generation + 1, member, t, 0, 6));
            s.ask("generation -1", OFFSET_COMMIT, v, commit(group, -1, member, t, 0, 6));
            s.ask("an unknown member", OFFSET_COMMIT, v, commit(group, generation, "nobody", t, 0, 6));
            JoinGroupResponseData again =
                    s.quietly(JOIN_GROUP, 3, GroupScript.join(group, member, null, "{name:'range',metadata:'q'}"));
            s.ask("before the sync", OFFSET_COMMIT, v, commit(group, again.generationId(), member, t, 0, 7));
            s.ask("before the sync, the old generation", OFFSET_COMMIT, v, commit(group, generation, member, t, 0, 7));
            s.quietly(SYNC_GROUP, 3, GroupScript.sync(group, again.generationId(), member, null, member));
            var joining = s.connect()
                    .send(
                            "another joins",
                            JOIN_GROUP,
                            3,
                            GroupScript.join(group, "", null, "{name:'range',metadata:'q'}"))
                    .waits(30);
            GroupScript.awaitRebalance(s, group);
            s.ask("while another joins", OFFSET_COMMIT, v, commit(group, again.generationId(), member, t, 0, 8));
            s.quietly(LEAVE_GROUP, 2, leave(group, member, null));
            JoinGroupResponseData other = joining.answer();
            s.ask("after leaving", OFFSET_COMMIT, v, commit(group, again.generationId(), member, t, 0, 9));
            s.quietly(LEAVE_GROUP, 2, leave(group, other.memberId(), null));
            s.ask("what is committed", OFFSET_FETCH, 7, fetch(7, group, t, "0"));
        }
    }

    private static void fetch(Session s) throws Exception {
        var t = s.topic("t", 2);
        var u = s.topic("u", 1);
        var unknown = new Session.Topic(s.named("unknown"), new Uuid(5, 7));
        String group = s.group("g");
        String second = s.group("h");
        s.quietly(OFFSET_COMMIT, 7, commit(group, -1, "", t, 0, 5));
        s.quietly(OFFSET_COMMIT, 7, commit(group, -1, "", u, 0, 7));
        s.quietly(OFFSET_COMMIT, 7, commit(second, -1, "", u, 0, 8));
        for (int v : versions(OFFSET_FETCH)) {
            s.ask("one committed, one not", OFFSET_FETCH, v, fetch(v, group, t, "0,1"));
            s.ask("an unknown partition", OFFSET_FETCH, v, fetch(v, group, t, "7"));
            s.ask("an unknown topic", OFFSET_FETCH, v, fetch(v, group, unknown, "0"));
            s.ask("the same partition twice", OFFSET_FETCH, v, fetch(v, group, t, "0,0"));
            s.ask("no partitions", OFFSET_FETCH, v, fetch(v, group, t, ""));
            s.ask("an unknown group", OFFSET_FETCH, v, fetch(v, s.named("x"), t, "0"));
            s.ask("an empty group id", OFFSET_FETCH, v, fetch(v, "", t, "0"));
            if (v >= 2) {
                s.ask("every topic", OFFSET_FETCH, v, fetch(v, group, t, null));
                s.ask("every topic of an unknown group", OFFSET_FETCH, v, fetch(v, s.named("x"), t, null));
            }
            if (v >= 7) {
                s.ask("stable only", OFFSET_FETCH, v, fetch(v, group, t, "0") + ",requireStable:true");
            }
            if (v >= 8) {
                s.ask(
                        "two groups",
                        OFFSET_FETCH,
                        v,
                        "groups:[{groupId:'%s',topics:null},{groupId:'%s',topics:null}]".formatted(group, second));
                s.ask("no groups", OFFSET_FETCH, v, "groups:[]");
                s.ask(
                        "the same group twice",
                        OFFSET_FETCH,
                        v,
                        "groups:[{groupId:'%1$s',topics:null},{groupId:'%1$s',topics:null}]".formatted(second));
            }
            if (v >= 9) {
                s.ask(
                        "as an unknown member",
                        OFFSET_FETCH,
                        v,
                        "groups:[{groupId:'%s',memberId:'nobody',memberEpoch:3,topics:null}]".formatted(group));
            }
            if (v >= 10) {
                s.ask(
                        "a zero topic id",
                        OFFSET_FETCH,
                        v,
                        "groups:[{groupId:'%s',topics:[{partitionIndexes:[0]}]}]".formatted(group));
            }
        }
    }

    private static void delete(Session s) throws Exception {
        var t = s.topic("t", 2);
        String group = s.group("g");
        s.quietly(OFFSET_COMMIT, 7, commit(group, -1, "", t, 0, 5));
        s.quietly(OFFSET_COMMIT, 7, commit(group, -1, "", t, 1, 6));
        String line = "groupId:'%s',topics:[{name:'%s',partitions:[{partitionIndex:%d}]}]";
        s.ask("one offset", OFFSET_DELETE, 0, line.formatted(group, t.name(), 0));
        s.ask("it again", OFFSET_DELETE, 0, line.formatted(group, t.name(), 0));
        s.ask("what is left", OFFSET_FETCH, 7, fetch(7, group, t, null));
        s.ask("an unknown partition", OFFSET_DELETE, 0, line.formatted(group, t.name(), 7));
        s.ask("an unknown topic", OFFSET_DELETE, 0, line.formatted(group, s.named("unknown"), 0));
        s.ask("an unknown group", OFFSET_DELETE, 0, line.formatted(s.named("x"), t.name(), 0));
        s.ask("an empty group id", OFFSET_DELETE, 0, line.formatted("", t.name(), 0));
        s.ask("nothing", OFFSET_DELETE, 0, "groupId:'%s',topics:[]".formatted(group));
        s.ask("the last offset", OFFSET_DELETE, 0, line.formatted(group, t.name(), 1));
        s.ask("the group without offsets", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));

        // A member whose subscription (version 0 of the consumer protocol) names the topic.
        String busy = s.group("busy");
        JoinGroupResponseData joined = s.quietly(
                JOIN_GROUP,
                3,
                GroupScript.join(busy, "", null, "{name:'range',metadata:'%s'}".formatted(subscription(t.name()))));
        s.quietly(
                SYNC_GROUP,
                3,
                GroupScript.sync(busy, joined.generationId(), joined.memberId(), null, joined.memberId()));
        var u = s.topic("u", 1);
        s.quietly(OFFSET_COMMIT, 7, commit(busy, joined.generationId(), joined.memberId(), t, 0, 5));
        s.quietly(OFFSET_COMMIT, 7, commit(busy, joined.generationId(), joined.memberId(), u, 0, 5));
        s.ask("a topic that is subscribed", OFFSET_DELETE, 0, line.formatted(busy, t.name(), 0));
        s.ask("a topic that is not", OFFSET_DELETE, 0, line.formatted(busy, u.name(), 0));
        s.ask("what is left", OFFSET_FETCH, 7, fetch(7, busy, t, null));

        // A member whose subscription cannot be read.
        String opaque = s.group("opaque");
        var member = joined(s, opaque);
        s.quietly(OFFSET_COMMIT, 7, commit(opaque, member.generationId(), member.memberId(), t, 0, 5));
        s.ask("a subscription that cannot be read", OFFSET_DELETE, 0, line.formatted(opaque, t.name(), 0));

        s.ask("a group with offsets", DELETE_GROUPS, 2, "groupsNames:['%s']".formatted(busy));
    }

    private static String subscription(String topic) {
        var text = new StringBuilder("\\u0000\\u0000\\u0000\\u0000\\u0000\\u0001");
        text.append("\\u0000").append("\\u%04x".formatted(topic.length())).append(topic);
        return text + "\\u0000\\u0000\\u0000\\u0000";
    }
}
