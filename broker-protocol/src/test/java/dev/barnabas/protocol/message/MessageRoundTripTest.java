package dev.barnabas.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.Message;
import dev.barnabas.protocol.Uuid;
import dev.barnabas.protocol.record.ByteBufRecords;
import dev.barnabas.protocol.record.Records;
import dev.barnabas.protocol.wire.Struct;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random messages travel to Kafka's own classes and back, every version of every message. */
class MessageRoundTripTest {
    private static final int INSTANCES = 12;

    static Stream<String> names() {
        return Messages.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyVersionTravelsToKafkasClassAndBackUnchanged(String name) throws Exception {
        for (int version : Messages.versions(Messages.create(name)).toArray()) {
            check(Messages.create(name), name, version, "all defaults");
            for (int i = 0; i < INSTANCES; i++) {
                long seed = 31L * (31L * name.hashCode() + version) + i;
                check(new RandomMessages(seed).next(name, version), name, version, "seed " + seed);
            }
        }
    }

    private static void check(Message message, String name, int version, String what) throws Exception {
        String where = name + " version " + version + ", " + what;
        if (message instanceof FetchSnapshotResponse response) {
            giveRecords(response);
        }
        byte[] bytes = Messages.write(message, version);
        Message ours = Messages.read(name, bytes, version);
        assertThat(Messages.write(ours, version)).as(where).isEqualTo(bytes);
        assertThat(Messages.read(name, bytes, version))
                .as(where)
                .isEqualTo(ours)
                .hasSameHashCodeAs(ours);
        KafkaMessage codec = KafkaMessage.of(name, version);
        Object kafkas = codec.read(bytes);
        compare(ours, kafkas, where);
        assertThat(codec.write(kafkas)).as(where).isEqualTo(bytes);
    }

    /** The one field of type records that may not be null, and has no default either. */
    static void giveRecords(FetchSnapshotResponse response) {
        response.topics().forEach(topic -> topic.partitions().forEach(partition -> {
            if (partition.unalignedRecords() == null) {
                partition.setUnalignedRecords(new ByteBufRecords(Unpooled.wrappedBuffer(new byte[3])));
            }
        }));
    }

    private static void compare(Object ours, Object kafkas, String where) throws Exception {
        if (ours instanceof Struct struct) {
            for (Field field : RandomMessages.fields(struct.getClass())) {
                Object value = struct.getClass().getMethod(field.getName()).invoke(struct);
                Method getter = getter(kafkas, field.getName());
                if (getter != null) {
                    compare(value, invoke(getter, kafkas), where + ", " + field.getName());
                }
            }
        } else if (ours instanceof List<?> list && kafkas instanceof Collection<?> theirs) {
            assertThat(theirs).as(where).hasSameSizeAs(list);
            Iterator<?> next = theirs.iterator();
            for (Object element : list) {
                compare(element, next.next(), where);
            }
        } else if (ours instanceof byte[] array && kafkas instanceof ByteBuffer buffer) {
            assertThat(ByteBuffer.wrap(array)).as(where).isEqualTo(buffer);
        } else if (ours instanceof Records records) {
            ByteBuf copy = Unpooled.buffer();
            records.writeTo(copy);
            Object buffer = invoke(getter(kafkas, "buffer"), kafkas);
            assertThat(ByteBuffer.wrap(ByteBufUtil.getBytes(copy))).as(where).isEqualTo(buffer);
        } else if (ours instanceof Uuid) {
            assertThat(ours).as(where).hasToString(kafkas.toString());
        } else {
            assertThat(ours).as(where).isEqualTo(kafkas);
        }
    }

    private static Method getter(Object owner, String name) {
        try {
            Method method = owner.getClass().getMethod(name);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Object invoke(Method method, Object owner) throws ReflectiveOperationException {
        try {
            return method.invoke(owner);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Test
    void everyApiHasRequestAndResponse() {
        Set<String> expected = new TreeSet<>();
        for (ApiKey key : ApiKey.values()) {
            assertThat(key.newRequest().apiKey()).isEqualTo(key);
            assertThat(key.newResponse().apiKey()).isEqualTo(key);
            assertThat(key.newRequest().lowestVersion())
                    .isEqualTo(key.versions().min());
            assertThat(key.newResponse().highestVersion())
                    .isEqualTo(key.versions().max());
            expected.add(key.apiName() + "Request");
            expected.add(key.apiName() + "Response");
        }
        assertThat(Messages.names().collect(Collectors.toSet())).containsAll(expected);
    }

    @Test
    void versionsThatFourRemovedComeFromTheLastThreeLine() throws Exception {
        assertThat(KafkaMessage.of("ListOffsetsRequest", 0).isOld()).isTrue();
        assertThat(KafkaMessage.of("ListOffsetsRequest", 1).isOld()).isFalse();
        assertThat(new ListOffsetsRequest.ListOffsetsPartition()
                        .setMaxNumOffsets(7)
                        .maxNumOffsets())
                .isEqualTo(7);
        assertThat(new OffsetCommitRequest.OffsetCommitRequestPartition()
                        .setCommitTimestamp(7)
                        .commitTimestamp())
                .isEqualTo(7);
        assertThat(ShareFetchRequest.LOWEST_VERSION).isEqualTo(1);
    }
}
