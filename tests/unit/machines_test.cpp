// Recorded machines: what is found there.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/ask_machine.hpp"
#include "support/temporary_folder.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("recorded machines give the expected devices", "[machines]") {
    REQUIRE(recorded_machines().size() >= 12);
    for (const std::string& machine : recorded_machines()) {
        INFO(machine);
        const cli::Outcome outcome = cli::run({"detect", "--json"}, world_of(machine));
        CHECK(outcome.status == 0);
        const std::string path = machine_path(machine, "expected.json");
        if (std::getenv("FITCALC_ACCEPT_GOLDEN")) write_text(path, outcome.out);
        CHECK(outcome.out == read_text(path));
        CHECK(std::filesystem::exists(machine_path(machine, "note.md")));
    }
}

TEST_CASE("a saved machine answers as the machine itself", "[machines]") {
    for (const std::string& machine : recorded_machines()) {
        INFO(machine);
        const std::string saved = "@" + machine_path(machine, "expected.json");
        const json again = answer({"detect", saved, "--json"}, "no-gpu");
        CHECK(again == detected(machine));
        for (const char* model : {"llama-3.1-8b", "deepseek-r1-0528"})
            for (const bool total : {false, true}) {
                std::vector<std::string> here{model, "--gpu", "auto", "--check"}, there{model, "--gpu", saved, "--check"};
                if (total) here.emplace_back("--total");
                if (total) there.emplace_back("--total");
                const cli::Outcome one = cli::run(here, world_of(machine)), other = cli::run(there, world_of("no-gpu"));
                CHECK(one.out == other.out);
                CHECK(one.status == other.status);
            }
    }
}

