#include "cli/run.hpp"

#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

int fuzz_run(const std::uint8_t* data, std::size_t size) {
    const Sections input = read_sections(as_text(data, size));
    const cli::World world = input.world();
    const cli::Outcome outcome = cli::run(input.words, world);
    require_outcome(outcome, input.words, world.out_is_terminal);
    const cli::Outcome again = cli::run(input.words, world);
    require(again.status == outcome.status && again.out == outcome.out && again.err == outcome.err,
            "the same question has the same answer");
    return 0;
}

}  // namespace fitcalc::fuzz
