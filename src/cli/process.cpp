#include "process.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "console.hpp"
#include "devices/detect.hpp"
#include "file_source.hpp"
#include "run.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::size_t largest_file = 64u << 20;

Result<std::string> read_all(std::FILE* file, const std::string& name) {
    std::string text;
    char buffer[65536];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, file)) {
        text.append(buffer, n);
        if (text.size() > largest_file) return fail(ErrorKind::bad_data, name + ": larger than 64 MiB");
    }
    if (std::ferror(file)) return fail(ErrorKind::bad_data, name + ": " + std::strerror(errno));
    return text;
}

Result<std::string> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
    if (!file) return fail(ErrorKind::bad_data, path + ": " + std::strerror(errno));
    return read_all(file.get(), path);
}

std::optional<std::string> environment_variable(const char* name) {
    const char* value = std::getenv(name);
    if (!value) return std::nullopt;
    return value;
}

World this_world() {
    World world;
    world.variable = environment_variable;
    world.read_file = read_file;
    world.read_input = [] { return read_all(stdin, "standard input"); };
    world.files = files_of_this_machine();
    world.detect = [found = std::optional<Machine>{}]() mutable {
        if (!found) found = detect_machine(probe_of_this_machine());
        return *found;
    };
    world.out_is_terminal = out_is_terminal();
    world.terminal_width = terminal_width();
    return world;
}

// A reader that has seen enough (| head) is no failure.
bool write_all(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return true;
    return errno == EPIPE;
}

// One answer and the process ends: memory that is freed is kept for the next request instead of being given back to
// the system page by page. A fifth of a report's time.
void keep_freed_memory() {
#ifdef __GLIBC__
    constexpr int keep = 64 << 20;
    mallopt(M_MMAP_THRESHOLD, keep);
    mallopt(M_TRIM_THRESHOLD, keep);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

}  // namespace

int run_process(int argc, char** argv) try {
    keep_freed_memory();
    prepare_streams();
    const Outcome outcome = run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), this_world());
    std::fwrite(outcome.err.data(), 1, outcome.err.size(), stderr);
    if (write_all(outcome.out)) return outcome.status;
    std::fprintf(stderr, "fitcalc: error: cannot write the answer: %s\n", std::strerror(errno));
    return exit_status(ErrorKind::system);
} catch (const std::bad_alloc&) {
    std::fputs("fitcalc: error: out of memory\n", stderr);
    return exit_status(ErrorKind::system);
} catch (const std::exception& defect) {
    std::fprintf(stderr, "fitcalc: error: a defect of fitcalc: %s\n  please report it, with this command\n", defect.what());
    return exit_status(ErrorKind::system);
}

}  // namespace fitcalc::cli