TEST_CASE("files in a folder are read as the recorded ones", "[machines]") {
    for (const char* machine : {"strix-halo", "arc-a770-backport", "mi300x-hip", "container-v2-uuids", "mig-one-visible"}) {
        INFO(machine);
        const TemporaryFolder root;
        lay_out_files(machine, root.path());
        // This machine's way to files and to other processes, the recorded machine's rest.
        Probe probe = recorded_probe(machine);
        const Probe real = probe_of_this_machine(root.path(), Milliseconds{20'000});
        probe.read = real.read;
        probe.list = real.list;
        probe.exists = real.exists;
        probe.apart = real.apart;
        cli::World world = world_of(machine);
        world.detect = [&] { return detect_machine(probe); };
        json found = json::parse(cli::run({"detect", "--json"}, world).out), expected = detected(machine);
        // What may not be read can't be laid out.
        found.erase("unread");
        expected.erase("unread");
        CHECK(found == expected);
    }
}

TEST_CASE("memory: what the driver reports, what others use, what a new process can take", "[machines]") {
    constexpr std::int64_t mib = 1 << 20;
    const json one = detected("rtx-4090");
    CHECK(chosen(one) == Names{"NVIDIA GeForce RTX 4090"});
    CHECK(device(one, 0)["device"] == "rtx-4090");
    CHECK(device(one, 0)["memory_bytes"] == 24564 * mib);
    CHECK(device(one, 0)["used_bytes"] == 1012 * mib);
    CHECK(device(one, 0)["usable_bytes"] == 24564 * mib - 475004928 - 1012 * mib);
    CHECK(device(one, 0)["usable_idle_bytes"] == 24564 * mib - 475004928);
    CHECK(device(one, 0)["pci_id"] == "10de:2684");
    CHECK(device(one, 0)["pci_address"] == "0000:01:00.0");
    CHECK(device(one, 0)["compute_capability"] == "8.9");
    CHECK(device(one, 0)["driver_version"] == "570.86.10");
    CHECK(device(one, 0)["power_limit_milliwatts"] == 450000);
    CHECK(one["backend"] == "cuda");

    // Without the second version "used" holds what the driver keeps; free is free all the same.
    const json two = detected("rtx-3090-3060");
    CHECK(device(two, 0)["device"] == "rtx-3090");
    CHECK(device(two, 1)["device"] == "rtx-3060-12gb");
    CHECK(device(two, 0)["reserved_bytes"].is_null());
    CHECK(device(two, 0)["usable_bytes"] == 24576 * mib - 475004928);
    CHECK(device(two, 1)["usable_bytes"] == (12288 - 7643) * mib);
    CHECK(chosen(two).size() == 2);
}

TEST_CASE("MIG instances are devices, and a process gets one", "[machines]") {
    const json all = detected("mig");
    REQUIRE(all["devices"].size() == 3);
    CHECK(device(all, 0)["kind"] == "slice");
    CHECK(device(all, 1)["name"] == "NVIDIA A100-SXM4-80GB MIG 2g.20gb");
    CHECK(device(all, 1)["parent_uuid"] == "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77");
    CHECK(device(all, 1)["used_bytes"] == std::int64_t{9907} << 20);
    CHECK(chosen(all) == Names{"NVIDIA A100-SXM4-80GB MIG 3g.40gb"});
    const json one = detected("mig-one-visible");
    CHECK(chosen(one) == Names{"NVIDIA A100-SXM4-80GB MIG 2g.20gb"});
    CHECK(device(one, 2)["hidden_by"] == "CUDA_VISIBLE_DEVICES");
}

TEST_CASE("graphics inside the processor are left alone beside a card, and used without one", "[machines]") {
    const json laptop = detected("laptop-hybrid");
    CHECK(chosen(laptop) == Names{"NVIDIA GeForce RTX 4060 Laptop GPU"});
    CHECK(device(laptop, 0)["device"] == "rtx-4060-laptop");
    CHECK(device(laptop, 1)["kind"] == "integrated");
    const json amd = detected("rx-7900-xtx");
    CHECK(chosen(amd) == Names{"AMD Radeon RX 7900 XTX"});
    CHECK(device(amd, 0)["device"] == "rx-7900-xtx");
    CHECK(device(amd, 0)["gfx_target"] == "gfx1100");
    CHECK(device(amd, 0)["memory_bytes"] == 25753026560);
    CHECK(device(amd, 0)["uuid"] == "GPU-9b4e1d3c7a20f516");
    CHECK(device(amd, 1)["gfx_target"] == "gfx1036");
    CHECK(amd["backend"] == "rocm");
    CHECK(chosen(detected("apu-780m")).size() == 1);
}

TEST_CASE("unified memory: no more than the host has", "[machines]") {
    const json strix = detected("strix-halo");
    CHECK(device(strix, 0)["device"] == "ryzen-ai-max-plus-395-128gb");
    CHECK(device(strix, 0)["memory_bytes"] == 103079215104);
    CHECK(device(strix, 0)["vram_bytes"] == 4294967296);
    CHECK(device(strix, 0)["usable_bytes"] == 103079215104 - 2147483648);
    CHECK(device(strix, 0)["gfx_target"] == "gfx1151");
    const json spark = detected("dgx-spark");
    CHECK(device(spark, 0)["device"] == "dgx-spark");
    CHECK(device(spark, 0)["kind"] == "integrated");
    CHECK(device(spark, 0)["memory_bytes"] == std::int64_t{127600748} * 1024);
    CHECK(device(spark, 0)["usable_bytes"] == std::int64_t{118566368} * 1024);
    CHECK(device(spark, 0)["pci_address"] == "000f:01:00.0");
    CHECK(spark["cpu"]["name"] == "ARM Cortex-A725 + ARM Cortex-X925");
    const json mac = detected("mac-m3-max");
    CHECK(device(mac, 0)["device"] == "apple-m3-max-40c-64gb");
    CHECK(device(mac, 0)["usable_idle_bytes"] == 55662790000);
    CHECK(device(mac, 0)["usable_bytes"] == std::int64_t{2100332 + 820114 + 31277} * 16384);
    CHECK(mac["backend"] == "metal");
    const json wired = detected("mac-m1-max-wired");
    CHECK(device(wired, 0)["device"] == "apple-m1-max-32gb");
    CHECK(device(wired, 0)["usable_idle_bytes"] == std::int64_t{26000} << 20);
    CHECK(wired["unread"][0]["what"] == "number of GPU cores");
}

TEST_CASE("Intel's cards: size by tile, by card, or from the catalog", "[machines]") {
    CHECK(device(detected("arc-b580"), 0)["memory_bytes"] == 12884901888);
    const json backport = detected("arc-a770-backport");
    CHECK(device(backport, 0)["usable_bytes"] == 16022240768);
    CHECK(device(backport, 0)["device"] == "arc-a770-16gb");
    const json kernel = detected("arc-a770-i915");
    REQUIRE(kernel["devices"].size() == 2);
    CHECK(chosen(kernel) == Names{"Intel Arc A770"});
    CHECK(device(kernel, 1)["memory_bytes"].is_null());
}

TEST_CASE("what the environment hides", "[machines]") {
    const json uuids = detected("container-v2-uuids");
    CHECK(chosen(uuids).size() == 2);
    CHECK(device(uuids, 0)["uuid"] == "GPU-55552555-aaaa-4bbb-8ccc-000000000002");
    CHECK(device(uuids, 1)["used_bytes"] == std::int64_t{61234} << 20);
    CHECK(uuids["memory"]["limit_bytes"] == 274877906944);
    CHECK(uuids["memory"]["limit_used_bytes"] == 41875931136 - 21474836480 - 10737418240);
    // 2, 1, then an index that is none: 3 does not count.
    const json indices = detected("container-v1-indices");
    CHECK(chosen(indices) == Names{"NVIDIA RTX A6000", "NVIDIA RTX A6000"});
    CHECK(device(indices, 0)["pci_address"] == "0000:22:00.0");
    CHECK(device(indices, 1)["pci_address"] == "0000:21:00.0");
    CHECK(indices["memory"]["limit_bytes"] == 68719476736);
    CHECK(indices["memory"]["limit_source"] == "/sys/fs/cgroup/memory/docker/4f3c/memory.limit_in_bytes");
    CHECK(indices["memory"]["usable_bytes"] == 68719476736 - (6442450944 - 3221225472 - 1073741824));
    const json hip = detected("mi300x-hip");
    CHECK(chosen(hip).size() == 2);
    CHECK(device(hip, 0)["uuid"] == "GPU-a1b2c3d4e5f60006");
    CHECK(device(hip, 2)["hidden_by"] == "HIP_VISIBLE_DEVICES");
    CHECK(device(hip, 7)["hidden_by"] == "ROCR_VISIBLE_DEVICES");
}

TEST_CASE("without a GPU that can be used, the CPU", "[machines]") {
    for (const char* machine : {"no-gpu", "broken-driver", "nouveau"}) {
        INFO(machine);
        const json found = detected(machine);
        CHECK(chosen(found).empty());
        CHECK(found["backend"] == "cpu");
        const json plan = answer({"llama-3.1-8b", "--gpu", "auto", "--json"}, machine);
        CHECK(plan["settings"]["backend"] == "cpu");
        CHECK(plan["devices"].empty());
        CHECK(plan["verdict"] == "offload");
        const json& host = plan["placement"]["host"];
        const std::int64_t usable = found["memory"]["usable_bytes"];
        CHECK(host["free_bytes"] == usable - host["total_bytes"].get<std::int64_t>());
        CHECK(plan["estimate"]["overhead_bytes"] == 0);
        CHECK(plan["estimate"]["host_bytes"] == 0);
        CHECK(plan["estimate"]["total_bytes"] == host["total_bytes"]);
        const std::vector<std::string> warnings = plan["warnings"];
        CHECK(warnings.back() == "no GPU that engines can use: everything on the CPU, in host memory");
    }
    CHECK(device(detected("broken-driver"), 0)["name"] == "NVIDIA GeForce RTX 3070");
    CHECK(device(detected("broken-driver"), 0)["device"] == "rtx-3070");
    const std::string problem = device(detected("broken-driver"), 0)["problem"];
    CHECK(problem.find("mismatch") != std::string::npos);
}

TEST_CASE("nvidia-smi stands in for NVML", "[machines]") {
    const json wsl = detected("wsl");
    CHECK(wsl["system"]["wsl"] == "2");
    CHECK(chosen(wsl) == Names{"NVIDIA GeForce RTX 3080"});
    CHECK(device(wsl, 0)["device"] == "rtx-3080-10gb");
    CHECK(device(wsl, 0)["memory_source"] == "nvidia-smi");
    CHECK(device(wsl, 0)["pci_id"] == "10de:2206");
    CHECK(device(wsl, 0)["pci_address"] == "0000:2d:00.0");
    CHECK(device(wsl, 0)["power_limit_milliwatts"] == 320000);
    CHECK(device(wsl, 0)["free_bytes"] == std::int64_t{8713} << 20);
}

TEST_CASE("kinds of GPUs are known by their whole name") {
    for (const GpuKind kind : {GpuKind::discrete, GpuKind::integrated, GpuKind::slice}) CHECK(gpu_kind(name_of(kind)) == kind);
    for (const char* name : {"", "slic", "slices", "Slice"}) CHECK_FALSE(gpu_kind(name));
}
