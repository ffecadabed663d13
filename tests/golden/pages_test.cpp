// Pages and pictures: the files in tests/golden/pages are what the commands beside them write, well-formed, self-contained,
// and safe against what users' files call things. scripts/golden rewrites them: look at them in a browser.
#include <cstdlib>
#include <set>
#include <sstream>
#include <stack>

#include "cli/run.hpp"
#include "render/markup.hpp"
#include "support/catch.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

const std::string folder = FITCALC_SOURCE_DIR "/tests/golden/pages/";

struct Example {
    std::string file, command;
};

std::vector<Example> examples() {
    std::vector<Example> all;
    std::istringstream lines(read_text(folder + "commands.txt"));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t space = line.find(' '), dot = line.find('.');
        all.push_back({line.substr(0, space), "fitcalc " + line.substr(space + 1) + " --format " + line.substr(dot + 1, space - dot - 1)});
    }
    return all;
}

// What is wrong with the markup; empty where nothing is: tags in pairs, attributes in quotes, ids once, entities whole.
std::string fault_of(const std::string& text) {
    static const std::set<std::string> alone{"meta", "!doctype"};
    std::stack<std::string> open;
    std::set<std::string> ids;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '>') return "a stray > at " + std::to_string(at);
        if (text[at] == '&') {
            const std::size_t end = text.find(';', at);
            static const std::set<std::string> known{"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
            if (end == std::string::npos || !known.contains(text.substr(at, end + 1 - at))) return "a bare & at " + std::to_string(at);
        }
        if (text[at] != '<') continue;
        const std::size_t end = text.find('>', at);
        if (end == std::string::npos) return "a tag without an end";
        const std::string tag = text.substr(at + 1, end - at - 1);
        const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
        at = end;
        if (tag.front() == '/') {
            if (open.empty() || open.top() != tag.substr(1)) return "</" + tag.substr(1) + "> closes nothing";
            open.pop();
            continue;
        }
        if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "a quote in <" + tag + ">";
        if (const std::size_t id = tag.find(" id=\""); id != std::string::npos) {
            const std::size_t begin = id + 5;
            if (!ids.insert(tag.substr(begin, tag.find('"', begin) - begin)).second) return "an id twice in <" + tag + ">";
        }
        if (name == "style") {
            at = text.find("</style>", at) + 7;
            continue;
        }
        if (tag.back() != '/' && !alone.contains(name)) open.push(name);
    }
    return open.empty() ? "" : "<" + open.top() + "> is never closed";
}

void check_self_contained(std::string text) {
    const std::string name_space = "http://www.w3.org/2000/svg";
    if (const std::size_t at = text.find(name_space); at != std::string::npos) text.erase(at, name_space.size());
    for (const char* outside : {"<script", "<link", "<img", "url(", "@import", "src=", "onload", "javascript:"}) {
        INFO(outside);
        CHECK(text.find(outside) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("golden pages and pictures", "[pages]") {
    const auto all = examples();
    REQUIRE(all.size() >= 11);
    for (const Example& example : all) {
        INFO(example.file);
        const std::string today = run_command(example.command, {});
        if (std::getenv("FITCALC_ACCEPT_GOLDEN")) write_text(folder + example.file, today);
        CHECK(today == read_text(folder + example.file));
        CHECK(fault_of(today) == "");
        check_self_contained(today);
    }
}

TEST_CASE("every answer has a page", "[pages]") {
    for (const char* words : {"list models", "list gpus rtx-4090", "list architectures", "detect", "recommend --gpu rtx-4090 --for code",
                              "explain qwen3-8b", "models --gpu 8GB", "inspect qwen3-0.6b-own.gguf", "deepseek-r1-0528 --method nominal",
                              "nonesuch.gguf", "qwen3-0.6b-own.gguf --gpu 8GB", "plan llama-3.1-8b --ram 32GB",
                              "llama-3.1-8b qwen3-8b --gpu rtx-4090", "plan deepseek-r1-0528 --engine vllm --gpu 8xh200",
                              "deepseek-r1:32b --gpu 8GB", "grid qwen3-8b", "gpus deepseek-r1:32b"}) {
        INFO(words);
        std::string page = run_command(std::string("fitcalc ") + words + " --format html", {});
        const std::size_t begin = page.find("<!doctype html>");  // after the warnings
        REQUIRE(begin != std::string::npos);
        const std::size_t end = page.rfind("</html>\n");
        REQUIRE(end != std::string::npos);
        page = page.substr(begin, end + 8 - begin);
        CHECK(fault_of(page) == "");
        check_self_contained(page);
        CHECK(page.find("\x1b[") == std::string::npos);
    }
}

TEST_CASE("names from users' files are only text", "[pages]") {
    cli::World world;
    world.variable = [](const char*) { return std::nullopt; };
    world.read_file = [](const std::string&) -> Result<std::string> {
        return std::string(R"({"gpus": [{"id": "evil", "name": "<script>alert(\"x\")</script> & 'y' ]]>", "vendor": "nvidia",
            "kind": "gpu", "device_class": "consumer", "memory_bytes": 25769803776, "sources": ["here"], "confidence": "recalled"}]})");
    };
    for (const char* format : {"html", "svg"})
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"qwen3-8b", "--gpu", "evil"}, {"plan", "qwen3-8b", "--gpu", "evil"}, {"grid", "qwen3-8b", "--gpu", "evil"},
              {"compare", "qwen3-8b", "llama-3.1-8b", "--gpu", "evil"}}) {
            std::vector<std::string> all = words;
            all.insert(all.end(), {"--catalog", "x.json", "--format", format});
            const cli::Outcome outcome = cli::run(all, world);
            INFO(words.front() << " " << format << " " << outcome.err);
            REQUIRE(outcome.status == 0);
            CHECK(outcome.out.find("<script") == std::string::npos);
            CHECK(outcome.out.find("&lt;script&gt;") != std::string::npos);
            CHECK(fault_of(outcome.out) == "");
        }
}

TEST_CASE("text becomes markup whatever it holds", "[pages]") {
    CHECK(escaped("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
    CHECK(escaped("模型 ✓") == "模型 ✓");
    CHECK(escaped("a\x01z\x7f") == "a\xef\xbf\xbdz\xef\xbf\xbd");
    CHECK(escaped("\xff|\xc3|\xed\xa0\x80") == "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(escaped("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");
}
