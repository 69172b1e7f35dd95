package dev.barnabas.parity;

import static dev.barnabas.parity.Script.newest;
import static dev.barnabas.parity.Script.versions;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.jspecify.annotations.Nullable;

/** FindCoordinator, and the classic group protocol: join, sync, heartbeat, leave, describe, list, delete. */
final class GroupScript {
    private static final String RANGE = "{name:'range',metadata:'r'}";
    private static final String STICKY = "{name:'sticky',metadata:'s'}";

    private GroupScript() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario("list-groups-none", GroupScript::listNone),
                new Scenario("find-coordinator", GroupScript::findCoordinator),
                new Scenario("group-life", GroupScript::life),
                new Scenario("group-join-invalid", GroupScript::joinInvalid),
                new Scenario("group-errors", GroupScript::errors),
                new Scenario("group-rebalance", GroupScript::rebalance),
                new Scenario("group-protocols", GroupScript::protocols),
                new Scenario("group-static-members", GroupScript::staticMembers),
                new Scenario("group-expiry", GroupScript::expiry),
                new Scenario("describe-groups", GroupScript::describe),
                new Scenario("list-groups", GroupScript::list),
                new Scenario("delete-groups", GroupScript::delete));
    }

    static String join(String group, String member, @Nullable String instance, String... protocols) {
        return "groupId:'%s',sessionTimeoutMs:300000,rebalanceTimeoutMs:20000,memberId:'%s',groupInstanceId:%s,protocolType:'consumer',protocols:[%s]"
                .formatted(group, member, quoted(instance), String.join(",", protocols));
    }

    static String sync(
            String group, int generation, String member, @Nullable String instance, String... assignedMembers) {
        var assignments = new StringBuilder();
        for (var assigned : assignedMembers) {
            assignments
                    .append(assignments.isEmpty() ? "" : ",")
                    .append("{memberId:'%s',assignment:'a-%d'}".formatted(assigned, assignments.length() == 0 ? 0 : 1));
        }
        return "groupId:'%s',generationId:%d,memberId:'%s',groupInstanceId:%s,protocolType:'consumer',protocolName:'range',assignments:[%s]"
                .formatted(group, generation, member, quoted(instance), assignments);
    }

    static String heartbeat(String group, int generation, String member, @Nullable String instance) {
        return "groupId:'%s',generationId:%d,memberId:'%s',groupInstanceId:%s"
                .formatted(group, generation, member, quoted(instance));
    }

    /** Names one member in the way of every version. */
    static String leave(String group, String member, @Nullable String instance) {
        return "groupId:'%1$s',memberId:'%2$s',members:[{memberId:'%2$s',groupInstanceId:%3$s,reason:'why not'}]"
                .formatted(group, member, quoted(instance));
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "'" + text + "'";
    }

    /** A member that has joined alone and synced: an id and a generation. */
    static JoinGroupResponseData joined(Session s, String group) throws Exception {
        JoinGroupResponseData answer = s.quietly(JOIN_GROUP, 3, join(group, "", null, RANGE));
        s.quietly(SYNC_GROUP, 3, sync(group, answer.generationId(), answer.memberId(), null, answer.memberId()));
        return answer;
    }

    /** Returns when the request of another connection that begins a rebalance has arrived. */
    static void awaitRebalance(Session s, String group) throws Exception {
        s.<DescribeGroupsResponseData>await(
                DESCRIBE_GROUPS,
                5,
                "groups:['%s']".formatted(group),
                answer -> answer.groups().get(0).groupState().equals("PreparingRebalance"));
    }

    private static void listNone(Session s) throws Exception {
        for (int v : versions(LIST_GROUPS)) {
            s.ask("before there is a group", LIST_GROUPS, v, "");
        }
    }

    private static void findCoordinator(Session s) throws Exception {
        String group = s.group("g");
        for (int v : versions(FIND_COORDINATOR)) {
            if (v < 4) {
                s.ask("a group", FIND_COORDINATOR, v, "key:'%s'".formatted(group));
                s.ask("an empty group", FIND_COORDINATOR, v, "key:''");
                s.ask("key type 7", FIND_COORDINATOR, v, "key:'a',keyType:" + (v == 0 ? 0 : 7));
            } else {
                s.ask("a group", FIND_COORDINATOR, v, "coordinatorKeys:['%s']".formatted(group));
                s.ask("two groups", FIND_COORDINATOR, v, "coordinatorKeys:['%s','other']".formatted(group));
                s.ask("the same group twice", FIND_COORDINATOR, v, "coordinatorKeys:['%1$s','%1$s']".formatted(group));
                s.ask("an empty group", FIND_COORDINATOR, v, "coordinatorKeys:['','%s']".formatted(group));
                s.ask("no group", FIND_COORDINATOR, v, "coordinatorKeys:[]");
                s.ask("key type 7", FIND_COORDINATOR, v, "coordinatorKeys:['a'],keyType:7");
                s.ask("a share key that is none", FIND_COORDINATOR, v, "coordinatorKeys:['a'],keyType:2");
            }
        }
    }

    private static void life(Session s) throws Exception {
        for (int v : versions(JOIN_GROUP)) {
            String group = s.group("v" + v);
            JoinGroupResponseData joined =
                    s.ask("join without an id", JOIN_GROUP, v, join(group, "", null, RANGE, STICKY));
            if (joined.errorCode() == 79) {
                joined = s.ask("join with the id", JOIN_GROUP, v, join(group, joined.memberId(), null, RANGE, STICKY));
            }
            String member = joined.memberId();
            int generation = joined.generationId();
            int sync = Math.min(v, newest(SYNC_GROUP));
            int beat = Math.min(v, newest(HEARTBEAT));
            int leave = Math.min(v, newest(LEAVE_GROUP));
            s.ask("described before sync", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            s.ask("heartbeat before sync", HEARTBEAT, beat, heartbeat(group, generation, member, null));
            s.ask("sync", SYNC_GROUP, sync, sync(group, generation, member, null, member));
            s.ask("sync again", SYNC_GROUP, sync, sync(group, generation, member, null));
            s.ask("heartbeat", HEARTBEAT, beat, heartbeat(group, generation, member, null));
            s.ask("described", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            JoinGroupResponseData again =
                    s.ask("join again as the leader", JOIN_GROUP, v, join(group, member, null, RANGE, STICKY));
            s.ask("heartbeat of the old generation", HEARTBEAT, beat, heartbeat(group, generation, member, null));
            s.ask("sync of the new", SYNC_GROUP, sync, sync(group, again.generationId(), member, null, member));
            s.ask("leave", LEAVE_GROUP, leave, leave(group, member, null));
            s.ask("leave again", LEAVE_GROUP, leave, leave(group, member, null));
            s.ask("heartbeat after that", HEARTBEAT, beat, heartbeat(group, again.generationId(), member, null));
            s.ask("described after that", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
        }
    }

    private static void joinInvalid(Session s) throws Exception {
        for (int v : versions(JOIN_GROUP)) {
            String group = s.group("v" + v);
            s.ask("an empty group id", JOIN_GROUP, v, join("", "", null, RANGE));
            s.ask("an unknown member id", JOIN_GROUP, v, join(group, "nobody", null, RANGE));
            s.ask("no protocols", JOIN_GROUP, v, join(group, "", null));
            s.ask(
                    "an empty protocol type",
                    JOIN_GROUP,
                    v,
                    join(group, "", null, RANGE).replace("'consumer'", "''"));
            s.ask(
                    "a session too short",
                    JOIN_GROUP,
                    v,
                    join(group, "", null, RANGE).replace("300000", "999"));
            s.ask(
                    "a session too long",
                    JOIN_GROUP,
                    v,
                    join(group, "", null, RANGE).replace("300000", "1800001"));
            s.ask(
                    "a negative session",
                    JOIN_GROUP,
                    v,
                    join(group, "", null, RANGE).replace("300000", "-1"));
            if (v >= 5) {
                s.ask("an unknown member id with an instance", JOIN_GROUP, v, join(group, "nobody", "i", RANGE));
                s.ask("an empty instance", JOIN_GROUP, v, join(s.group("e" + v), "", "", RANGE));
                s.ask("an instance with a blank", JOIN_GROUP, v, join(s.group("b" + v), "", "a b", RANGE));
                s.ask("an instance of 250", JOIN_GROUP, v, join(s.group("x" + v), "", "x".repeat(250), RANGE));
            }
            s.ask("what is left", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
        }
    }

    private static void errors(Session s) throws Exception {
        String group = s.group("g");
        String none = s.named("none");
        var joined = joined(s, group);
        String member = joined.memberId();
        int generation = joined.generationId();
        for (int v : versions(SYNC_GROUP)) {
            s.ask("an empty group id", SYNC_GROUP, v, sync("", 1, member, null));
            s.ask("an unknown group", SYNC_GROUP, v, sync(none, 1, member, null));
            s.ask("an unknown member", SYNC_GROUP, v, sync(group, generation, "nobody", null));
            s.ask("another generation", SYNC_GROUP, v, sync(group, generation + 1, member, null));
            s.ask(
                    "another protocol",
                    SYNC_GROUP,
                    v,
                    sync(group, generation, member, null).replace("'range'", "'sticky'"));
            s.ask(
                    "another protocol type",
                    SYNC_GROUP,
                    v,
                    sync(group, generation, member, null).replace("'consumer'", "'connect'"));
            s.ask(
                    "without protocol",
                    SYNC_GROUP,
                    v,
                    sync(group, generation, member, null)
                            .replace("'range'", "null")
                            .replace("'consumer'", "null"));
            if (v >= 3) {
                s.ask("an unknown instance", SYNC_GROUP, v, sync(group, generation, member, "i"));
            }
        }
        for (int v : versions(HEARTBEAT)) {
            s.ask("an empty group id", HEARTBEAT, v, heartbeat("", 1, member, null));
            s.ask("an unknown group", HEARTBEAT, v, heartbeat(none, 1, member, null));
            s.ask("an unknown member", HEARTBEAT, v, heartbeat(group, generation, "nobody", null));
            s.ask("an empty member", HEARTBEAT, v, heartbeat(group, generation, "", null));
            s.ask("another generation", HEARTBEAT, v, heartbeat(group, generation + 1, member, null));
            s.ask("generation -1", HEARTBEAT, v, heartbeat(group, -1, member, null));
            if (v >= 3) {
                s.ask("an unknown instance", HEARTBEAT, v, heartbeat(group, generation, member, "i"));
            }
        }
        for (int v : versions(LEAVE_GROUP)) {
            s.ask("an empty group id", LEAVE_GROUP, v, leave("", member, null));
            s.ask("an unknown group", LEAVE_GROUP, v, leave(none, member, null));
            s.ask("an unknown member", LEAVE_GROUP, v, leave(group, "nobody", null));
            s.ask("an empty member", LEAVE_GROUP, v, leave(group, "", null));
            if (v >= 3) {
                s.ask("an unknown instance", LEAVE_GROUP, v, leave(group, "", "i"));
                s.ask("a member with an unknown instance", LEAVE_GROUP, v, leave(group, member, "i"));
                s.ask("nobody at all", LEAVE_GROUP, v, "groupId:'%s',members:[]".formatted(group));
                s.ask(
                        "two, unknown both",
                        LEAVE_GROUP,
                        v,
                        "groupId:'%s',members:[{memberId:'x'},{memberId:'y'}]".formatted(group));
            }
        }
        s.ask("still there", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
    }

    private static void rebalance(Session s) throws Exception {
        for (int v : new int[] {1, 3, 4, 5, 7, newest(JOIN_GROUP)}) {
            String group = s.group("v" + v);
            int sync = Math.min(v, newest(SYNC_GROUP));
            int beat = Math.min(v, newest(HEARTBEAT));
            int leave = Math.min(v, newest(LEAVE_GROUP));
            var a = s.connect();
            var b = s.connect();
            JoinGroupResponseData first = joinFully(a, "a joins", v, group);
            a.ask(
                    "a syncs",
                    SYNC_GROUP,
                    sync,
                    sync(group, first.generationId(), first.memberId(), null, first.memberId()));

            String idOfB = "";
            if (v >= 4) {
                JoinGroupResponseData given = b.ask("b asks for an id", JOIN_GROUP, v, join(group, "", null, RANGE));
                idOfB = given.memberId();
            }
            var joining = b.send("b joins", JOIN_GROUP, v, join(group, idOfB, null, RANGE))
                    .waits(30);
            awaitRebalance(s, group);
            a.ask("a hears of it", HEARTBEAT, beat, heartbeat(group, first.generationId(), first.memberId(), null));
            a.ask("a still describes", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            JoinGroupResponseData second =
                    a.ask("a joins again", JOIN_GROUP, v, join(group, first.memberId(), null, RANGE));
            JoinGroupResponseData secondOfB = joining.answer();
            var syncing = b.send(
                            "b syncs",
                            SYNC_GROUP,
                            sync,
                            sync(group, secondOfB.generationId(), secondOfB.memberId(), null))
                    .waits(30);
            a.ask(
                    "a, the leader, syncs",
                    SYNC_GROUP,
                    sync,
                    sync(group, second.generationId(), first.memberId(), null, first.memberId(), secondOfB.memberId()));
            syncing.answer();
            a.ask("a beats", HEARTBEAT, beat, heartbeat(group, second.generationId(), first.memberId(), null));
            b.ask("b beats", HEARTBEAT, beat, heartbeat(group, second.generationId(), secondOfB.memberId(), null));
            s.ask("stable", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            b.ask("b, no leader, joins unchanged", JOIN_GROUP, v, join(group, secondOfB.memberId(), null, RANGE));
            b.ask("b beats on", HEARTBEAT, beat, heartbeat(group, second.generationId(), secondOfB.memberId(), null));
            a.ask("a, the leader, leaves", LEAVE_GROUP, leave, leave(group, first.memberId(), null));
            b.ask(
                    "b hears of it",
                    HEARTBEAT,
                    beat,
                    heartbeat(group, second.generationId(), secondOfB.memberId(), null));
            b.ask("b joins alone", JOIN_GROUP, v, join(group, secondOfB.memberId(), null, RANGE));
            s.ask("b leads", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            b.ask("b leaves", LEAVE_GROUP, leave, leave(group, secondOfB.memberId(), null));
            s.ask("empty", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            a.close();
            b.close();
        }
    }

    private static JoinGroupResponseData joinFully(Session.Peer peer, String what, int v, String group)
            throws Exception {
        JoinGroupResponseData answer = peer.ask(what, JOIN_GROUP, v, join(group, "", null, RANGE));
        return answer.errorCode() != 79
                ? answer
                : peer.ask(what + " with the id", JOIN_GROUP, v, join(group, answer.memberId(), null, RANGE));
    }

    /** How the group settles on one protocol, and who is turned away. */
    private static void protocols(Session s) throws Exception {
        String group = s.group("g");
        var a = s.connect();
        var b = s.connect();
        int v = 3;
        JoinGroupResponseData first = a.ask("a knows both", JOIN_GROUP, v, join(group, "", null, STICKY, RANGE));
        b.ask("b knows another", JOIN_GROUP, v, join(group, "", null, "{name:'mine',metadata:'m'}"));
        b.ask(
                "b is of another type",
                JOIN_GROUP,
                v,
                join(group, "", null, RANGE).replace("'consumer'", "'connect'"));
        var joining = b.send("b knows one", JOIN_GROUP, v, join(group, "", null, RANGE))
                .waits(30);
        awaitRebalance(s, group);
        JoinGroupResponseData second =
                a.ask("a joins again", JOIN_GROUP, v, join(group, first.memberId(), null, STICKY, RANGE));
        JoinGroupResponseData ofB = joining.answer();
        a.ask(
                "a syncs",
                SYNC_GROUP,
                v,
                sync(group, second.generationId(), first.memberId(), null, first.memberId(), ofB.memberId()));
        b.ask("b syncs", SYNC_GROUP, v, sync(group, second.generationId(), ofB.memberId(), null));
        s.ask("described", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
        var changed = b.send(
                        "b changes its metadata",
                        JOIN_GROUP,
                        v,
                        join(group, ofB.memberId(), null, "{name:'range',metadata:'new'}"))
                .waits(30);
        awaitRebalance(s, group);
        a.ask("a joins once more", JOIN_GROUP, v, join(group, first.memberId(), null, STICKY, RANGE));
        changed.answer();
        a.ask("a leaves", LEAVE_GROUP, 2, leave(group, first.memberId(), null));
        b.ask("b leaves", LEAVE_GROUP, 2, leave(group, ofB.memberId(), null));
        JoinGroupResponseData other = b.ask(
                "an empty group takes another type",
                JOIN_GROUP,
                v,
                join(group, "", null, RANGE).replace("'consumer'", "'connect'"));
        s.ask("described with it", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
        b.ask("it leaves", LEAVE_GROUP, 2, leave(group, other.memberId(), null));
    }

    private static void staticMembers(Session s) throws Exception {
        for (int v : versions(JOIN_GROUP, 5)) {
            String group = s.group("v" + v);
            int sync = Math.min(v, newest(SYNC_GROUP));
            int beat = Math.min(v, newest(HEARTBEAT));
            int leave = Math.min(v, newest(LEAVE_GROUP));
            var a = s.connect();
            var b = s.connect();
            JoinGroupResponseData first = a.ask("a joins", JOIN_GROUP, v, join(group, "", "a", RANGE));
            a.ask(
                    "a syncs",
                    SYNC_GROUP,
                    sync,
                    sync(group, first.generationId(), first.memberId(), "a", first.memberId()));
            a.ask("a beats", HEARTBEAT, beat, heartbeat(group, first.generationId(), first.memberId(), "a"));
            s.ask("described", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            JoinGroupResponseData restarted = a.ask("a restarts", JOIN_GROUP, v, join(group, "", "a", RANGE));
            a.ask("a's old id beats", HEARTBEAT, beat, heartbeat(group, first.generationId(), first.memberId(), "a"));
            a.ask(
                    "a's old id beats without instance",
                    HEARTBEAT,
                    beat,
                    heartbeat(group, first.generationId(), first.memberId(), null));
            a.ask("a's old id syncs", SYNC_GROUP, sync, sync(group, first.generationId(), first.memberId(), "a"));
            a.ask("a's old id joins", JOIN_GROUP, v, join(group, first.memberId(), "a", RANGE));
            a.ask(
                    "a's new id beats",
                    HEARTBEAT,
                    beat,
                    heartbeat(group, restarted.generationId(), restarted.memberId(), "a"));
            a.ask(
                    "a's new id syncs",
                    SYNC_GROUP,
                    sync,
                    sync(group, restarted.generationId(), restarted.memberId(), "a"));
            a.ask("a's old id leaves", LEAVE_GROUP, leave, leave(group, first.memberId(), "a"));

            var joining = b.send("b joins", JOIN_GROUP, v, join(group, "", "b", RANGE))
                    .waits(30);
            awaitRebalance(s, group);
            JoinGroupResponseData second =
                    a.ask("a joins again", JOIN_GROUP, v, join(group, restarted.memberId(), "a", RANGE));
            JoinGroupResponseData ofB = joining.answer();
            a.ask(
                    "a syncs with both",
                    SYNC_GROUP,
                    sync,
                    sync(
                            group,
                            second.generationId(),
                            restarted.memberId(),
                            "a",
                            restarted.memberId(),
                            ofB.memberId()));
            b.ask("b syncs", SYNC_GROUP, sync, sync(group, ofB.generationId(), ofB.memberId(), "b"));
            JoinGroupResponseData ofB2 = b.ask("b restarts", JOIN_GROUP, v, join(group, "", "b", RANGE));
            b.ask(
                    "b syncs after its restart",
                    SYNC_GROUP,
                    sync,
                    sync(group, ofB2.generationId(), ofB2.memberId(), "b"));
            a.ask(
                    "a is not disturbed",
                    HEARTBEAT,
                    beat,
                    heartbeat(group, second.generationId(), restarted.memberId(), "a"));
            s.ask("described with both", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            s.ask(
                    "both leave by instance",
                    LEAVE_GROUP,
                    leave,
                    "groupId:'%s',members:[{memberId:'',groupInstanceId:'a'},{memberId:'',groupInstanceId:'b'},{memberId:'',groupInstanceId:'c'}]"
                            .formatted(group));
            s.ask("described at last", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
            a.close();
            b.close();
        }
    }

    private static void expiry(Session s) throws Exception {
        String group = s.group("g");
        JoinGroupResponseData quick = s.ask(
                "a member with a short session",
                JOIN_GROUP,
                3,
                join(group, "", null, RANGE).replace("300000", "2000"));
        s.ask("it syncs", SYNC_GROUP, 3, sync(group, quick.generationId(), quick.memberId(), null, quick.memberId()));
        s.<DescribeGroupsResponseData>await(DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group), a -> a.groups()
                .get(0)
                .members()
                .isEmpty());
        s.ask("its session is over", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(group));
        s.ask("it beats too late", HEARTBEAT, 3, heartbeat(group, quick.generationId(), quick.memberId(), null));

        var a = s.connect();
        var b = s.connect();
        JoinGroupResponseData first = a.ask(
                "a slow member",
                JOIN_GROUP,
                3,
                join(group, "", null, RANGE).replace("rebalanceTimeoutMs:20000", "rebalanceTimeoutMs:1500"));
        a.ask("it syncs", SYNC_GROUP, 3, sync(group, first.generationId(), first.memberId(), null, first.memberId()));
        var joining = b.send(
                        "another joins",
                        JOIN_GROUP,
                        3,
                        join(group, "", null, RANGE).replace("rebalanceTimeoutMs:20000", "rebalanceTimeoutMs:1500"))
                .waits(100);
        JoinGroupResponseData alone = joining.answer();
        a.ask(
                "the slow one has been dropped",
                HEARTBEAT,
                3,
                heartbeat(group, first.generationId(), first.memberId(), null));
        b.ask("the other leaves", LEAVE_GROUP, 2, leave(group, alone.memberId(), null));
    }

    private static void describe(Session s) throws Exception {
        String group = s.group("g");
        joined(s, group);
        String simple = s.group("simple");
        s.quietly(
                org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT,
                7,
                "groupId:'%s',topics:[{name:'%s',partitions:[{partitionIndex:0,committedOffset:3}]}]"
                        .formatted(simple, s.topic("t", 1).name()));
        for (int v : versions(DESCRIBE_GROUPS)) {
            s.ask("stable", DESCRIBE_GROUPS, v, "groups:['%s']".formatted(group));
            s.ask(
                    "stable, with operations",
                    DESCRIBE_GROUPS,
                    v,
                    "groups:['%s'],includeAuthorizedOperations:true".formatted(group));
            s.ask("offsets only", DESCRIBE_GROUPS, v, "groups:['%s']".formatted(simple));
            s.ask("unknown", DESCRIBE_GROUPS, v, "groups:['%s']".formatted(s.named("x")));
            s.ask(
                    "unknown, with operations",
                    DESCRIBE_GROUPS,
                    v,
                    "groups:['%s'],includeAuthorizedOperations:true".formatted(s.named("x")));
            s.ask("an empty name", DESCRIBE_GROUPS, v, "groups:['']");
            s.ask("the same twice", DESCRIBE_GROUPS, v, "groups:['%1$s','%1$s']".formatted(simple));
            s.ask("none", DESCRIBE_GROUPS, v, "groups:[]");
        }
    }

    private static void list(Session s) throws Exception {
        for (int v : versions(LIST_GROUPS)) {
            s.ask("all", LIST_GROUPS, v, "");
            if (v >= 4) {
                for (var states : List.of(
                        "'Stable'", "'stable'", "'Empty'", "'Stable','Empty'", "'Dead'", "'NoSuchState'", "''")) {
                    s.ask("states " + states, LIST_GROUPS, v, "statesFilter:[%s]".formatted(states));
                }
            }
            if (v >= 5) {
                for (var types :
                        List.of("'classic'", "'Classic'", "'consumer'", "'classic','consumer'", "'NoSuchType'")) {
                    s.ask("types " + types, LIST_GROUPS, v, "typesFilter:[%s]".formatted(types));
                }
                s.ask("states and types", LIST_GROUPS, v, "statesFilter:['Stable'],typesFilter:['classic']");
            }
        }
    }

    private static void delete(Session s) throws Exception {
        for (int v : versions(DELETE_GROUPS)) {
            String busy = s.group("busy" + v);
            joined(s, busy);
            String idle = s.group("idle" + v);
            var gone = joined(s, idle);
            s.quietly(LEAVE_GROUP, 2, leave(idle, gone.memberId(), null));
            s.ask("one with a member", DELETE_GROUPS, v, "groupsNames:['%s']".formatted(busy));
            s.ask("one without", DELETE_GROUPS, v, "groupsNames:['%s']".formatted(idle));
            s.ask("it again", DELETE_GROUPS, v, "groupsNames:['%s']".formatted(idle));
            s.ask("described", DESCRIBE_GROUPS, 5, "groups:['%s']".formatted(idle));
            s.ask("an empty name", DELETE_GROUPS, v, "groupsNames:['']");
            s.ask("an unknown one, twice", DELETE_GROUPS, v, "groupsNames:['%1$s','%1$s']".formatted(s.named("x")));
            s.ask("none", DELETE_GROUPS, v, "groupsNames:[]");
        }
    }
}
