"""The scenario of the compatibility suite with kafka-python: a topic, 2,000 keyed records with headers in every compression
that the installation has, all of them read back, a look-up by time, a group of three with rebalances that commits, a restart
of the broker, and a member that goes on where the group stopped.

    scenario.py BOOTSTRAP_SERVERS TOPIC     prints RESTART when the broker is to be restarted, and reads a line when it was
"""

import logging
import sys
import threading
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.codec import has_gzip, has_lz4, has_snappy, has_zstd
from kafka.errors import CommitFailedError, GroupIdNotFoundError, NoError, TopicAlreadyExistsError

PARTITIONS = 4
RECORDS = 2000
MORE = 100
BASE_TIMESTAMP_MS = 1600000000000
WAIT_S = 60

AVAILABLE = {None: True, "gzip": has_gzip(), "snappy": has_snappy(), "lz4": has_lz4(), "zstd": has_zstd()}
COMPRESSIONS = [name for name, available in AVAILABLE.items() if available]


def until(what, condition):
    """Waits until the condition holds."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"not within {WAIT_S} s: {what}"
        time.sleep(0.01)


def partitions(topic):
    return [TopicPartition(topic, p) for p in range(PARTITIONS)]


def create_topic(admin, topic):
    wanted = [NewTopic(topic, PARTITIONS, 1)]
    admin.create_topics(wanted)
    try:
        admin.create_topics(wanted)
        raise AssertionError("created twice")
    except TopicAlreadyExistsError:
        pass
    assert len(admin.describe_topics([topic])[0]["partitions"]) == PARTITIONS


def produce(bootstrap, topic, compression, start, end, log):
    """Notes where each record went: by partition, the number of the record at each offset."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type=compression, linger_ms=5)
    sent = []
    for i in range(start, end):
        # Each tenth record has no value: a tombstone.
        value = None if i % 10 == 0 else b"value-%d" % i
        headers = [("number", b"%d" % i)]
        sent.append(producer.send(topic, value, b"key-%d" % i, headers, timestamp_ms=BASE_TIMESTAMP_MS + i))
    for i, future in enumerate(sent, start):
        where = future.get(WAIT_S)
        assert log.setdefault(where.partition, {}).setdefault(where.offset, i) == i, "offset given twice"
    producer.close()


def number_of(record):
    """The number of a record whose every part is as it was produced."""
    number = int(dict(record.headers)["number"])
    assert record.key == b"key-%d" % number, record
    assert record.value == (None if number % 10 == 0 else b"value-%d" % number), record
    assert record.timestamp == BASE_TIMESTAMP_MS + number, record
    return number


def consumer(bootstrap, group=None):
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=100,
    )


def read_everything(bootstrap, topic, log):
    """Every record once, in order, from partitions that are assigned by hand; and by time the first that is as late."""
    reader = consumer(bootstrap)
    reader.assign(partitions(topic))
    read = {p: [] for p in range(PARTITIONS)}

    def poll():
        for tp, records in reader.poll(100).items():
            for record in records:
                assert record.offset == len(read[tp.partition]), "offset out of order"
                read[tp.partition].append(number_of(record))
        return sum(map(len, read.values())) >= RECORDS

    until("all records read", poll)
    assert read == {p: [log[p][o] for o in sorted(log[p])] for p in log}

    half = RECORDS // 2
    found = reader.offsets_for_times({tp: BASE_TIMESTAMP_MS + half for tp in partitions(topic)})
    for tp, at in found.items():
        assert at.offset == next(o for o in sorted(log[tp.partition]) if log[tp.partition][o] >= half), (tp, at)
    reader.close()


class Member(threading.Thread):
    """A member of a group on a thread of its own, as long as it is wanted; commits what it has read."""

    def __init__(self, bootstrap, topic, group):
        super().__init__(daemon=True)
        self.consumer = consumer(bootstrap, group)
        self.consumer.subscribe([topic])
        self.owned = set()
        self.seen = set()
        self.wanted = True
        self.failure = None
        self.start()

    def run(self):
        try:
            while self.wanted:
                polled = self.consumer.poll(20)
                for records in polled.values():
                    self.seen.update(number_of(record) for record in records)
                if polled:
                    self.commit()
                self.owned = {tp.partition for tp in self.consumer.assignment()}
            self.consumer.close()
        except Exception as e:
            self.failure = e

    def commit(self):
        try:
            self.consumer.commit()
        except CommitFailedError:
            pass  # The group rebalances: whoever gets the partition reads it again.

    def leave(self):
        self.wanted = False
        self.join(WAIT_S)
        assert not self.is_alive(), "a member did not end"


def group_of_three(admin, bootstrap, topic, log):
    """One member after the other joins; the three read everything and commit it."""
    group = topic + "-group"
    members = []

    def balanced():
        for member in members:
            assert member.failure is None, member.failure
        owned = [p for member in members for p in member.owned]
        return all(member.owned for member in members) and sorted(owned) == list(range(PARTITIONS))

    for i in range(1, 4):
        members.append(Member(bootstrap, topic, group))
        until(f"members with partitions: {i}", balanced)
    until("all records read by the group", lambda: len(set().union(*(m.seen for m in members))) == RECORDS)
    described = admin.describe_consumer_groups([group])[0]
    assert (described.state, described.protocol_type, len(described.members)) == ("Stable", "consumer", 3), described
    ends = {p: len(log[p]) for p in log}

    def committed():
        return {tp.partition: at.offset for tp, at in admin.list_consumer_group_offsets(group).items()}

    until("everything committed", lambda: committed() == ends)
    for member in members:
        member.leave()
        assert member.failure is None, member.failure
    assert committed() == ends, committed()


def resume(bootstrap, topic):
    """What is read after the restart is what came after the commit, and all of that."""
    self = consumer(bootstrap, topic + "-group")
    self.subscribe([topic])
    seen = []

    def poll():
        for records in self.poll(100).values():
            seen.extend(number_of(record) for record in records)
        return len(seen) >= MORE

    until("what came after the restart", poll)
    self.close()
    assert sorted(seen) == list(range(RECORDS, RECORDS + MORE)), seen


def run(bootstrap, topic):
    log = {}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    create_topic(admin, topic)
    share = RECORDS // len(COMPRESSIONS)
    for i, compression in enumerate(COMPRESSIONS):
        last = i == len(COMPRESSIONS) - 1
        produce(bootstrap, topic, compression, i * share, RECORDS if last else (i + 1) * share, log)
    read_everything(bootstrap, topic, log)
    group_of_three(admin, bootstrap, topic, log)
    admin.close()

    print("RESTART")
    sys.stdin.readline()
    produce(bootstrap, topic, "gzip", RECORDS, RECORDS + MORE, log)
    resume(bootstrap, topic)

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    deleted = dict(admin.delete_consumer_groups([topic + "-group", topic + "-none"]))
    assert deleted == {topic + "-group": NoError, topic + "-none": GroupIdNotFoundError}, deleted
    admin.delete_topics([topic])
    admin.close()
    print("OK went through the scenario with compressions", *COMPRESSIONS)


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    run(*sys.argv[1:])
