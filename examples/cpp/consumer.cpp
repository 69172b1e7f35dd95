// A consumer on librdkafka's C++ API: subscribes with a group, is told of rebalances, commits its offsets automatically
// or by hand, synchronously or not, and unsubscribes.
//
//   consumer BOOTSTRAP_SERVERS GROUP TOPIC COUNT auto|sync|async
//
// Stops after COUNT messages (or 60 seconds); exits 0 if it got them all.
#include <librdkafka/rdkafkacpp.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

volatile std::sig_atomic_t running = 1;

void stop(int) { running = 0; }

std::string describe(const std::vector<RdKafka::TopicPartition *> &partitions) {
    std::string text;
    for (const auto *p : partitions) text += (text.empty() ? "" : ",") + p->topic() + "-" + std::to_string(p->partition());
    return text;
}

class Rebalances : public RdKafka::RebalanceCb {
public:
    void rebalance_cb(RdKafka::KafkaConsumer *consumer, RdKafka::ErrorCode code,
                      std::vector<RdKafka::TopicPartition *> &partitions) override {
        const bool assigned = code == RdKafka::ERR__ASSIGN_PARTITIONS;
        std::cout << (assigned ? "ASSIGNED " : "REVOKED ") << describe(partitions) << std::endl;
        if (consumer->rebalance_protocol() == "COOPERATIVE") {
            // Incremental: only what changes hands is named, the rest goes on being consumed.
            std::unique_ptr<RdKafka::Error> error(assigned ? consumer->incremental_assign(partitions)
                                                           : consumer->incremental_unassign(partitions));
            if (error) std::cerr << "REBALANCE error=" << error->str() << std::endl;
        } else {
            RdKafka::ErrorCode error = assigned ? consumer->assign(partitions) : consumer->unassign();
            if (error != RdKafka::ERR_NO_ERROR) std::cerr << "REBALANCE error=" << RdKafka::err2str(error) << std::endl;
        }
    }
};

class OffsetCommits : public RdKafka::OffsetCommitCb {
public:
    int failed = 0;

    void offset_commit_cb(RdKafka::ErrorCode code, std::vector<RdKafka::TopicPartition *> &offsets) override {
        if (code == RdKafka::ERR__NO_OFFSET) return;  // Nothing had been consumed since the last commit.
        if (code != RdKafka::ERR_NO_ERROR) {
            failed++;
            std::cerr << "COMMIT error=" << RdKafka::err2str(code) << std::endl;
            return;
        }
        for (const auto *p : offsets)
            if (p->offset() >= 0)
                std::cout << "COMMITTED " << p->topic() << "-" << p->partition() << " offset=" << p->offset() << std::endl;
    }
};

class Events : public RdKafka::EventCb {
public:
    void event_cb(RdKafka::Event &event) override {
        if (event.type() == RdKafka::Event::EVENT_ERROR) {
            std::cerr << "EVENT error=" << RdKafka::err2str(event.err()) << " text=" << event.str() << std::endl;
            if (event.fatal()) running = 0;
        } else if (event.type() == RdKafka::Event::EVENT_LOG) {
            std::cerr << "EVENT log=" << event.fac() << " text=" << event.str() << std::endl;
        }
    }
};

void set(RdKafka::Conf &conf, const std::string &name, const std::string &value) {
    std::string error;
    if (conf.set(name, value, error) != RdKafka::Conf::CONF_OK) throw std::runtime_error(error);
}

template <typename Callback>
void setCallback(RdKafka::Conf &conf, const std::string &name, Callback *callback) {
    std::string error;
    if (conf.set(name, callback, error) != RdKafka::Conf::CONF_OK) throw std::runtime_error(error);
}

void print(RdKafka::Message &message) {
    std::cout << "MESSAGE " << message.topic_name() << "-" << message.partition() << " offset=" << message.offset()
              << " key=" << (message.key() ? *message.key() : "(none)") << " timestamp=" << message.timestamp().timestamp;
    if (message.headers())
        for (const auto &header : message.headers()->get_all())
            std::cout << " " << header.key() << "="
                      << std::string(static_cast<const char *>(header.value()), header.value_size());
    std::cout << " value=" << std::string(static_cast<const char *>(message.payload()), message.len()) << std::endl;
}

int run(const std::string &bootstrap, const std::string &group, const std::string &topic, int count,
        const std::string &commit) {
    Rebalances rebalances;
    OffsetCommits commits;
    Events events;
    std::string error;

    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    set(*conf, "bootstrap.servers", bootstrap);
    set(*conf, "group.id", group);
    set(*conf, "auto.offset.reset", "earliest");
    set(*conf, "partition.assignment.strategy", "cooperative-sticky");
    set(*conf, "enable.auto.commit", commit == "auto" ? "true" : "false");
    set(*conf, "auto.commit.interval.ms", "500");
    setCallback<RdKafka::RebalanceCb>(*conf, "rebalance_cb", &rebalances);
    setCallback<RdKafka::OffsetCommitCb>(*conf, "offset_commit_cb", &commits);
    setCallback<RdKafka::EventCb>(*conf, "event_cb", &events);

    std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf.get(), error));
    if (!consumer) throw std::runtime_error(error);

    RdKafka::ErrorCode code = consumer->subscribe({topic});
    if (code != RdKafka::ERR_NO_ERROR) throw std::runtime_error(RdKafka::err2str(code));

    int consumed = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (running && consumed < count && std::chrono::steady_clock::now() < deadline) {
        // All callbacks but the delivery report of a producer run inside consume(), on this thread.
        std::unique_ptr<RdKafka::Message> message(consumer->consume(200));
        switch (message->err()) {
            case RdKafka::ERR_NO_ERROR:
                print(*message);
                consumed++;
                if (commit == "sync" && consumed % 100 == 0) code = consumer->commitSync();
                if (commit == "async" && consumed % 100 == 0) code = consumer->commitAsync();
                if (code != RdKafka::ERR_NO_ERROR) std::cerr << "COMMIT error=" << RdKafka::err2str(code) << std::endl;
                break;
            case RdKafka::ERR__TIMED_OUT:
            case RdKafka::ERR__PARTITION_EOF:
                break;
            default:
                std::cerr << "CONSUME error=" << message->errstr() << std::endl;
        }
    }
    if (commit == "sync" || commit == "async") {
        code = consumer->commitSync();  // The last word is synchronous, or it may be lost with the process.
        if (code != RdKafka::ERR_NO_ERROR && code != RdKafka::ERR__NO_OFFSET)
            std::cerr << "COMMIT error=" << RdKafka::err2str(code) << std::endl;
    }

    consumer->unsubscribe();
    consumer->close();  // Leaves the group; with automatic commits, commits what was consumed.
    std::cout << "SUMMARY consumed=" << consumed << " failed_commits=" << commits.failed << std::endl;
    return consumed >= count && commits.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
    const std::string commit = argc == 6 ? argv[5] : "";
    if (commit != "auto" && commit != "sync" && commit != "async") {
        std::cerr << "usage: " << argv[0] << " BOOTSTRAP_SERVERS GROUP TOPIC COUNT auto|sync|async" << std::endl;
        return 2;
    }
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    try {
        return run(argv[1], argv[2], argv[3], std::stoi(argv[4]), commit);
    } catch (const std::exception &e) {
        std::cerr << "ERROR " << e.what() << std::endl;
        return 2;
    }
}
