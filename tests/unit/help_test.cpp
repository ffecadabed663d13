// Help, manual page and parser are made of one table of options: what they say of it, and that they agree.
#include <algorithm>
#include <regex>
#include <set>

#include "cli/options.hpp"
#include "fitcalc/version.hpp"
#include "support/ask.hpp"
#include "support/catch.hpp"
#include "support/shell.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using namespace fitcalc::test;

namespace {

using Names = std::set<std::string>;

std::string page(std::vector<std::string> words, const std::string& columns = "80") {
    World world;
    world.variable = [columns](const char* name) -> std::optional<std::string> {
        if (std::string_view{name} == "COLUMNS") return columns;
        return std::nullopt;
    };
    const Outcome outcome = run(words, world);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    return outcome.out;
}

// Every option that begins an entry: "  -q, --quant NAME", "      --ram SIZE".
Names named_by_help(const std::string& text) {
    static const std::regex entry("^  (?:(-[a-z]), |    )(--[a-z-]+)(?: .*)?$");
    Names names;
    for (const std::string& line : lines_of(text))
        if (std::smatch match; std::regex_match(line, match, entry)) names.insert(match[1].str() + match[2].str());
    return names;
}

Names named_by_manual(const std::string& text) {
    static const std::regex entry(R"(^(?:\\fB\\(-[a-z])\\fR, )?\\fB((?:\\-|[a-z])+)\\fR(?: \\fI.*\\fR)?$)");
    Names names;
    bool term = false;
    for (const std::string& line : lines_of(text)) {
        if (std::smatch match; term && std::regex_match(line, match, entry))
            names.insert(match[1].str() + std::regex_replace(match[2].str(), std::regex(R"(\\-)"), "-"));
        term = line == ".TP";
    }
    return names;
}

template <class Wanted>
Names named_by_table(Wanted wanted) {
    Names names;
    for (const Option& option : options())
        if (wanted(option)) names.insert(std::string(option.short_name()) + std::string(option.long_name()));
    return names;
}

const auto everything = [](const Option&) { return true; };

}  // namespace

TEST_CASE("each verb's help names exactly the options that it takes", "[help]") {
    for (const Verb& verb : verbs()) {
        INFO(verb.name);
        const std::string text = page({std::string(verb.name), "--help"});
        CHECK(named_by_help(text) == named_by_table([&](const Option& option) { return takes(verb, option); }));
        CHECK(text == page({"help", std::string(verb.name)}));
        CHECK(text == page({"--help", std::string(verb.name)}));
        for (const std::string_view example : verb.examples) CHECK(text.find(example) != std::string::npos);
    }
}

TEST_CASE("the whole help and the manual page name every option and verb", "[help]") {
    const std::string whole = page({"help", "--all"}), manual = page({"help", "--man"});
    CHECK(named_by_help(whole) == named_by_table(everything));
    CHECK(named_by_manual(manual) == named_by_table(everything));
    for (const Verb& verb : verbs()) {
        INFO(verb.name);
        CHECK(whole.find("\n  " + std::string(verb.name) + " ") != std::string::npos);
        CHECK(manual.find("\n\\fBfitcalc " + std::string(verb.name) + "\\fR ") != std::string::npos);
    }
}

TEST_CASE("the first page is one screen, and no line is longer than the terminal is wide", "[help]") {
    const std::string first = page({"--help"});
    CHECK(first == page({"help"}));
    CHECK(first == page({"qwen3-8b", "-h"}));
    CHECK(lines_of(first).size() <= 45);
    CHECK(named_by_help(first).size() == common_options().size());
    for (const std::string columns : {"80", "90", "200"}) {
        const std::size_t most = columns == "90" ? 90 : columns == "80" ? 80 : 100;
        std::size_t longest = 0;
        for (const Verb& verb : verbs())
            for (const auto& line : lines_of(page({"help", std::string(verb.name)}, columns))) longest = std::max(longest, line.size());
        for (const auto& line : lines_of(page({"help", "--all"}, columns))) longest = std::max(longest, line.size());
        INFO(columns);
        CHECK(longest <= most);
        CHECK(longest > most - 8);
    }
}

TEST_CASE("no two options share a name, no two verbs a bit", "[help]") {
    Names names;
    for (const Option& option : options()) {
        CHECK(names.insert(std::string(option.long_name())).second);
        if (!option.short_name().empty()) CHECK(names.insert(std::string(option.short_name())).second);
        INFO(option.long_name());
        CHECK(std::ranges::any_of(verbs(), [&](const Verb& verb) { return takes(verb, option); }));
        CHECK(!option.help.empty());
        CHECK((option.values == Values::words) == !words_of(option).empty());
    }
    VerbSet seen = 0;
    for (const Verb& verb : verbs()) {
        CHECK((seen & verb.bit) == 0);
        seen |= verb.bit;
        CHECK(find_verb(verb.name) == &verb);
        CHECK(!verb.examples.empty());
    }
}

