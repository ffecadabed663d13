#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FITCALC_NO_LIBRARIES
#include <dlfcn.h>
#endif
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "devices/probe.hpp"
#include "devices/text.hpp"

extern char** environ;

namespace fitcalc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_names = 4096;      // in a folder
constexpr std::size_t most_output = 1 << 20;  // of a program

tl::unexpected<Refusal> refusal(int error) {
    const bool missing = error == ENOENT || error == ENOTDIR || error == ENODEV;
    return tl::unexpected<Refusal>(Refusal{missing, std::strerror(error)});
}

// Closed when it goes.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_{number} {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }
    bool open() const { return number_ >= 0; }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }
    int* slot() { return &number_; }

private:
    int number_;
};

struct Pipe {
    Descriptor read, write;

    bool open() {
        int ends[2];
        if (::pipe(ends) != 0) return false;
        *read.slot() = ends[0];
        *write.slot() = ends[1];
        for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
        return true;
    }
};

Reading<std::string> read_file(const std::string& path, std::size_t limit) {
    // Nothing here may wait: neither a pipe without a writer nor a terminal.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!file.open()) return refusal(errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return refusal(errno);
    if (!S_ISREG(status.st_mode)) return refused("not a regular file");
    std::string text;
    std::array<char, 16384> buffer;
    while (text.size() <= limit) {
        const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refusal(errno);
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return refused("larger than " + std::to_string(limit) + " bytes");
}

std::vector<std::string> list_folder(const std::string& path) {
    std::vector<std::string> names;
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return names;
    while (names.size() < most_names) {
        const dirent* entry = ::readdir(folder);
        if (entry == nullptr) break;
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    ::closedir(folder);
    std::ranges::sort(names);
    return names;
}

#ifndef FITCALC_NO_LIBRARIES
// Never unloaded: a driver's library may have left threads behind.
class LoadedLibrary final : public Library {
public:
    explicit LoadedLibrary(void* handle) : handle_{handle} {}
    void* symbol(const char* name) const override { return ::dlsym(handle_, name); }

private:
    void* handle_;
};

Reading<std::unique_ptr<Library>> load_library(const std::string& name) {
    void* handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return std::make_unique<LoadedLibrary>(handle);
    const char* reason = ::dlerror();
    const std::string text = reason != nullptr ? clean(reason) : "cannot be loaded";
    // The loader says it in words only.
    return tl::unexpected<Refusal>(Refusal{text.find("No such file") != std::string::npos, text});
}
#else
Reading<std::unique_ptr<Library>> load_library(const std::string&) {
    return absent("this build of fitcalc is static and loads no libraries");
}
#endif

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
}

#ifdef __APPLE__
std::optional<std::string> read_sysctl(const char* name) {
    char buffer[256] = {};
    std::size_t size = sizeof buffer - 1;
    if (::sysctlbyname(name, buffer, &size, nullptr, 0) != 0) return std::nullopt;
    // Numbers come as they lie in memory, of four or eight bytes; texts are longer or end in a zero.
    std::int64_t wide = 0;
    std::int32_t narrow = 0;
    const bool text = size > 0 && std::memchr(buffer, '\0', size) == buffer + size - 1 && std::strlen(buffer) > 0 && size != 4 && size != 8;
    if (text) return std::string(buffer);
    if (size == sizeof wide) {
        std::memcpy(&wide, buffer, sizeof wide);
        return std::to_string(wide);
    }
    if (size == sizeof narrow) {
        std::memcpy(&narrow, buffer, sizeof narrow);
        return std::to_string(narrow);
    }
    return std::string(buffer);
}
#else
std::optional<std::string> read_sysctl(const char*) { return std::nullopt; }
#endif

// Until the other end closes; false when the time is up or too much comes.
enum class Ended { whole, too_slow, too_long };

Ended read_until_closed(int descriptor, Clock::time_point end, std::string& text) {
    char buffer[65536];
    while (true) {
        const auto left = std::chrono::duration_cast<Milliseconds>(end - Clock::now()).count();
        if (left <= 0) return Ended::too_slow;
        pollfd ready{descriptor, POLLIN, 0};
        const int count = ::poll(&ready, 1, static_cast<int>(std::min<long long>(left, 60'000)));
        if (count < 0 && errno != EINTR) return Ended::too_slow;
        if (count <= 0) continue;
        const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return Ended::whole;
        text.append(buffer, static_cast<std::size_t>(got));
        if (text.size() > most_output) return Ended::too_long;
    }
}

// The exit status of a child, which is ended if it hasn't by then. One that the system can't end (it hangs in a driver) is
// left behind.
std::optional<int> reap(pid_t child, bool group, Clock::time_point end) {
    int status = 0;
    const auto gone = [&] { return ::waitpid(child, &status, WNOHANG) == child; };
    while (!gone()) {
        if (Clock::now() >= end) {
            ::kill(group ? -child : child, SIGKILL);
            for (int i = 0; i < 20; ++i) {
                if (gone()) return std::nullopt;
                ::usleep(500);
            }
            return std::nullopt;
        }
        ::usleep(200);
    }
    if (!WIFEXITED(status)) return std::nullopt;
    return WEXITSTATUS(status);
}

std::string seconds(Milliseconds time) {
    const auto tenths = time.count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

Reading<CommandOutput> run_command(const std::vector<std::string>& command, Milliseconds time) {
    if (time.count() <= 0) return refused("no time was left for it");
    const auto end = Clock::now() + time;
    Pipe out;
    if (!out.open()) return refusal(errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.number(), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own: what it starts is ended with it.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, words.front(), &actions, &attributes, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return refusal(error);
    out.write.close();
    CommandOutput output;
    const Ended ended = read_until_closed(out.read.number(), end, output.out);
    const auto status = reap(child, true, ended == Ended::whole ? end : Clock::now());
    if (ended == Ended::too_long) return refused("says more than a mebibyte");
    if (ended == Ended::too_slow) return refused("did not answer within " + seconds(time));
    if (!status) return refused("was ended by a signal");
    output.status = *status;
    return output;
}

// In a process of its own: a driver that crashes or hangs takes only that one with it.
Reading<std::string> do_apart(const std::function<std::string()>& work, Milliseconds time) {
    if (time.count() <= 0) return refused("no time was left for it");
    const auto end = Clock::now() + time;
    Pipe out;
    if (!out.open()) return refusal(errno);
    const pid_t child = ::fork();
    if (child < 0) return refusal(errno);
    if (child == 0) {
        // What a library prints is no answer.
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
        ::signal(SIGPIPE, SIG_DFL);
        const std::string text = work();
        for (std::size_t done = 0; done < text.size();) {
            const ssize_t count = ::write(out.write.number(), text.data() + done, text.size() - done);
            if (count < 0 && errno != EINTR) break;
            if (count > 0) done += static_cast<std::size_t>(count);
        }
        ::_exit(0);
    }
    out.write.close();
    std::string text;
    const Ended ended = read_until_closed(out.read.number(), end, text);
    const auto status = reap(child, false, ended == Ended::whole ? end : Clock::now());
    if (ended == Ended::too_long) return refused("says more than a mebibyte");
    if (ended == Ended::too_slow) return refused("did not answer within " + seconds(time));
    if (status != 0) return refused("crashed");
    return text;
}

}  // namespace

Probe probe_of_this_machine(const std::string& root, Milliseconds time) {
    const auto end = Clock::now() + time;
    Probe probe;
    probe.read = [root](const std::string& path, std::size_t limit) { return read_file(root + path, limit); };
    probe.list = [root](const std::string& path) { return list_folder(root + path); };
    probe.exists = [root](const std::string& path) { return ::access((root + path).c_str(), F_OK) == 0; };
    probe.variable = variable;
    probe.load = load_library;
    probe.run = run_command;
    probe.sysctl = read_sysctl;
    probe.apart = do_apart;
    probe.left = [end] { return std::max(Milliseconds{}, std::chrono::duration_cast<Milliseconds>(end - Clock::now())); };
#ifdef __APPLE__
    probe.macos = true;
#endif
    return probe;
}

}  // namespace fitcalc
