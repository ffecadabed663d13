// What shells offer: the program's own answer, and what bash, zsh and fish make of it where they are installed.
#include <algorithm>
#include <set>

#include "cli/completion.hpp"
#include "cli/options.hpp"
#include "fitcalc/catalog.hpp"
#include "support/ask.hpp"
#include "support/catch.hpp"
#include "support/shell.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using namespace fitcalc::test;

namespace {

using Lines = std::vector<std::string>;
using NameSet = std::set<std::string>;

// Each line's candidate, without what is said of it.
Lines candidates_of(const std::string& text) {
    Lines lines = lines_of(text);
    for (std::string& line : lines) line.resize(std::min(line.size(), line.find('\t')));
    return lines;
}

// The candidates for the last of the words.
Lines offered(Lines words, const World& world = empty_world()) {
    std::string current = "=" + words.back();
    words.pop_back();
    words.insert(words.begin(), {"__complete", std::move(current)});
    const Outcome outcome = run(words, world);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    return candidates_of(outcome.out);
}

bool has(const Lines& lines, const std::string& line) { return std::ranges::find(lines, line) != lines.end(); }

// False, and says so, where the shell isn't installed.
bool can_run(const std::string& shell) {
    if (installed(shell)) return true;
    WARN(shell << " is not installed: its completion is not tested");
    return false;
}

// What the shell says of a line in the repository's folder, by its driver in tests/completion.
Lines in_shell(const std::string& shell, const std::string& line) {
    const std::string driver = "tests/completion/complete." + shell.substr(0, shell.find(' '));
    return candidates_of(shell_output("cd " + quoted(FITCALC_SOURCE_DIR) + " && timeout 30 " + shell + " " + driver + " " +
                                      quoted(FITCALC_PROGRAM) + " " + quoted(line) + " 2>&1").out);
}

}  // namespace

TEST_CASE("completion offers exactly the options that a verb takes", "[completion]") {
    for (const Verb& verb : verbs()) {
        INFO(verb.name);
        NameSet names;
        for (const Option& option : options())
            if (takes(verb, option)) names.insert(std::string(option.long_name()));
        const Lines lines = offered({std::string(verb.name), "--"});
        CHECK(NameSet(lines.begin(), lines.end()) == names);
        CHECK(lines.size() == names.size());
    }
    CHECK(offered({"qwen3-8b", "--"}) == offered({"fit", "--"}));
    CHECK(has(offered({"qwen3-8b", "-"}), "-q"));
}

TEST_CASE("completion offers what an option or an operand takes", "[completion]") {
    CHECK(has(offered({""}), "gpus"));
    CHECK(has(offered({""}), "qwen3-8b"));
    CHECK(offered({"gpus", "deepseek-r1:3"}) == Lines{"deepseek-r1:32b"});
    CHECK(has(offered({"deepseek-ai/DeepSeek-R1-05"}), "deepseek-ai/DeepSeek-R1-0528"));
    CHECK(has(offered({"./mod"}), ":files"));
    CHECK(offered({"inspect", "mod"}) == Lines{":files"});
    CHECK(offered({"qwen3-8b", "-g", "rtx-4090-"}) == Lines{"rtx-4090-d", "rtx-4090-laptop"});
    CHECK(offered({"qwen3-8b", "--gpu=2xrtx-4090-d"}) == Lines{"--gpu=2xrtx-4090-d"});
    CHECK(offered({"compare", "qwen3-8b", "--gpu", "24GB,2x rtx-4090-d"}) == Lines{"24GB,2x rtx-4090-d"});
    CHECK(offered({"qwen3-8b", "--gpu", "aut"}) == Lines{"auto"});
    CHECK(offered({"qwen3-8b", "--quant", "q4_k"}) == Lines{"Q4_K_M", "Q4_K_S"});
    CHECK(offered({"grid", "qwen3-8b", "-q", "Q6_K,q4_k"}) == Lines{"Q6_K,Q4_K_M", "Q6_K,Q4_K_S"});
    CHECK(has(offered({"qwen3-8b", "--engine=vllm", "--quant", ""}), "fp8"));
    CHECK(offered({"qwen3-8b", "--engine", "llama"}) == Lines{"llama.cpp"});
    CHECK(offered({"qwen3-8b", "--flash-attn", ""}) == Lines{"on", "off"});
    CHECK(offered({"qwen3-8b", "--ctx", ""}) == Lines{"max"});
    CHECK(offered({"qwen3-8b", "--ubatch", ""}).empty());
    CHECK(offered({"list", ""}) == Lines{"models", "gpus", "quants", "engines", "architectures"});
    CHECK(offered({"list", "gpus", "rtx-4090-d"}) == Lines{"rtx-4090-d"});
    CHECK(offered({"list", "models", "--publisher", "mist"}) == Lines{"Mistral-AI"});
    CHECK(offered({"list", "gpus", "--vendor", ""}) == Lines{"amd", "apple", "intel", "nvidia"});
    CHECK(offered({"catalog", ""}) == Lines{"check", "add", "path"});
    CHECK(offered({"catalog", "check", ""}) == Lines{":files"});
    CHECK(offered({"completion", ""}) == Lines{"bash", "zsh", "fish", "powershell"});
    CHECK(offered({"help", "pl"}) == Lines{"plan"});
    CHECK(offered({"qwen3-8b", "--nonesuch=", "--check=x"}).empty());
    CHECK_FALSE(has(offered({"qwen3-8b", "--check", "--"}), "--check"));
    CHECK(has(offered({"qwen3-8b", "--gpu", "24GB", "--"}), "--gpu"));
    CHECK(offered({"fit", "--", "--qu"}) == Lines{":files"});
}

