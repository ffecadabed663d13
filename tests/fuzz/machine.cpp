#include "importers/machine_file.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

int fuzz_machine(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    const auto machine = read_machine(text, "machine.json");
    if (!machine) {
        require_error(machine.error());
        return 0;
    }
    Sections asked;
    asked.files["machine.json"] = {std::string(text), size};
    const cli::World world = asked.world();
    const std::vector<std::string> detect = {"detect", "@machine.json", "--json"};
    const cli::Outcome shown = cli::run(detect, world);
    require_outcome(shown, detect);
    if (shown.status == 0) {
        // The answer is a saved machine, too, and the same one.
        Sections saved;
        saved.files["machine.json"] = {shown.out, shown.out.size()};
        require(cli::run(detect, saved.world()).out == shown.out, "a machine that is saved again is the same");
    }
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"detect", "@machine.json"}, {"llama-3.1-8b", "--gpu", "@machine.json", "--method", "nominal"}})
        require_outcome(cli::run(words, world), words);
    return 0;
}

}  // namespace fitcalc::fuzz
