// The scenario of the compatibility suite on librdkafka: a topic, 10,000 keyed records with headers in every compression, all
// of them read back, a look-up by time, a group of three with rebalances that commits, a restart of the broker, and a member
// that goes on where the group stopped.
//
//   scenario BOOTSTRAP_SERVERS TOPIC     prints RESTART when the broker is to be restarted, and reads a line when it was

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafkacpp.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int PARTITIONS = 4;
constexpr int RECORDS = 10000;
constexpr int MORE = 100;
constexpr int64_t BASE_TIMESTAMP_MS = 1600000000000;
constexpr int WAIT_SECONDS = 60;

const std::vector<std::string> COMPRESSIONS = {"none", "gzip", "snappy", "lz4", "zstd"};

/** Offset to number of the record, by partition. */
using Log = std::map<int32_t, std::map<int64_t, int>>;

void check(bool holds, const std::string &what) {
    if (!holds) throw std::runtime_error(what);
}

void check(RdKafka::ErrorCode code, const std::string &what) {
    check(code == RdKafka::ERR_NO_ERROR, what + ": " + RdKafka::err2str(code));
}

std::unique_ptr<RdKafka::Conf> config(const std::map<std::string, std::string> &settings) {
    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    std::string error;
    for (const auto &[name, value] : settings) {
        check(conf->set(name, value, error) == RdKafka::Conf::CONF_OK, error);
    }
    return conf;
}

class Deadline {
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + std::chrono::seconds(WAIT_SECONDS);

public:
    void check(const std::string &what) const {
        ::check(std::chrono::steady_clock::now() < end, "not within " + std::to_string(WAIT_SECONDS) + " s: " + what);
    }
};

/** Notes where each record went; its number is its opaque. */
class Reports : public RdKafka::DeliveryReportCb {
public:
    Log log;
    int delivered = 0;

    void dr_cb(RdKafka::Message &message) override {
        check(message.err(), "delivery");
        int number = static_cast<int>(reinterpret_cast<intptr_t>(message.msg_opaque()));
        bool isNew = log[message.partition()].emplace(message.offset(), number).second;
        check(isNew, "offset given twice: " + std::to_string(message.offset()));
        delivered++;
    }
};

