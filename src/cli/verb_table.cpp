#include <algorithm>
#include <array>

#include "options.hpp"

namespace fitcalc::cli {
namespace {

using enum Values;

constexpr std::array<std::string_view, 4> fit_examples{
    "fitcalc deepseek-r1-0528 --quant Q4_K_M", "fitcalc deepseek-r1:32b --gpu rtx-3090 --ctx 32k",
    "fitcalc qwen3-8b --gpu auto --check", "fitcalc qwen3-8b --quant Q6_K --value total_bytes"};
constexpr std::array<std::string_view, 2> explain_examples{"fitcalc explain llama-3.1-8b --quant Q6_K",
                                                           "fitcalc explain deepseek-r1 --ctx max"};
constexpr std::array<std::string_view, 2> inspect_examples{"fitcalc inspect model.gguf", "fitcalc inspect model.gguf --tensors"};
constexpr std::array<std::string_view, 4> list_examples{
    "fitcalc list gpus --vendor apple --min-memory 256GB", "fitcalc list models qwen3 --sort parameters:desc",
    "fitcalc list gpus rtx-4090", "fitcalc list models --family qwen3 --value id"};
constexpr std::array<std::string_view, 2> gpus_examples{"fitcalc gpus llama-3.3-70b --max-count 2",
                                                        "fitcalc gpus qwen3-32b --vendor amd --sort price"};
constexpr std::array<std::string_view, 2> models_examples{"fitcalc models --gpu rtx-4090",
                                                          "fitcalc models --gpu 8GB --ctx 32k --format csv"};
constexpr std::array<std::string_view, 2> recommend_examples{"fitcalc recommend --gpu rtx-4090 --for code",
                                                             "fitcalc recommend --gpu auto"};
constexpr std::array<std::string_view, 2> plan_examples{"fitcalc plan deepseek-r1-0528 --gpu rtx-4090 --ram 512GB",
                                                        "fitcalc plan llama-3.3-70b --gpu \"2x rtx-3090\" --ctx 32k"};
constexpr std::array<std::string_view, 2> compare_examples{"fitcalc compare qwen3-8b llama-3.1-8b --gpu rtx-3060-12gb",
                                                           "fitcalc compare qwen3-8b --quant Q4_K_M,Q6_K,Q8_0"};
constexpr std::array<std::string_view, 1> grid_examples{"fitcalc grid qwen3-14b --gpu 12GB --ctx 8k,16k,32k"};
constexpr std::array<std::string_view, 2> detect_examples{"fitcalc detect", "fitcalc detect --json"};
constexpr std::array<std::string_view, 1> calibrate_examples{"fitcalc calibrate llama-bench.json qwen3-8b"};
constexpr std::array<std::string_view, 2> catalog_examples{
    "fitcalc catalog add config.json --id my-model --source \"its model card\"", "fitcalc catalog check my-models.json"};
constexpr std::array<std::string_view, 1> completion_examples{"fitcalc completion bash"};
constexpr std::array<std::string_view, 2> help_examples{"fitcalc help plan", "fitcalc help --all"};

constexpr auto all_verbs = std::to_array<Verb>({
    {on::fit, "fit", "MODEL", "what the model needs, and what it runs on",
     "The usual question: `fitcalc MODEL` is the same. Says what the model takes at the quantization asked for and at every "
     "other, part by part, at this context and at the model's longest; with --gpu whether it fits there, how fast it is, and "
     "what to change where it does not. Several models with --gpu are asked about at once: can all of them be resident.",
     fit_examples, models, models},
    {on::explain, "explain", "MODEL", "the arithmetic, with the numbers filled in",
     "The report of `fit` as arithmetic, step by step: each layer kind, each part, each sum.", explain_examples,
     models, free},
    {on::inspect, "inspect", "FILE", "what a model file contains",
     "What a .gguf, .safetensors or config.json file, or a checkpoint's folder, says of itself. Only headers are read.",
     inspect_examples, files, free},
    {on::list, "list", "TOPIC [NAME]", "the catalog, searched and sorted",
     "TOPIC is models, gpus, quants, engines or architectures. With a record's name that record is shown whole; other words "
     "search: all of them have to stand in its names.",
     list_examples, words, records, "models|gpus|quants|engines|architectures"},
    {on::gpus, "gpus", "MODEL", "which devices fit it, and how many of each",
     "Every device of the catalog that takes the model, alone or several of a kind, with the smallest number that does.",
     gpus_examples, models, free},
    {on::models, "models", "--gpu DEVICE", "which models fit it, each at its best",
     "Every model of the catalog that fits the device, at the best quantization that does: the largest first, last those that "
     "are left with less than 75 % of their quality.", models_examples, free, free},
    {on::recommend, "recommend", "--gpu DEVICE", "what to run there, ranked, with the reasons",
     "Model, quantization and context for the device, the best first, each with the reason.", recommend_examples, free, free},
    {on::plan, "plan", "MODEL --gpu DEVICE", "where each layer goes; commands to run",
     "The placement of every layer over devices and host memory, layers or experts on the CPU where it has to be, and the "
     "commands that start the engine so.",
     plan_examples, models, free},
    {on::compare, "compare", "MODEL MODEL...", "side by side",
     "Models, or one model's quantizations (--quant A,B) or devices (--gpu A,B), side by side.", compare_examples,
     models, models},
    {on::grid, "grid", "MODEL", "quantizations down, contexts across",
     "What each quantization needs at each context; with --gpu which of them fit. --quant and --ctx take lists here.",
     grid_examples, models, free},
    {on::detect, "detect", "[@FILE]", "the devices of this machine",
     "The devices of this machine as engines see them, or those of a saved one: `fitcalc detect --json` saves it, @FILE reads it.",
     detect_examples, free, free},
    {on::calibrate, "calibrate", "FILE [MODEL]", "measured speeds beside the estimates",
     "Runs of `llama-bench -o json` beside the estimates: the factor that --calibrate applies to this machine.",
     calibrate_examples, files, models},
    {on::catalog, "catalog", "check|add|path", "validate or extend the catalog",
     "check [FILE] validates the built-in catalog or a file to lay over it; add CONFIG|GGUF --source TEXT prints a record of a "
     "model; path says what the catalog is read from.",
     catalog_examples, words, files, "check|add|path"},
    {on::completion, "completion", "SHELL", "completions for bash, zsh, fish, powershell",
     "Prints the script that a shell loads to complete commands, options, models, devices and quantizations; they are asked "
     "of this program, with the catalogs that --catalog and FITCALC_CATALOG name.",
     completion_examples, words, free, "bash|zsh|fish|powershell"},
    {on::help, "help", "[VERB]", "this page, or all that a verb takes", "Without a name the first page; --all shows everything.",
     help_examples, commands, free},
});

}  // namespace

std::span<const Verb> verbs() { return all_verbs; }

const Verb* find_verb(std::string_view name) {
    const auto found = std::ranges::find(all_verbs, name, &Verb::name);
    return found == all_verbs.end() ? nullptr : &*found;
}

}  // namespace fitcalc::cli
