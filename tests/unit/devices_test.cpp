// The parts of detection: parsers of what drivers and systems say, and the ways to ask this machine.
#include <cstdio>
#include <filesystem>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include "cli/run.hpp"
#include "devices/detect.hpp"
#include "devices/found.hpp"
#include "devices/host.hpp"
#include "devices/nvml.hpp"
#include "devices/sysfs_gpus.hpp"
#include "devices/text.hpp"
#include "devices/visible.hpp"
#include "importers/machine_file.hpp"
#include "support/catch.hpp"
#include "support/recorded_machine.hpp"
#include "support/temporary_folder.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

template <class Property>
void check(const char* description, Property property) {
    INFO(description);
    CHECK(rc::check(description, property));
}

bool valid_utf8(const std::string& text) {
    try {
        (void)nlohmann::json(text).dump();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

// Text that looks like what drivers write, with anything in between.
rc::Gen<std::string> any_text() {
    const auto word = rc::gen::element<std::string>("MemTotal:", "MemAvailable:", " kB", "\n", "\n", ",", ",", ":", " ", "\t", "gpu", "unread",
                                                    "9223372036854775807", "18446744073709551616", "-1", "0", "24564", "0x", "max",
                                                    "[N/A]", "NVIDIA", "processor", "core id", "model name", "memory_bytes", "kind",
                                                    "{\"schema\": \"fitcalc/1\", \"command\": \"detect\"", "\"devices\"", "[", "]", "{", "}");
    const auto noise = rc::gen::map(rc::gen::container<std::string>(rc::gen::arbitrary<char>()), [](std::string text) { return text; });
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(word, noise)), [](const std::vector<std::string>& parts) {
        std::string text;
        for (const auto& part : parts) text += part;
        return text;
    });
}

bool believable_gpu(const Gpu& gpu) {
    for (const auto& size : {gpu.memory, gpu.reserved, gpu.used, gpu.free})
        if (size && (*size < Bytes{} || *size > largest_believable)) return false;
    return valid_utf8(gpu.name) && valid_utf8(gpu.uuid) && gpu.name.find('\n') == std::string::npos;
}

// A memory module as SMBIOS describes it.
std::string module_structure(std::uint16_t megabytes, std::uint8_t type, std::uint16_t speed, const std::string& bank) {
    std::string formatted(0x28, '\0');
    formatted[0] = 17;
    formatted[1] = 0x28;
    formatted[0x0C] = static_cast<char>(megabytes & 0xFF);
    formatted[0x0D] = static_cast<char>(megabytes >> 8);
    formatted[0x10] = 1;
    formatted[0x11] = 2;
    formatted[0x12] = static_cast<char>(type);
    formatted[0x15] = static_cast<char>(0xC0);
    formatted[0x16] = 0x12;  // rated 4800
    formatted[0x20] = static_cast<char>(speed & 0xFF);
    formatted[0x21] = static_cast<char>(speed >> 8);
    return formatted + "DIMM 0" + std::string(1, '\0') + bank + std::string(2, '\0');
}

}  // namespace

TEST_CASE("numbers of files: whole, bounded, or nothing", "[devices]") {
    CHECK(whole_number(" 24564\n") == 24564);
    CHECK(whole_number("-1") == std::nullopt);
    CHECK(whole_number("9223372036854775808") == std::nullopt);
    CHECK(whole_number("") == std::nullopt);
    CHECK(whole_number("12 GB") == std::nullopt);
    CHECK(hex_number("0x10de\n") == 0x10de);
    CHECK(hex_number("10DE") == 0x10de);
    CHECK(hex_number("0x") == std::nullopt);
    CHECK(thousandths("450.00") == 450000);
    CHECK(thousandths("69.5") == 69500);
    CHECK(thousandths("70") == 70000);
    CHECK(thousandths("[N/A]") == std::nullopt);
    CHECK(thousandths("1.-5") == std::nullopt);
    CHECK(size_in("24564", MiB) == MiB * 24564);
    CHECK(size_in("9223372036854775807", MiB) == std::nullopt);
    CHECK(size_in("1125899906842625") == std::nullopt);
    CHECK(value_after("a: 1\nab: 2\n", "ab") == "2");
    CHECK(value_after("ab: 2\n", "a") == std::nullopt);
    CHECK(clean(" NVIDIA\x1b[31m\n") == "NVIDIA[31m");
    CHECK(clean("\xff\xc3[") == "?" "?[");
    CHECK(gfx_name(110501) == "gfx1151");
    CHECK(gfx_name(90010) == "gfx90a");
    CHECK(gfx_name(90402) == "gfx942");
    CHECK(gfx_name(100300) == "gfx1030");
    CHECK(gfx_name(-5).empty());
}

