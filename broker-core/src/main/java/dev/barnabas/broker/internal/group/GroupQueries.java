package dev.barnabas.broker.internal.group;

import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.DescribeGroupsResponse.DescribedGroup;
import dev.barnabas.protocol.message.DescribeGroupsResponse.DescribedGroupMember;
import dev.barnabas.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;

/** DescribeGroups and ListGroups: what there is. Lane only. */
final class GroupQueries {

    /** KIP-848's name of this type of group. */
    static final String CLASSIC = "classic";

    private static final int FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND = 6;

    private final Groups groups;

    GroupQueries(Groups groups) {
        this.groups = groups;
    }

    /** One that does not exist is "Dead", and since version 6 (KIP-1043) an error too. */
    DescribedGroup describe(String groupId, int version) {
        var described = new DescribedGroup().setGroupId(groupId);
        var group = groups.find(groupId);
        if (group == null) {
            described.setGroupState(GroupState.DEAD.toString());
            return version >= FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND
                    ? described
                            .setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.code())
                            .setErrorMessage("Group " + groupId + " not found.")
                    : described;
        }
        boolean stable = group.is(GroupState.STABLE);
        String protocol = group.protocol() == null ? "" : group.protocol();
        for (var member : group.members()) {
            byte[] metadata = stable ? member.metadata(protocol) : null;
            described
                    .members()
                    .add(new DescribedGroupMember()
                            .setMemberId(member.id())
                            .setGroupInstanceId(member.instanceId())
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setMemberMetadata(metadata == null ? GroupMember.NO_ASSIGNMENT : metadata)
                            .setMemberAssignment(member.assignment()));
        }
        return described
                .setGroupState(group.state().toString())
                .setProtocolType(group.protocolType() == null ? "" : group.protocolType())
                .setProtocolData(stable ? protocol : "");
    }

    /** The groups of one of the states and types, in whatever case; an empty filter lets everything pass. */
    List<ListedGroup> list(List<String> states, List<String> types) {
        var listed = new ArrayList<ListedGroup>();
        if (!types.isEmpty() && types.stream().noneMatch(CLASSIC::equalsIgnoreCase)) {
            return listed;
        }
        for (var group : groups.all()) {
            if (states.isEmpty() || states.stream().anyMatch(group.state()::matches)) {
                listed.add(new ListedGroup()
                        .setGroupId(group.id())
                        .setProtocolType(group.protocolType() == null ? "" : group.protocolType())
                        .setGroupState(group.state().toString())
                        .setGroupType(CLASSIC));
            }
        }
        return listed;
    }
}
