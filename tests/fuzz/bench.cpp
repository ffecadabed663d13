#include "cli/speed_options.hpp"
#include "importers/llama_bench.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

// As the output of llama-bench, and as lines of measured runs.
int fuzz_bench(const std::uint8_t* data, std::size_t size) {
    static const Catalog catalog;
    const std::string_view text = as_text(data, size);
    const auto runs = parse_llama_bench(text, "bench.json");
    if (!runs) require_error(runs.error());
    std::vector<std::string> warnings;
    const auto measured = cli::parse_measured(text.substr(0, text.find('\n')), catalog, "runs.txt", warnings);
    if (!measured) require_error(measured.error());

    Sections asked;
    asked.files["bench"] = {std::string(text), size};
    const cli::World world = asked.world();
    const std::vector<std::vector<std::string>> questions = {
        {"calibrate", "bench", "--json"},
        {"calibrate", "bench", "llama-3.1-8b", "--quant", "q4_0", "--gpu", "4090"},
        {"llama-3.1-8b", "--gpu", "4090", "--calibrate", "bench", "--value", "decode_tokens_per_second"},
    };
    for (const auto& words : questions) require_outcome(cli::run(words, world), words);
    return 0;
}

}  // namespace fitcalc::fuzz
