// Recorded machines: what --gpu auto and --ram auto make of them.
#include <algorithm>

#include "importers/machine_file.hpp"
#include "support/ask_machine.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("all of the memory, a reserve, the CPU by request", "[machines]") {
    const json now = answer({"llama-3.1-8b", "--gpu", "auto", "--json"}, "rtx-4090");
    const json idle = answer({"llama-3.1-8b", "--gpu", "auto", "--total", "--json"}, "rtx-4090");
    const json reserve = answer({"llama-3.1-8b", "--gpu", "auto", "--reserve", "2GiB", "--json"}, "rtx-4090");
    const json named = answer({"llama-3.1-8b", "--gpu", "rtx-4090", "--json"}, "rtx-4090");
    CHECK(now["devices"][0]["usable_bytes"] < idle["devices"][0]["usable_bytes"]);
    CHECK(idle["devices"][0] == named["devices"][0]);
    CHECK(reserve["devices"][0]["usable_bytes"] == (std::int64_t{24564 - 397 - 1012 - 2048} << 20));
    // The CPU by request needs no warning, and is the same by the memory alone.
    const json cpu = answer({"llama-3.1-8b", "--backend", "cpu", "--gpu", "auto", "--json"}, "rtx-4090");
    CHECK(cpu["settings"]["backend"] == "cpu");
    CHECK(cpu["warnings"].empty());
    CHECK(cpu == answer({"llama-3.1-8b", "--backend", "cpu", "--ram", "auto", "--json"}, "rtx-4090"));
    CHECK(cpu == answer({"llama-3.1-8b", "--ram", "auto", "--json"}, "rtx-4090"));
    const auto room = [](const json& plan) {
        const json& host = plan["placement"]["host"];
        return host["total_bytes"].get<std::int64_t>() + host["free_bytes"].get<std::int64_t>();
    };
    CHECK(room(cpu) == detected("rtx-4090")["memory"]["usable_bytes"]);
    CHECK(room(answer({"llama-3.1-8b", "--ram", "auto", "--total", "--json"}, "rtx-4090")) == std::int64_t{65022328} * 1024);
    CHECK(room(answer({"llama-3.1-8b", "--gpu", "auto", "--ram", "16GB", "--json"}, "no-gpu")) == std::int64_t{16} << 30);
}

TEST_CASE("the CPU loads what is in the file, whoever made it", "[machines]") {
    for (const char* model : {"llama-3.1-8b", "qwen3-0.6b", "gemma-3-4b-it", "deepseek-v2-lite"}) {
        const json plan = answer({model, "--gpu", "auto", "--json"}, "no-gpu");
        const std::int64_t usable = detected("no-gpu")["memory"]["usable_bytes"];
        const json& e = plan["estimate"];
        const std::int64_t beside = e["total_bytes"].get<std::int64_t>() - e["weights_device_bytes"].get<std::int64_t>();
        for (const json& row : plan["quants"]) {
            INFO(model << " " << row["quant"]);
            const std::int64_t more = row["total_bytes"].get<std::int64_t>() - row["weights_bytes"].get<std::int64_t>() - beside;
            CHECK(std::abs(more) < 2 << 20);
            if (row["recommended"]) CHECK(row["total_bytes"] <= usable);
        }
        CHECK(answer({"plan", model, "--gpu", "auto", "--json"}, "no-gpu")["placement"]["max_context"].is_number());
    }
}

TEST_CASE("a card without free memory is left out", "[machines]") {
    cli::World world = world_of("rtx-3090-3060");
    world.detect = [] {
        Machine machine = detect_machine(recorded_probe("rtx-3090-3060"));
        machine.gpus.front().free = Bytes{};
        return machine;
    };
    const auto ask = [&](std::vector<std::string> words) {
        words.emplace_back("--json");
        return json::parse(cli::run(words, world).out);
    };
    CHECK(chosen(ask({"detect"})) == Names{"NVIDIA GeForce RTX 3060"});
    const json plan = ask({"llama-3.1-8b", "--gpu", "auto"});
    REQUIRE(plan["devices"].size() == 1);
    CHECK(plan["devices"][0]["device"] == "rtx-3060-12gb");
    CHECK(plan["warnings"][0] == "NVIDIA GeForce RTX 3090 has no free memory and is left out");
    CHECK(ask({"llama-3.1-8b", "--gpu", "auto", "--total"})["devices"].size() == 2);
}