TEST_CASE("what completion offers is what the program takes", "[completion]") {
    for (const std::string& publisher : offered({"list", "models", "--publisher", ""})) {
        INFO(publisher);
        CHECK_FALSE(answer_to({"list", "models", "--publisher", publisher})["models"].empty());
    }
    for (const std::string& kind : offered({"gpus", "qwen3-8b", "--kind", ""})) {
        INFO(kind);
        CHECK_FALSE(answer_to({"list", "gpus", "--kind", kind})["gpus"].empty());
    }
    const Catalog catalog;
    for (const std::string& device : offered({"qwen3-8b", "--gpu", ""})) {
        INFO(device);
        CHECK((device == "auto" || catalog.find_device(device)));
    }
    for (const std::string& tag : offered({"deepseek-r1:"})) {
        INFO(tag);
        CHECK((tag == ":files" || catalog.find_model(tag)));
    }
}

TEST_CASE("completion knows the records of --catalog and FITCALC_CATALOG", "[completion]") {
    World world;
    world.variable = [](const char*) -> std::optional<std::string> { return std::nullopt; };
    world.read_file = [](const std::string& path) -> Result<std::string> {
        if (path != "mine.json") return fail(ErrorKind::bad_data, path + ": absent");
        return std::string(R"({"gpus": [{"id": "my-card", "name": "My card", "vendor": "nvidia", "kind": "gpu",
                               "memory_bytes": 25769803776, "sources": ["mine"]}]})");
    };
    CHECK(offered({"qwen3-8b", "--gpu", "my-"}, world).empty());
    CHECK(offered({"qwen3-8b", "--catalog", "mine.json", "--gpu", "my-"}, world) == Lines{"my-card"});
    CHECK(offered({"qwen3-8b", "--catalog=absent.json", "--gpu", "rtx-4090-d"}, world) == Lines{"rtx-4090-d"});
    world.variable = [](const char* name) -> std::optional<std::string> {
        if (std::string_view{name} == "FITCALC_CATALOG") return "mine.json";
        return std::nullopt;
    };
    CHECK(offered({"qwen3-8b", "--gpu", "my-"}, world) == Lines{"my-card"});
}