void createTopic(RdKafka::Producer &producer, const std::string &topic) {
    rd_kafka_t *client = producer.c_ptr();
    std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue(
        rd_kafka_queue_new(client), rd_kafka_queue_destroy);
    char error[256];
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic.c_str(), PARTITIONS, 1, error, sizeof(error));
    rd_kafka_CreateTopics(client, &wanted, 1, nullptr, queue.get());
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue.get(), WAIT_SECONDS * 1000);
    check(event != nullptr, "no answer to CreateTopics");
    size_t count = 0;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    bool created = count == 1 && rd_kafka_topic_result_error(results[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_event_destroy(event);
    check(created, "topic not created: " + topic);
}

void produce(const std::string &bootstrap, const std::string &topic, const std::string &compression, int from, int to,
             Reports &reports) {
    std::string error;
    auto conf = config({{"bootstrap.servers", bootstrap},
                        {"enable.idempotence", "true"},
                        {"compression.codec", compression},
                        {"linger.ms", "5"}});
    check(conf->set("dr_cb", &reports, error) == RdKafka::Conf::CONF_OK, error);
    std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
    check(producer != nullptr, error);
    if (from == 0) createTopic(*producer, topic);
    int before = reports.delivered;
    for (int i = from; i < to; i++) {
        std::string key = "key-" + std::to_string(i);
        std::string value = "value-" + std::to_string(i);
        auto *headers = RdKafka::Headers::create();
        headers->add("number", std::to_string(i));
        check(producer->produce(topic, RdKafka::Topic::PARTITION_UA, RdKafka::Producer::RK_MSG_COPY, &value[0],
                                value.size(), key.data(), key.size(), BASE_TIMESTAMP_MS + i, headers,
                                reinterpret_cast<void *>(static_cast<intptr_t>(i))),
              "produce");
        producer->poll(0);
    }
    check(producer->flush(WAIT_SECONDS * 1000), "flush");
    check(reports.delivered - before == to - from, "delivery reports are missing: " + compression);
}

/** The number of a record whose every part is as it was produced. */
int numberOf(RdKafka::Message &message) {
    check(message.headers() != nullptr, "no headers");
    auto header = message.headers()->get_last("number");
    std::string number(static_cast<const char *>(header.value()), header.value_size());
    check(*message.key() == "key-" + number, "key of " + number + ": " + *message.key());
    check(std::string(static_cast<const char *>(message.payload()), message.len()) == "value-" + number,
          "value of " + number);
    check(message.timestamp().timestamp == BASE_TIMESTAMP_MS + std::stoi(number), "timestamp of " + number);
    return std::stoi(number);
}

std::unique_ptr<RdKafka::KafkaConsumer> consumer(const std::string &bootstrap, const std::string &group) {
    std::string error;
    auto conf = config({{"bootstrap.servers", bootstrap},
                        {"group.id", group},
                        {"auto.offset.reset", "earliest"},
                        {"enable.auto.commit", "false"},
                        {"heartbeat.interval.ms", "100"}});
    std::unique_ptr<RdKafka::KafkaConsumer> made(RdKafka::KafkaConsumer::create(conf.get(), error));
    check(made != nullptr, error);
    return made;
}

void readEverything(RdKafka::KafkaConsumer &reader, const std::string &topic, const Log &produced) {
    std::vector<RdKafka::TopicPartition *> partitions;
    for (int p = 0; p < PARTITIONS; p++) partitions.push_back(RdKafka::TopicPartition::create(topic, p, 0));
    check(reader.assign(partitions), "assign");
    RdKafka::TopicPartition::destroy(partitions);
    std::map<int32_t, int64_t> next;
    Deadline deadline;
    for (int read = 0; read < RECORDS;) {
        deadline.check("all records read");
        std::unique_ptr<RdKafka::Message> message(reader.consume(100));
        if (message->err() != RdKafka::ERR_NO_ERROR) continue;
        check(message->offset() == next[message->partition()]++, "offset out of order");
        check(numberOf(*message) == produced.at(message->partition()).at(message->offset()), "another record");
        read++;
    }
}

void seekByTime(RdKafka::KafkaConsumer &reader, const std::string &topic, const Log &produced) {
    std::vector<RdKafka::TopicPartition *> times;
    for (int p = 0; p < PARTITIONS; p++) {
        times.push_back(RdKafka::TopicPartition::create(topic, p, BASE_TIMESTAMP_MS + RECORDS / 2));
    }
    check(reader.offsetsForTimes(times, WAIT_SECONDS * 1000), "offsetsForTimes");
    for (const auto *found : times) {
        const auto &offsets = produced.at(found->partition());
        auto expected = offsets.begin();
        while (expected->second < RECORDS / 2) ++expected;
        check(found->err(), "offset by time");
        check(found->offset() == expected->first, "offset by time of partition " + std::to_string(found->partition()));
    }
    RdKafka::TopicPartition::destroy(times);
}

/** What the members of a group share. */
struct Shared {
    std::mutex lock;
    std::vector<size_t> owned = {0, 0, 0};
    /** Offset after the last record that its owner has read, by partition. */
    std::map<int32_t, int64_t> next;
    std::atomic<bool> running{true};
    std::string failure;

    bool isBalanced(size_t members) {
        std::lock_guard<std::mutex> guard(lock);
        check(failure.empty(), failure);
        size_t total = 0;
        for (size_t i = 0; i < members; i++) {
            if (owned[i] == 0) return false;
            total += owned[i];
        }
        return total == PARTITIONS;
    }

    void forgetPositions() {
        std::lock_guard<std::mutex> guard(lock);
        next.clear();
    }

    bool isAtEnd(const Log &produced) {
        std::lock_guard<std::mutex> guard(lock);
        check(failure.empty(), failure);
        for (const auto &[partition, offsets] : produced) {
            auto position = next.find(partition);
            if (position == next.end() || position->second != static_cast<int64_t>(offsets.size())) return false;
        }
        return true;
    }
};

void member(const std::string &bootstrap, const std::string &group, const std::string &topic, size_t index, Shared &shared) {
    try {
        auto self = consumer(bootstrap, group);
        check(self->subscribe({topic}), "subscribe");
        while (shared.running) {
            std::unique_ptr<RdKafka::Message> message(self->consume(20));
            std::vector<RdKafka::TopicPartition *> assigned;
            check(self->assignment(assigned), "assignment");
            check(self->position(assigned), "position");
            if (message->err() == RdKafka::ERR_NO_ERROR) numberOf(*message);
            std::lock_guard<std::mutex> guard(shared.lock);
            shared.owned[index] = assigned.size();
            for (const auto *each : assigned) {
                if (each->offset() >= 0) shared.next[each->partition()] = each->offset();
            }
            RdKafka::TopicPartition::destroy(assigned);
        }
        check(self->commitSync(), "commitSync");
        check(self->close(), "close");
    } catch (const std::exception &e) {
        std::lock_guard<std::mutex> guard(shared.lock);
        shared.failure = e.what();
    }
}

/** One member after the other joins; the three read everything, from the beginning as nothing is committed, and commit. */
void groupOfThree(const std::string &bootstrap, const std::string &group, const std::string &topic, const Log &produced) {
    Shared shared;
    std::vector<std::thread> members;
    std::string failure;
    try {
        for (size_t i = 0; i < 3; i++) {
            members.emplace_back(member, bootstrap, group, topic, i, std::ref(shared));
            Deadline deadline;
            while (!shared.isBalanced(i + 1)) {
                deadline.check("members with partitions: " + std::to_string(i + 1));
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        }
        shared.forgetPositions();
        Deadline deadline;
        while (!shared.isAtEnd(produced)) {
            deadline.check("all records read by the group");
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    } catch (const std::exception &e) {
        failure = e.what();
    }
    shared.running = false;
    for (auto &each : members) each.join();
    check(failure.empty(), failure);
    check(shared.failure.empty(), shared.failure);
}

/** What is read after the restart is what came after the commit, and all of that. */
void resume(const std::string &bootstrap, const std::string &group, const std::string &topic) {
    auto self = consumer(bootstrap, group);
    check(self->subscribe({topic}), "subscribe");
    std::set<int> seen;
    Deadline deadline;
    while (seen.size() < MORE) {
        deadline.check("what came after the restart");
        std::unique_ptr<RdKafka::Message> message(self->consume(100));
        if (message->err() != RdKafka::ERR_NO_ERROR) continue;
        int number = numberOf(*message);
        check(number >= RECORDS, "read again although committed: " + std::to_string(number));
        check(seen.insert(number).second, "read twice: " + std::to_string(number));
    }
    check(self->close(), "close");
}

void run(const std::string &bootstrap, const std::string &topic) {
    Reports reports;
    for (size_t i = 0; i < COMPRESSIONS.size(); i++) {
        int share = RECORDS / static_cast<int>(COMPRESSIONS.size());
        int from = static_cast<int>(i) * share;
        produce(bootstrap, topic, COMPRESSIONS[i], from, from + share, reports);
    }
    for (const auto &[partition, offsets] : reports.log) {
        check(offsets.rbegin()->first == static_cast<int64_t>(offsets.size()) - 1, "offsets with gaps");
    }
    {
        auto reader = consumer(bootstrap, topic + "-reader");
        readEverything(*reader, topic, reports.log);
        seekByTime(*reader, topic, reports.log);
        check(reader->close(), "close");
    }
    groupOfThree(bootstrap, topic + "-group", topic, reports.log);

    std::cout << "RESTART" << std::endl;
    std::string restarted;
    std::getline(std::cin, restarted);
    produce(bootstrap, topic, "lz4", RECORDS, RECORDS + MORE, reports);
    resume(bootstrap, topic + "-group", topic);
    std::cout << "OK went through the scenario" << std::endl;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 3) {
        std::cerr << "usage: " << argv[0] << " BOOTSTRAP_SERVERS TOPIC" << std::endl;
        return 2;
    }
    try {
        run(argv[1], argv[2]);
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "FAILED " << e.what() << std::endl;
        return 1;
    }
}
