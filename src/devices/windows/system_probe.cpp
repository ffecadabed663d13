// Windows: devices are not looked for. Every question is refused with that reason, so that none is taken for a machine
// without any. Compiled with MinGW, not yet run.
#include <cstdlib>

#include "devices/probe.hpp"

namespace fitcalc {
namespace {

constexpr const char* reason = "this version does not look for devices on Windows; name them with --gpu and --ram";

}  // namespace

Probe probe_of_this_machine(const std::string&, Milliseconds) {
    Probe probe;
    probe.read = [](const std::string&, std::size_t) { return Reading<std::string>{refused(reason)}; };
    probe.list = [](const std::string&) { return std::vector<std::string>{}; };
    probe.exists = [](const std::string&) { return false; };
    probe.variable = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        if (value == nullptr) return std::nullopt;
        return value;
    };
    probe.load = [](const std::string&) { return Reading<std::unique_ptr<Library>>{refused(reason)}; };
    probe.run = [](const std::vector<std::string>&, Milliseconds) { return Reading<CommandOutput>{refused(reason)}; };
    probe.sysctl = [](const char*) { return std::optional<std::string>{}; };
    probe.apart = [](const std::function<std::string()>&, Milliseconds) { return Reading<std::string>{refused(reason)}; };
    probe.left = [] { return usual_time; };
    return probe;
}

}  // namespace fitcalc
