package dev.barnabas.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Messages as JSON trees, written by the converter that kafka-clients ships beside each message class; the record batches of a fetch answer
 * are opened, so that they compare by content.
 */
final class Trees {
    private Trees() {}

    static JsonNode of(Message message, short version) {
        JsonNode tree = convert(message, version);
        if (message instanceof FetchResponseData fetch) {
            openRecords(fetch, tree);
        }
        return tree;
    }

    private static JsonNode convert(Message message, short version) {
        boolean hasRecords = message instanceof FetchResponseData || message instanceof ProduceRequestData;
        try {
            var converter = Class.forName(message.getClass().getName() + "JsonConverter");
            return hasRecords
                    ? (JsonNode) converter
                            .getMethod("write", message.getClass(), short.class, boolean.class)
                            .invoke(null, message, version, false)
                    : (JsonNode) converter
                            .getMethod("write", message.getClass(), short.class)
                            .invoke(null, message, version);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(message.getClass().getSimpleName() + " v" + version, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(message.getClass().getName(), e);
        }
    }

    private static void openRecords(FetchResponseData fetch, JsonNode tree) {
        for (int t = 0; t < fetch.responses().size(); t++) {
            var partitions = fetch.responses().get(t).partitions();
            for (int p = 0; p < partitions.size(); p++) {
                var node = (ObjectNode)
                        tree.get("responses").get(t).get("partitions").get(p);
                node.remove("recordsSizeInBytes");
                node.set("records", batches((MemoryRecords) partitions.get(p).records()));
            }
        }
    }

    private static JsonNode batches(@Nullable MemoryRecords records) {
        if (records == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        ArrayNode batches = JsonNodeFactory.instance.arrayNode();
        for (var batch : records.batches()) {
            ObjectNode node = batches.addObject()
                    .put("baseOffset", batch.baseOffset())
                    .put("lastOffset", batch.lastOffset())
                    .put("magic", batch.magic())
                    .put("valid", batch.isValid())
                    .put("compression", batch.compressionType().name)
                    .put("timestampType", batch.timestampType().name)
                    .put("maxTimestamp", batch.maxTimestamp())
                    .put("producerId", batch.producerId())
                    .put("producerEpoch", batch.producerEpoch())
                    .put("baseSequence", batch.baseSequence())
                    .put("partitionLeaderEpoch", batch.partitionLeaderEpoch())
                    .put("transactional", batch.isTransactional())
                    .put("control", batch.isControlBatch());
            if (batch.compressionType() == CompressionType.NONE) {
                node.put("sizeInBytes", batch.sizeInBytes());
            }
            ArrayNode list = node.putArray("list");
            for (var record : batch) {
                ObjectNode item = list.addObject()
                        .put("offset", record.offset())
                        .put("timestamp", record.timestamp())
                        .put("key", text(record.key()))
                        .put("value", text(record.value()));
                for (var header : record.headers()) {
                    item.withArray("headers").add(header.key() + "=" + text(bytes(header.value())));
                }
            }
        }
        int rest = records.sizeInBytes() - records.validBytes();
        if (rest > 0) {
            batches.add("a part of a batch: " + rest + " bytes");
        }
        return batches;
    }

    private static @Nullable ByteBuffer bytes(byte @Nullable [] value) {
        return value == null ? null : ByteBuffer.wrap(value);
    }

    private static @Nullable String text(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        String all = StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
        return all.length() <= 40 ? all : all.substring(0, 20) + "... (" + all.length() + " characters)";
    }
}