TEST_CASE("modules of memory in an SMBIOS table", "[devices]") {
    HostMemory memory;
    const std::string other = std::string("\x01\x04\x00\x00", 4) + std::string(2, '\0');
    read_smbios(other + module_structure(16384, 0x22, 5600, "P0 CHANNEL A") + module_structure(0, 0x22, 0, "P0 CHANNEL A") +
                    module_structure(16384, 0x22, 5600, "P0 CHANNEL B"),
                memory);
    CHECK(memory.type == "DDR5");
    CHECK(memory.modules == 2);
    CHECK(memory.channels == 2);
    CHECK(memory.megatransfers_per_second == 5600);
    HostMemory unnamed;
    read_smbios(module_structure(16384, 0x1A, 0, "BANK 0"), unnamed);
    CHECK(unnamed.type == "DDR4");
    CHECK(unnamed.channels == std::nullopt);
    CHECK(unnamed.megatransfers_per_second == 4800);
}

TEST_CASE("nvidia-smi: what it does not know is not known", "[devices]") {
    const FoundGpus spark = read_nvidia_smi(
        "NVIDIA GB10, GPU-1, [N/A], [N/A], [N/A], [N/A], 0000000F:01:00.0, 0x2E1210DE, 12.1, 580.95.05, 1, 5, 1, 16, [N/A]\n");
    REQUIRE(spark.gpus.size() == 1);
    CHECK(spark.gpus[0].kind == GpuKind::integrated);
    CHECK(spark.gpus[0].memory == std::nullopt);
    CHECK(spark.gpus[0].pci_address == "000f:01:00.0");
    CHECK(spark.gpus[0].power_limit_milliwatts == std::nullopt);
    CHECK(read_nvidia_smi("No devices were found\n").gpus.empty());
    CHECK(read_nvidia_smi("No devices were found\n").unread.size() == 1);
}

TEST_CASE("lists of visible devices", "[devices]") {
    const auto visible = [](const std::string& list) {
        Machine machine;
        for (const char* uuid : {"GPU-aa01", "GPU-ab02", "GPU-ba03"}) {
            Gpu gpu;
            gpu.vendor = "nvidia";
            gpu.name = "same";
            gpu.uuid = uuid;
            machine.gpus.push_back(gpu);
        }
        apply_visibility([&](const char* name) { return std::string(name) == "CUDA_VISIBLE_DEVICES" ? std::optional(list) : std::nullopt; },
                         machine);
        std::string uuids;
        for (const Gpu& gpu : machine.gpus)
            if (gpu.hidden_by.empty()) uuids += gpu.uuid.substr(4) + " ";
        CHECK(machine.gpus.size() == 3);
        return uuids;
    };
    CHECK(visible("0,1,2") == "aa01 ab02 ba03 ");
    CHECK(visible("2,0") == "ba03 aa01 ");
    CHECK(visible("") == "");
    CHECK(visible("-1") == "");
    CHECK(visible("1,-1,0") == "ab02 ");
    CHECK(visible("0,7,1") == "aa01 ");
    CHECK(visible("GPU-b,GPU-aa") == "ba03 aa01 ");
    CHECK(visible("GPU-a") == "");  // two begin so
    CHECK(visible("1,1") == "ab02 ");
    CHECK(visible("all") == "");
}

