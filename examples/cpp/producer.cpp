// A producer on librdkafka's C++ API: produce() never blocks; the library queues, sends, retries, and reports every
// message once through the delivery callback, together with the opaque that was handed in and never left the process.
//
//   producer BOOTSTRAP_SERVERS TOPIC COUNT
//
// Prints one line a delivery report and a summary; exits 0 if every message was delivered.
#include <librdkafka/rdkafkacpp.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

volatile std::sig_atomic_t running = 1;

void stop(int) { running = 0; }

// What the application wants back with the report: here, the order that the message is about.
struct Order {
    int number;
    bool delivered = false;
};

class DeliveryReport : public RdKafka::DeliveryReportCb {
public:
    int delivered = 0;
    int failed = 0;

    void dr_cb(RdKafka::Message &message) override {
        auto *order = static_cast<Order *>(message.msg_opaque());
        if (message.err() != RdKafka::ERR_NO_ERROR) {
            failed++;
            std::cerr << "FAILED order=" << order->number << " error=" << message.errstr() << std::endl;
            return;
        }
        delivered++;
        order->delivered = true;
        std::cout << "DELIVERED order=" << order->number << " key=" << *message.key() << " partition=" << message.partition()
                  << " offset=" << message.offset() << " timestamp=" << message.timestamp().timestamp << std::endl;
    }
};

class Events : public RdKafka::EventCb {
public:
    void event_cb(RdKafka::Event &event) override {
        switch (event.type()) {
            case RdKafka::Event::EVENT_ERROR:
                std::cerr << "EVENT error=" << RdKafka::err2str(event.err()) << " fatal=" << event.fatal() << " text="
                          << event.str() << std::endl;
                if (event.fatal()) running = 0;
                break;
            case RdKafka::Event::EVENT_LOG:
                std::cerr << "EVENT log=" << event.fac() << " text=" << event.str() << std::endl;
                break;
            case RdKafka::Event::EVENT_THROTTLE:
                std::cerr << "EVENT throttle_ms=" << event.throttle_time() << " broker=" << event.broker_name() << std::endl;
                break;
            default:
                break;
        }
    }
};

void set(RdKafka::Conf &conf, const std::string &name, const std::string &value) {
    std::string error;
    if (conf.set(name, value, error) != RdKafka::Conf::CONF_OK) throw std::runtime_error(error);
}

int run(const std::string &bootstrap, const std::string &topic, int count) {
    DeliveryReport reports;
    Events events;
    std::string error;

    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    set(*conf, "bootstrap.servers", bootstrap);
    set(*conf, "enable.idempotence", "true");
    set(*conf, "linger.ms", "5");
    if (conf->set("dr_cb", &reports, error) != RdKafka::Conf::CONF_OK) throw std::runtime_error(error);
    if (conf->set("event_cb", &events, error) != RdKafka::Conf::CONF_OK) throw std::runtime_error(error);

    std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
    if (!producer) throw std::runtime_error(error);

    std::vector<Order> orders(count);
    for (int i = 0; i < count && running; i++) {
        orders[i].number = i;
        const std::string key = "customer-" + std::to_string(i % 10);
        std::string value = "order " + std::to_string(i);
        const int64_t timestampMs = std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count();
        // produce() takes the headers over only when it succeeds.
        auto headers = std::unique_ptr<RdKafka::Headers>(RdKafka::Headers::create());
        headers->add("content-type", "text/plain");
        headers->add("number", std::to_string(i));

        while (running) {
            RdKafka::ErrorCode code = producer->produce(topic, RdKafka::Topic::PARTITION_UA, RdKafka::Producer::RK_MSG_COPY,
                                                        &value[0], value.size(), key.data(), key.size(), timestampMs,
                                                        headers.get(), &orders[i]);
            if (code == RdKafka::ERR_NO_ERROR) {
                headers.release();
                break;
            }
            if (code != RdKafka::ERR__QUEUE_FULL) {
                std::cerr << "FAILED order=" << i << " error=" << RdKafka::err2str(code) << std::endl;
                reports.failed++;
                break;
            }
            producer->poll(100);  // The local queue is full: serve delivery reports until it has room.
        }
        producer->poll(0);  // Callbacks run inside poll(), on this thread.
    }

    producer->flush(30000);
    int undelivered = 0;
    for (const Order &order : orders) undelivered += order.delivered ? 0 : 1;
    std::cout << "SUMMARY delivered=" << reports.delivered << " failed=" << reports.failed
              << " undelivered=" << undelivered << std::endl;
    return undelivered == 0 && reports.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 4) {
        std::cerr << "usage: " << argv[0] << " BOOTSTRAP_SERVERS TOPIC COUNT" << std::endl;
        return 2;
    }
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    try {
        return run(argv[1], argv[2], std::stoi(argv[3]));
    } catch (const std::exception &e) {
        std::cerr << "ERROR " << e.what() << std::endl;
        return 2;
    }
}