TEST_CASE("a verb refuses an option of others, and accepts what all share", "[help]") {
    for (const Verb& verb : verbs())
        for (const Option& option : options()) {
            std::vector<std::string> words{std::string(verb.name), std::string(option.long_name())};
            if (!option.argument.empty()) words.emplace_back("nonesuch");
            const Outcome outcome = run_words(words);
            INFO(verb.name << " " << option.long_name() << ": " << outcome.err);
            const std::string refusal = "fitcalc: error: fitcalc " + std::string(verb.name) + " takes no " + std::string(option.long_name());
            const bool refused = outcome.err.starts_with(refusal + "\n");
            CHECK(refused == (!option.shared && !takes(verb, option)));
            if (refused) {
                CHECK(outcome.status == 2);
                CHECK(outcome.out.empty());
            }
        }
}

TEST_CASE("the words that an option offers are those it takes", "[help]") {
    for (const Option& option : options()) {
        const auto words = words_of(option);
        // Others are numbers and sizes beside; --sort is free with list.
        const bool closed = option.values == Values::words && option.argument.find("N|") == std::string_view::npos &&
                            option.argument.find("SIZE") == std::string_view::npos;
        if (!closed) continue;
        const std::string name(option.long_name());
        // A question that takes it.
        const std::vector<std::string> question = takes(*find_verb("fit"), option)    ? std::vector<std::string>{"fit", "qwen3-8b"}
                                                  : takes(*find_verb("gpus"), option) ? std::vector<std::string>{"gpus", "qwen3-8b"}
                                                                                      : std::vector<std::string>{"recommend", "--gpu", "8GB"};
        const auto with = [&](const std::string& word) {
            auto asked = question;
            asked.insert(asked.end(), {name, word});
            if (word == "cpu") asked.insert(asked.end(), {"--ram", "64GB"});
            return run_words(asked);
        };
        std::string listed;
        for (const std::string_view word : words) {
            INFO(name << " " << word);
            CHECK(with(std::string(word)).status <= 1);
            (listed += listed.empty() ? "" : ", ") += word;
        }
        const Outcome refused = with("nonesuch");
        INFO(refused.err);
        CHECK(refused.status == 2);
        CHECK(refused.err.find("is not one of " + listed + "\n") != std::string::npos);
    }
}

TEST_CASE("every example of the help is understood", "[help]") {
    for (const Verb& verb : verbs())
        for (const std::string_view example : verb.examples) {
            const bool own_file = example.find(".gguf") != std::string_view::npos || example.find(".json") != std::string_view::npos;
            if (own_file) continue;  // of the reader's
            const std::string output = run_command(std::string(example), {});
            INFO(example << "\n" << output);
            CHECK(output.find("fitcalc: error:") == std::string::npos);
        }
}

TEST_CASE("groff and mandoc find nothing wrong with the manual page", "[help]") {
    const std::string page = quoted(FITCALC_PROGRAM) + " help --man";
    bool checked = false;
    for (const std::string& check : {std::string("groff -man -Tutf8 -ww -z 2>&1"), std::string("mandoc -T lint -W style 2>&1")}) {
        if (!installed(check.substr(0, check.find(' ')))) continue;
        INFO(check);
        // Neither says a word.
        CHECK(shell(page + " | " + check + " | grep . > /dev/null") != 0);
        checked = true;
    }
    if (!checked) WARN("neither groff nor mandoc is installed: the manual page is not checked");
}

TEST_CASE("the manual page and vcpkg.json state the program's version", "[help]") {
    CHECK(page({"help", "--man"}).starts_with(".TH FITCALC 1 " + std::string(version_date) + " \"fitcalc " FITCALC_PROJECT_VERSION "\""));
    CHECK(nlohmann::json::parse(read_text(FITCALC_SOURCE_DIR "/vcpkg.json"))["version"] == FITCALC_PROJECT_VERSION);
}

TEST_CASE("an unknown verb's help names the nearest", "[help]") {
    const Outcome outcome = run_words({"help", "pln"});
    CHECK(outcome.status == 2);
    CHECK(outcome.err == "fitcalc: error: no verb named 'pln'\n  did you mean plan?\n");
}
