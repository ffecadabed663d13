#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace fitcalc {
namespace {

// A thread costs about as much as a few of the questions that it is started for.
constexpr std::size_t least_a_thread = 16;

class Workers {
public:
    Workers(std::size_t count, const std::function<void(std::size_t)>& work) : count_{count}, work_{work} {}

    void run() noexcept {
        try {
            for (std::size_t i = next_++; i < count_; i = next_++) work_(i);
        } catch (...) {
            next_ = count_;
            const std::scoped_lock lock{mutex_};
            if (!failure_) failure_ = std::current_exception();
        }
    }

    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    const std::size_t count_;
    const std::function<void(std::size_t)>& work_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work) {
    Workers workers{count, work};
    const std::size_t useful = std::min<std::size_t>(std::thread::hardware_concurrency(), count / least_a_thread);
    std::vector<std::thread> threads;
    threads.reserve(useful);
    try {
        while (threads.size() + 1 < useful) threads.emplace_back([&] { workers.run(); });
    } catch (const std::system_error&) {
        // The system has no more of them: those that run do it.
    }
    workers.run();
    for (std::thread& thread : threads) thread.join();
    workers.rethrow();
}

}  // namespace fitcalc