TEST_CASE("a machine's host memory takes what its devices don't", "[machines]") {
    const json plan = answer({"llama-3.3-70b", "--gpu", "auto", "--json"}, "rtx-4090");
    CHECK(plan["verdict"] == "offload");
    CHECK(plan["placement"]["devices"].size() == 1);
    CHECK(plan["placement"]["host"]["free_bytes"] > 0);
    CHECK(cli::run({"llama-3.3-70b", "--gpu", "auto", "--check"}, world_of("rtx-4090")).status == 0);
    CHECK(cli::run({"llama-3.3-70b", "--gpu", "auto", "--ram", "4GB", "--check"}, world_of("rtx-4090")).status == 1);
    const json forced = answer({"llama-3.1-8b", "--gpu", "auto", "--ngl", "10", "--json"}, "rtx-4090");
    CHECK(forced["placement"]["gpu_layers"] == 10);
    const json experts = answer({"qwen3-30b-a3b", "--gpu", "auto", "--n-cpu-moe", "all", "--json"}, "rtx-4090");
    CHECK(experts["placement"]["cpu_moe_layers"] == experts["model"]["layers"]);
    // A published mix can't be taken apart: the devices alone.
    const json published = answer({"llama-3.1-8b", "-q", "UD-Q4_K_XL", "--gpu", "auto", "--json"}, "rtx-4090");
    CHECK(published["verdict"] == "great");
}

TEST_CASE("memory that a GPU shares with the host is counted once", "[machines]") {
    for (const char* machine : {"dgx-spark", "mac-m3-max", "strix-halo", "apu-780m"}) {
        INFO(machine);
        const json found = detected(machine);
        const std::int64_t usable = found["memory"]["usable_bytes"];
        std::size_t placed = 0;
        for (const char* model : {"llama-3.1-8b", "qwen3-32b", "llama-3.3-70b", "gpt-oss-120b", "mistral-large-2411"}) {
            INFO(model);
            const json plan = answer({model, "--gpu", "auto", "--json"}, machine);
            const json& placement = plan["placement"];
            std::int64_t taken = placement["host"]["total_bytes"];
            for (const json& device : placement["devices"]) taken += device["total_bytes"].get<std::int64_t>();
            CHECK(placement["host"]["free_bytes"] == usable - taken);
            if (plan["verdict"] != "no") CHECK(taken <= usable);
            if (plan["verdict"] != "no") ++placed;
            for (const json& way : plan["ways_out"]) CHECK(way["change"] != "ram");
        }
        CHECK(placed > 0);
    }
}

TEST_CASE("a machine and what would be put into it", "[machines]") {
    const json both = answer({"llama-3.3-70b", "--gpu", "auto", "--gpu", "rtx-4090", "--json"}, "rtx-4090");
    REQUIRE(both["devices"].size() == 2);
    CHECK(both["devices"][0]["usable_bytes"] < both["devices"][1]["usable_bytes"]);
    // A machine without a GPU gets one.
    const json first = answer({"llama-3.1-8b", "--gpu", "auto", "--gpu", "rtx-4090", "--json"}, "no-gpu");
    CHECK(first["settings"]["backend"] == "cuda");
    CHECK(first["verdict"] == "great");
    CHECK(first["warnings"].empty());
    CHECK(first["placement"]["host"]["free_bytes"].is_number());
}

