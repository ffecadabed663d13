#include "cli/run.hpp"

#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

int fuzz_run(const std::uint8_t* data, std::size_t size) {
    const Sections input = read_sections(as_text(data, size));
    // These try hundreds of models, which takes minutes where every access is checked; what they add to the other verbs
    // is the order of the answers.
    if (!input.words.empty() && (input.words.front() == "models" || input.words.front() == "recommend")) return 0;
    const cli::World world = input.world();
    const cli::Outcome outcome = cli::run(input.words, world);
    require_outcome(outcome, input.words, world.out_is_terminal);
    const cli::Outcome again = cli::run(input.words, world);
    require(again.status == outcome.status && again.out == outcome.out && again.err == outcome.err,
            "the same question has the same answer");
    return 0;
}

}  // namespace fitcalc::fuzz