TEST_CASE("a driver that hangs or crashes takes only its own process with it", "[devices]") {
    const TemporaryFolder folder;
    const std::string answers = folder / "nvml.txt";
    for (const auto& [init, reason] : {std::pair{"hang", "did not answer within 0.2 s"}, std::pair{"crash", "crashed"}}) {
        INFO(init);
        write_text(answers, "init " + std::string(init) + "\n");
        Probe probe = recorded_probe("broken-driver");
        // The files of the bus are read first. Only what hangs is not waited for, however slow the machine.
        const Milliseconds patience{init == std::string_view("hang") ? 200 : 60'000};
        bool bus_read = false;
        probe.apart = [&](const auto& work, Milliseconds) -> Reading<std::string> {
            if (!std::exchange(bus_read, true)) return work();
            return probe_of_this_machine().apart(work, patience);
        };
        probe.load = [](const std::string&) { return probe_of_this_machine().load(FITCALC_FAKE_NVML_LIBRARY); };
        const FakeNvmlAnswers fake{answers};  // the recorded ones went with the probe's own load
        const Machine machine = detect_machine(probe);
        REQUIRE_FALSE(machine.unread.empty());
        const Unread expected{"NVML", reason};
        CHECK(std::ranges::find(machine.unread, expected) != machine.unread.end());
        REQUIRE(machine.gpus.size() == 1);
        CHECK_FALSE(machine.gpus[0].problem.empty());
    }
}

TEST_CASE("programs are ended when their time is up", "[devices]") {
    const Probe probe = probe_of_this_machine();
    const auto slow = probe.run({"sleep", "600"}, Milliseconds{100});
    REQUIRE_FALSE(slow);
    CHECK(slow.error().reason == "did not answer within 0.1 s");
    const auto endless = probe.run({"yes"}, Milliseconds{60'000});
    REQUIRE_FALSE(endless);
    CHECK(endless.error().reason == "says more than a mebibyte");
    const auto missing = probe.run({"fitcalc-no-such-program"}, Milliseconds{60'000});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().absent);
    const auto output = probe.run({"sh", "-c", "echo out; exit 3"}, Milliseconds{60'000});
    REQUIRE(output);
    CHECK(output->status == 3);
    CHECK(output->out == "out\n");
    CHECK_FALSE(probe.run({"true"}, Milliseconds{0}));
}

TEST_CASE("libraries that are missing or no NVML", "[devices]") {
    const Probe probe = probe_of_this_machine();
    const auto missing = probe.load("libfitcalc-no-such-library.so.1");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().absent);
    const TemporaryFolder folder;
    const std::string text = folder / "not-a-library.so";
    write_text(text, "not a library");
    const auto broken = probe.load(text);
    REQUIRE_FALSE(broken);
    CHECK_FALSE(broken.error().absent);
}

TEST_CASE("files that are too long, or no files", "[devices]") {
    const Probe probe = probe_of_this_machine();
    CHECK_FALSE(probe.read("/dev/zero", 100));
    CHECK_FALSE(probe.read("/proc", 100));
    CHECK(probe.read("/no/such/file", 100).error().absent);
    CHECK_FALSE(probe.read("/proc/self/status", 10));
    CHECK(probe.list("/no/such/folder").empty());
}

TEST_CASE("a control group whose path does not begin at the root has the root's limits", "[devices]") {
    Probe probe = recorded_probe("no-gpu");
    probe.read = [read = probe.read](const std::string& path, std::size_t limit) -> Reading<std::string> {
        if (path == "/proc/self/cgroup") return std::string("0::user.slice\n4:memory:docker/4f3c\n");
        if (path == "/sys/fs/cgroup/memory.max") return std::string("1073741824\n");
        return read(path, limit);
    };
    std::vector<Unread> unread;
    CHECK(linux_memory(probe, unread).limit == GiB);
}

TEST_CASE("no text, however malformed, is more than unread", "[devices][property]") {
    check("sizes are believable and texts printable", [] {
        const std::string text = *any_text();
        for (const FoundGpus& found : {read_nvidia_smi(text), decode(text)})
            for (const Gpu& gpu : found.gpus) RC_ASSERT(believable_gpu(gpu));
        RC_ASSERT(valid_utf8(clean(text)));
        HostMemory memory;
        read_meminfo(text, memory);
        // RC_ASSERT looks at both sides of an || whatever the first one says.
        const Bytes total = memory.total.value_or(largest_believable);
        RC_ASSERT(total > Bytes{});
        RC_ASSERT(total <= largest_believable);
        RC_ASSERT(valid_utf8(read_cpuinfo(text).name));
        read_smbios(text, memory);
        RC_ASSERT(memory.modules.value_or(1) > 0);
        (void)read_machine(text, "m.json");
    });
    check("what is encoded comes back", [] {
        FoundGpus found;
        found.gpus.resize(2);
        found.gpus[1].kind = GpuKind::slice;
        found.gpus[1].name = clean(*rc::gen::string<std::string>());
        found.gpus[1].memory = Bytes{*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 50)};
        found.could_not("a", clean(*rc::gen::string<std::string>()));
        const FoundGpus again = decode(encode(found));
        RC_ASSERT(again.gpus.size() == 2u);
        RC_ASSERT(again.gpus[1].kind == GpuKind::slice);
        RC_ASSERT(again.gpus[1].name == clean(found.gpus[1].name));
        RC_ASSERT(again.gpus[1].memory == found.gpus[1].memory);
        RC_ASSERT(again.unread.size() == 1u);
        RC_ASSERT(again.unread == found.unread);
    });
    check("a machine whose every file says anything is detected all the same", [] {
        Probe probe = recorded_probe(*rc::gen::elementOf(recorded_machines()));
        const auto texts = *rc::gen::container<std::vector<std::string>>(8, any_text());
        const auto spoil = *rc::gen::container<std::vector<bool>>(8, rc::gen::arbitrary<bool>());
        std::size_t next = 0;
        probe.read = [&, read = probe.read](const std::string& path, std::size_t limit) -> Reading<std::string> {
            ++next;
            // What decides that there is a device stays.
            if (path.ends_with("/class") || path.ends_with("/uevent") || !spoil[next % 8]) return read(path, limit);
            return texts[next % 8];
        };
        probe.run = [&](const std::vector<std::string>&, Milliseconds) -> Reading<CommandOutput> { return CommandOutput{0, texts[0]}; };
        probe.variable = [&](const char*) { return std::optional(texts[1]); };
        if (probe.macos) probe.sysctl = [&](const char*) { return std::optional(texts[2]); };
        const Machine machine = detect_machine(probe);
        for (const Gpu& gpu : machine.gpus) RC_ASSERT(believable_gpu(gpu));
        cli::World world;
        world.variable = [](const char*) { return std::nullopt; };
        world.detect = [&] { return machine; };
        for (const char* format : {"json", "table", "csv"}) {
            const cli::Outcome outcome = cli::run({"detect", "--format", format}, world);
            RC_ASSERT(outcome.status == 0);
            RC_ASSERT(valid_utf8(outcome.out));
        }
        const int status = cli::run({"llama-3.1-8b", "--gpu", "auto", "--check"}, world).status;
        RC_ASSERT(status <= 1 || status == 3 || status == 4);
    });
}
