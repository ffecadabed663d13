// What detection may ask of the machine: files, the environment, libraries, commands, sysctl. Behind it lies this
// machine, or a recorded one.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace fitcalc {

// Why something could not be read.
struct Refusal {
    bool absent = false;  // it isn't there, which mostly is no news
    std::string reason;
};

template <class T>
using Reading = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> absent(std::string reason) { return tl::unexpected<Refusal>(Refusal{true, std::move(reason)}); }
inline tl::unexpected<Refusal> refused(std::string reason) {
    return tl::unexpected<Refusal>(Refusal{false, std::move(reason)});
}

// A shared library loaded at run time.
class Library {
public:
    virtual ~Library() = default;
    virtual void* symbol(const char* name) const = 0;  // nullptr: not there
};

struct CommandOutput {
    int status = 0;  // of exit
    std::string out;
};

using Milliseconds = std::chrono::milliseconds;

struct Probe {
    // The file's first `limit` bytes; a longer one is refused.
    std::function<Reading<std::string>(const std::string& path, std::size_t limit)> read;
    // Names in a folder, sorted; empty where there is none.
    std::function<std::vector<std::string>(const std::string& path)> list;
    std::function<bool(const std::string& path)> exists;
    std::function<std::optional<std::string>(const char* name)> variable;
    std::function<Reading<std::unique_ptr<Library>>(const std::string& name)> load;
    // Standard output of a program, which is killed when its time is up.
    std::function<Reading<CommandOutput>(const std::vector<std::string>& command, Milliseconds time)> run;
    std::function<std::optional<std::string>(const char* name)> sysctl;
    // Does the work where a crash or a wait without end does no harm, and gives back its text.
    std::function<Reading<std::string>(const std::function<std::string()>& work, Milliseconds time)> apart;
    // Time that is left.
    std::function<Milliseconds()> left;
    bool macos = false;
};

inline constexpr Milliseconds usual_time{1000};

// This machine; its files are read below `root`. It has `time` for all questions together.
Probe probe_of_this_machine(const std::string& root = {}, Milliseconds time = usual_time);

}  // namespace fitcalc