TEST_CASE("what was to be left free on a machine's devices can be taken back", "[machines]") {
    const auto asked = [](std::vector<std::string> more) {
        std::vector<std::string> words{"r1-distill-qwen-32b", "--gpu", "auto", "--ram", "1GB", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return answer(words, "rtx-3090-3060");
    };
    const json reserved = asked({"--reserve", "4GB"}), free = asked({});
    REQUIRE(reserved["verdict"] == "no");
    const json way = reserved["ways_out"][0];
    CHECK(way["change"] == "without");
    CHECK(way["flag"] == "--reserve");
    CHECK(way["verdict"] == free["verdict"]);
    std::int64_t usable = 0;
    for (const json& device : free["devices"])
        usable += device["count"].get<std::int64_t>() * device["usable_bytes"].get<std::int64_t>();
    CHECK(way["usable_bytes"] == usable);
}

TEST_CASE("a machine that lends devices and memory warns once", "[machines]") {
    const json devices = answer({"llama-3.1-8b", "--gpu", "auto", "--json"}, "mig");
    const json both = answer({"llama-3.1-8b", "--gpu", "auto", "--ram", "auto", "--json"}, "mig");
    CHECK_FALSE(devices["warnings"].empty());
    CHECK(both["warnings"] == devices["warnings"]);
    CHECK(both["placement"] == devices["placement"]);
}

// As with devices that are named: what is offered must do when its flag is taken.
TEST_CASE("the ways out of a no on a machine lead out", "[machines]") {
    for (const char* machine : {"rtx-3090-3060", "laptop-hybrid", "wsl", "no-gpu", "rx-7900-xtx", "apu-780m"}) {
        const json before = answer({"llama-3.3-70b", "-q", "F16", "--gpu", "auto", "--json"}, machine);
        INFO(machine);
        REQUIRE(before["verdict"] == "no");
        for (const json& way : before["ways_out"]) {
            std::vector<std::string> words{"llama-3.3-70b"};
            std::string flag = way["flag"];
            INFO(flag);
            if (!flag.starts_with("--gpu")) words.insert(words.end(), {"--gpu", "auto"});
            if (!flag.starts_with("--quant")) words.insert(words.end(), {"-q", "F16"});
            for (std::size_t at = 0; at < flag.size();) {
                const std::size_t end = std::min(flag.find(' ', at), flag.size());
                words.push_back(flag.substr(at, end - at));
                at = end + 1;
            }
            words.emplace_back("--check");
            CHECK(cli::run(words, world_of(machine)).status == 0);
        }
    }
}

TEST_CASE("machines that can't be meant are refused, with a word on what to do", "[machines]") {
    const auto refused = [](const std::vector<std::string>& words, std::string_view about) {
        const cli::Outcome outcome = cli::run(words, world_of("no-gpu"));
        INFO(outcome.err);
        CHECK(outcome.status == 2);
        CHECK(outcome.out.empty());
        CHECK(outcome.err.find(about) != std::string::npos);
    };
    refused({"llama-3.1-8b", "--total"}, "--total goes with --gpu auto");
    refused({"llama-3.1-8b", "--gpu", "rtx-4090", "--total"}, "--total goes with --gpu auto");
    refused({"detect", "--total"}, "--total goes with --gpu auto");
    refused({"detect", "--gpu", "auto"}, "detect looks for devices");
    refused({"detect", "auto", "auto"}, "detect takes a saved machine or nothing");
    refused({"detect", "--backend", "cuba"}, "--backend");
    refused({"llama-3.1-8b", "--gpu", "2xauto"}, "takes no count");
    refused({"llama-3.1-8b", "--gpu", "2x @m.json"}, "takes no count");
    refused({"llama-3.1-8b", "--gpu", "@"}, "names no file");
    refused({"llama-3.1-8b", "--gpu", "auto", "--gpu", "auto"}, "one machine at a time");
    refused({"llama-3.1-8b", "--gpu", "auto", "--ngl", "4"}, "none that engines can use");
    refused({"llama-3.1-8b", "--gpu", "rtx-4090", "--backend", "cpu"}, "--backend cpu runs on no --gpu");
    refused({"llama-3.1-8b", "--backend", "cpu"}, "--ram auto");
    refused({"llama-3.1-8b", "--gpu", "auto", "--method", "nominal", "--check"}, "--method exact");
    refused({"gpus", "llama-3.1-8b", "--gpu", "auto"}, "looks at all devices");
}

TEST_CASE("a machine that says nothing of its memory can't be planned for", "[machines]") {
    cli::World world = world_of("no-gpu");
    world.detect = [] { return Machine{}; };
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"llama-3.1-8b", "--gpu", "auto"}, {"llama-3.1-8b", "--gpu", "rtx-4090", "--ram", "auto"}}) {
        const cli::Outcome outcome = cli::run(words, world);
        CHECK(outcome.status == 4);
        CHECK(outcome.err.find("does not say how much memory it has") != std::string::npos);
    }
    CHECK(cli::run({"llama-3.1-8b", "--gpu", "auto", "--ram", "16GB"}, world).status == 0);
    CHECK(cli::run({"detect"}, world).status == 0);
}

TEST_CASE("a saved machine that is none is bad data", "[machines]") {
    const auto error = [](std::string_view text) { return read_machine(text, "m.json").error().message; };
    const std::string head = R"({"schema": "fitcalc/1", "command": "detect", )";
    CHECK(error("{") .starts_with("m.json: no valid JSON at byte"));
    CHECK(error("[]") == "m.json: not an answer of fitcalc detect --json");
    CHECK(error(R"({"schema": "fitcalc/1", "command": "fit"})") == "m.json: not an answer of fitcalc detect --json");
    CHECK(error(head + R"("memory": {"total_bytes": -1}})") == "m.json: memory.total_bytes: not a whole number from 0");
    CHECK(error(head + R"("memory": {"total_bytes": 9223372036854775808}})") == "m.json: memory.total_bytes: not a whole number from 0");
    CHECK(error(head + R"("memory": {"total_bytes": 9223372036854775807}})") == "m.json: memory.total_bytes: not a believable size");
    CHECK(error(head + R"("devices": [{"kind": "discrete"}, {"kind": "toaster"}]})") ==
          "m.json: devices[1].kind: not discrete, integrated or slice");
    CHECK(error(head + R"("devices": {}})") == "m.json: devices: not a list of at most 1024");
    CHECK(error(std::string(5 << 20, ' ')) == "m.json: larger than 4 MiB");
    CHECK(read_machine(head + R"("devices": []})", "m.json").has_value());
    // What is absent is as it is by default.
    const auto kindless = read_machine(head + R"("devices": [{"name": "Card"}, {"kind": null}]})", "m.json");
    CHECK(kindless.value().gpus.at(0).kind == Gpu{}.kind);
}