TEST_CASE("a name of a user's catalog can't break the answer into lines of its own", "[completion]") {
    World world;
    world.variable = [](const char*) -> std::optional<std::string> { return std::nullopt; };
    world.read_file = [](const std::string&) -> Result<std::string> {
        return std::string(R"({"gpus": [
            {"id": "my-card", "name": "My\u001b[2J\ncard", "vendor": "nvidia", "kind": "gpu", "memory_bytes": 25769803776, "sources": ["mine"]},
            {"id": "my-\n:files", "name": "other", "vendor": "nvidia", "kind": "gpu", "memory_bytes": 25769803776, "sources": ["mine"]}]})");
    };
    const Outcome outcome = run({"__complete", "=my-", "qwen3-8b", "--catalog", "mine.json", "--gpu"}, world);
    const std::string& out = outcome.out;
    CHECK(std::ranges::count(out, '\n') <= 1);
    CHECK(out.find('\x1b') == std::string::npos);
    CHECK(out.find(":files") == std::string::npos);
}

TEST_CASE("the shells' scripts are printed, and ask the program", "[completion]") {
    for (const std::string shell : {"bash", "zsh", "fish", "powershell"}) {
        const Outcome outcome = run_words({"completion", shell});
        CHECK(outcome.status == 0);
        CHECK(outcome.out == completion_script(shell));
        CHECK(outcome.out.find(" __complete \"=") != std::string::npos);
    }
    CHECK(run_words({"completion"}).status == 2);
    CHECK(run_words({"completion", "tcsh"}).status == 2);
    CHECK(run_words({"completion", "bash", "zsh"}).status == 2);
    CHECK(run_words({"completion", "bash", "extra"}).err.find("takes one shell, not also 'extra'") != std::string::npos);
}

TEST_CASE("bash completes names with colons, values after an equals sign, and files", "[completion]") {
    if (!can_run("bash")) return;
    CHECK(in_shell("bash", "fitcalc deepseek-r1:3") == Lines{"32b"});  // what stands before the colon stays
    CHECK(in_shell("bash", "fitcalc qwen3-8b --quant=q4_k") == Lines{"Q4_K_M", "Q4_K_S"});
    CHECK(in_shell("bash", "fitcalc qwen3-8b --gpu rtx-4090-") == Lines{"rtx-4090-d", "rtx-4090-laptop"});
    CHECK(in_shell("bash", "fitcalc inspect CMakeL") == Lines{"CMakeLists.txt"});
    CHECK(in_shell("bash", "fitcalc plan ").size() == Catalog{}.models().size());
    for (const Verb& verb : verbs()) {
        const std::string name(verb.name);
        CHECK(in_shell("bash", "fitcalc " + name + " --") == offered({name, "--"}));
    }
}

TEST_CASE("fish completes the same", "[completion]") {
    if (!can_run("fish")) return;
    const std::string fish = "fish --no-config";
    CHECK(in_shell(fish, "fitcalc deepseek-r1:3") == Lines{"deepseek-r1:32b"});
    CHECK(in_shell(fish, "fitcalc qwen3-8b --quant=q4_k") == Lines{"--quant=Q4_K_M", "--quant=Q4_K_S"});
    CHECK(in_shell(fish, "fitcalc inspect CMakeL") == Lines{"CMakeLists.txt"});
    for (const Verb& verb : verbs()) {
        const std::string name(verb.name);
        Lines in_fish = in_shell(fish, "fitcalc " + name + " --"), own = offered({name, "--"});
        std::ranges::sort(in_fish);  // fish has an order of its own
        std::ranges::sort(own);
        CHECK(in_fish == own);
    }
}

TEST_CASE("zsh completes a line in a terminal", "[completion]") {
    if (!can_run("zsh")) return;
    const std::string zsh = "zsh -f";
    CHECK(in_shell(zsh, "fitcalc deepseek-r1:3") == Lines{"fitcalc deepseek-r1:32b "});
    CHECK(in_shell(zsh, "fitcalc qwen3-8b --quant=iq2_xx") == Lines{"fitcalc qwen3-8b --quant=IQ2_XXS "});
    CHECK(in_shell(zsh, "fitcalc qwen3-8b --gpu \"2x rtx-4090-d") == Lines{"fitcalc qwen3-8b --gpu \"2x rtx-4090-d\" "});
    CHECK(in_shell(zsh, "fitcalc qwen3-8b --che") == Lines{"fitcalc qwen3-8b --check "});
    CHECK(in_shell(zsh, "fitcalc inspect CMakeL") == Lines{"fitcalc inspect CMakeLists.txt "});
}
