// Answers on terminals of every usual width, with Unicode and without.
#include <algorithm>
#include <sstream>

#include "render/terminal.hpp"
#include "support/catch.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

const char* const questions[] = {
    "deepseek-r1-0528",
    "deepseek-r1-0528 --method nominal",
    "deepseek-r1:32b --gpu rtx-3090 --ctx 32k",
    "llama-3.1-8b --ram 32GB",
    "llama-4-scout --gpu rtx-4090 --gpu rtx-3060-12gb --ram 128GB",
    "gpus deepseek-r1-0528 --vendor amd",
    "models --gpu 24GB --ram 64GB -q Q4_K_M",
    "recommend --gpu rtx-4090 --for code",
    "plan qwen3-235b-a22b --gpu rtx-4090 --gpu rtx-3090 --ram 256GB -p 4",
    "compare deepseek-r1:32b qwen3-8b llama-3.1-8b gemma-3-12b --gpu rtx-3090",
    "llama-3.1-8b qwen3-8b --gpu rtx-4090",
    "grid deepseek-r1-0528 --gpu 8xh100-sxm5-80gb --ram 512GB",
    "explain deepseek-r1-0528",
    "list quants",
    "llama-3.1-8b --engine vllm --gpu rtx-4090",
    "detect",
    "deepseek-r1:32b --gpu rtx-3090 --plot",
    "compare qwen3-8b --quant Q8_0,Q4_K_M,IQ2_M --plot",
};

// To be copied whole, whatever the width.
bool is_command(const std::string& line) {
    const std::string text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    return std::ranges::any_of(std::initializer_list<const char*>{"llama-", "ollama ", "OLLAMA_", "printf ", "vllm "},
                               [&](const char* word) { return text.starts_with(word); });
}

}  // namespace

TEST_CASE("no line is longer than the terminal is wide", "[render]") {
    for (const int width : {60, 80, 100, 120, 200})
        for (const bool ascii : {false, true})
            for (const char* question : questions) {
                if (ascii && width > 80) continue;  // signs take as much room there
                TranscriptStyle style;
                style.width = width;
                style.ascii = ascii;
                std::istringstream lines(run_command(std::string("fitcalc ") + question, style));
                INFO(question << " at " << width << (ascii ? " in ASCII" : ""));
                for (std::string line; std::getline(lines, line);) {
                    if (line.starts_with("fitcalc: ") || is_command(line)) continue;
                    INFO(line);
                    CHECK(display_width(line) <= static_cast<std::size_t>(width));
                    if (ascii) CHECK(std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
                }
            }
}

TEST_CASE("a wider terminal never shows fewer columns", "[render]") {
    const auto words_of_titles = [](int width) {
        TranscriptStyle style;
        style.width = width;
        const std::string text = run_command("fitcalc recommend --gpu rtx-4090", style);
        std::size_t found = 0;
        for (const char* title : {"score", "quant", "context", "tok/s", "params"}) found += text.substr(0, text.find("\n 1  ")).find(title) != std::string::npos;
        return found;
    };
    std::size_t before = 0;
    for (int width = 60; width <= 140; width += 10) {
        INFO(width);
        const std::size_t now = words_of_titles(width);
        CHECK(now >= before);
        before = now;
    }
    CHECK(before == 5);
    CHECK(words_of_titles(80) >= 4);
}
