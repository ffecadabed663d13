#include "fitcalc/run_commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "fitcalc/ggml_type.hpp"

namespace fitcalc {
namespace {

// Hugging Face takes files up to 50 GB, so larger models lie there in parts, and those Ollama does not pull
// (Ollama issue 5245).
constexpr Bytes largest_single_file = GB * 50;

std::string_view name_of(GgmlType type) { return traits(type).name; }

bool all_layers(const RunPlan& plan) { return plan.gpu_layers >= plan.layers; }

bool all_experts_on_host(const RunPlan& plan) {
    return plan.cpu_moe_layers > Layers{} && plan.cpu_moe_layers >= plan.expert_layers;
}

// Shares without digits that say nothing, but with all that do: "3,1", "0.55,0.45", "1e-07,1".
std::string share(double value) {
    if (value == std::floor(value) && value < 1e9) return std::to_string(static_cast<std::int64_t>(value));
    std::array<char, 32> text;  // the longest double has 24 characters
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

class CommandLine {
public:
    explicit CommandLine(std::string text) : text_{std::move(text)} {}

    CommandLine& add(std::string_view flag) {
        (text_ += ' ') += flag;
        return *this;
    }
    CommandLine& add(std::string_view flag, std::string_view value) {
        add(flag);
        return add(value);
    }
    CommandLine& add(std::string_view flag, std::int64_t value) { return add(flag, std::to_string(value)); }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void add_model(CommandLine& line, const RunPlan& plan) {
    if (plan.repository.empty())
        line.add("-m", shell_word(plan.file));
    else
        line.add("-hf", shell_word(plan.repository + ":" + plan.quant));
}

void add_placement(CommandLine& line, const RunPlan& plan) {
    // More layers than there are means all; 99 is what people write.
    const std::int64_t all = plan.layers <= Layers{99} ? 99 : 999;
    line.add("-ngl", all_layers(plan) ? all : plan.gpu_layers.count());
    if (!plan.tensor_split.empty()) {
        std::string shares;
        for (const double each : plan.tensor_split) (shares += shares.empty() ? "" : ",") += share(each);
        line.add("-ts", shares);
    }
    if (all_experts_on_host(plan))
        line.add("--cpu-moe");
    else if (plan.cpu_moe_layers > Layers{})
        line.add("--n-cpu-moe", plan.cpu_moe_layers.count());
}

void add_engine_settings(CommandLine& line, const RunPlan& plan) {
    const EngineSettings& settings = plan.settings;
    const EngineSettings defaults;
    const bool split_with_host = plan.gpu_layers > Layers{} && !all_layers(plan);
    if (settings.type_k != defaults.type_k) line.add("-ctk", name_of(settings.type_k));
    if (settings.type_v != defaults.type_v) line.add("-ctv", name_of(settings.type_v));
    // By itself the engine uses it where the device can, and where the layer's own device runs it; a quantized V cache
    // depends on it.
    if (!settings.flash_attention)
        line.add("-fa", "off");
    else if (traits(settings.type_v).quantized || split_with_host)
        line.add("-fa", "on");
    if (settings.ubatch != defaults.ubatch) line.add("-ub", settings.ubatch.count());
    if (settings.batch != defaults.batch) line.add("-b", settings.batch.count());
    if (settings.swa_full) line.add("--swa-full");
}

std::string llama_server(const RunPlan& plan) {
    CommandLine line{"llama-server"};
    add_model(line, plan);
    // The context of all slots together.
    line.add("-c", plan.settings.total_context().count());
    add_placement(line, plan);
    add_engine_settings(line, plan);
    line.add("-np", plan.settings.sequences);
    if (plan.settings.kv_unified) line.add("--kv-unified");
    return line.take();
}

std::string llama_cli(const RunPlan& plan) {
    if (plan.settings.sequences > 1) return {};
    CommandLine line{"llama-cli"};
    add_model(line, plan);
    line.add("-c", plan.settings.total_context().count());
    add_placement(line, plan);
    add_engine_settings(line, plan);
    return line.take();
}

// What Ollama pulls by itself; empty: a file that has to be there.
std::string ollama_reference(const RunPlan& plan) {
    if (!plan.ollama_tag.empty()) return plan.ollama_tag;
    if (!plan.repository.empty() && plan.file_size <= largest_single_file) return "hf.co/" + plan.repository + ":" + plan.quant;
    return plan.ollama_library_tag;
}

std::string ollama_file(const RunPlan& plan) {
    return plan.file.find('/') == std::string::npos ? "./" + plan.file : plan.file;
}

// Why Ollama can't be told to run the plan; empty: it can.
std::string ollama_obstacle(const RunPlan& plan) {
    const EngineSettings& settings = plan.settings;
    if (settings.type_k != settings.type_v) return "Ollama has one type for both caches";
    constexpr GgmlType known[] = {GgmlType::f16, GgmlType::q8_0, GgmlType::q4_0};
    if (std::ranges::find(known, settings.type_k) == std::end(known))
        return "Ollama knows cache types f16, q8_0 and q4_0, not " + std::string(name_of(settings.type_k));
    if (settings.swa_full) return "Ollama has no setting for whole sliding windows";
    if (settings.kv_unified && settings.sequences > 1) return "Ollama has no setting for a cache shared by all sequences";
    return {};
}

void add_ollama(const RunPlan& plan, RunCommands& commands) {
    const EngineSettings& settings = plan.settings;
    commands.ollama_note = ollama_obstacle(plan);
    if (!commands.ollama_note.empty()) return;
    // It sizes each slot's cache by itself; the context is that of one.
    const std::string context = std::to_string(settings.stream_context().count());
    const std::string reference = ollama_reference(plan);
    std::string parameters;
    const bool moved_experts = plan.cpu_moe_layers > Layers{};
    if (!reference.empty() && reference == plan.ollama_library_tag)
        commands.ollama_note = "the library's file of that tag is not always " + plan.quant + ": ollama show says what it is";
    if (moved_experts)
        commands.ollama_note = "Ollama has no setting for experts in RAM: how it divides the model is its own choice";
    else if (!all_layers(plan))
        parameters += "PARAMETER num_gpu " + std::to_string(plan.gpu_layers.count()) + "\n";
    if (settings.ubatch != EngineSettings{}.ubatch)
        parameters += "PARAMETER num_batch " + std::to_string(settings.ubatch.count()) + "\n";
    commands.ollama_modelfile = "FROM " + (reference.empty() ? ollama_file(plan) : reference) + "\nPARAMETER num_ctx " +
                                context + "\n" + parameters;
    const bool needs_modelfile = reference.empty() || !parameters.empty();
    auto& environment = commands.ollama_environment;
    if (!needs_modelfile) environment.push_back({"OLLAMA_CONTEXT_LENGTH", context});
    if (settings.type_k != GgmlType::f16) environment.push_back({"OLLAMA_KV_CACHE_TYPE", std::string(name_of(settings.type_k))});
    if (!settings.flash_attention)
        environment.push_back({"OLLAMA_FLASH_ATTENTION", "0"});
    else if (traits(settings.type_v).quantized)
        environment.push_back({"OLLAMA_FLASH_ATTENTION", "1"});
    if (settings.sequences > 1) environment.push_back({"OLLAMA_NUM_PARALLEL", std::to_string(settings.sequences)});
    const std::string name = shell_word(plan.name);
    commands.ollama = needs_modelfile ? "ollama create " + name + " -f Modelfile && ollama run " + name
                                      : "ollama run " + shell_word(reference);
}

std::vector<RunSetting> lm_studio(const RunPlan& plan) {
    const EngineSettings& settings = plan.settings, defaults;
    std::vector<RunSetting> all;
    const auto add = [&](std::string name, std::string value) { all.push_back({std::move(name), std::move(value)}); };
    add("Context Length", std::to_string(settings.total_context().count()));
    // Its slider counts the blocks; the output stage goes with the last of them, so that all of them means all layers.
    const Layers blocks = plan.layers - Layers{1};
    const Layers offloaded = all_layers(plan) ? blocks : std::min(plan.gpu_layers, blocks - Layers{1});
    add("GPU Offload", std::to_string(offloaded.count()) + " of " + std::to_string(blocks.count()));
    if (plan.cpu_moe_layers > Layers{})
        add("Force Model Expert Weights onto CPU",
            all_experts_on_host(plan) ? "on" : std::to_string(plan.cpu_moe_layers.count()) + " layers");
    if (!settings.flash_attention || traits(settings.type_v).quantized)
        add("Flash Attention", settings.flash_attention ? "on" : "off");
    if (settings.type_k != defaults.type_k) add("K Cache Quantization Type", std::string(name_of(settings.type_k)));
    if (settings.type_v != defaults.type_v) add("V Cache Quantization Type", std::string(name_of(settings.type_v)));
    if (settings.ubatch != defaults.ubatch) add("Evaluation Batch Size", std::to_string(settings.ubatch.count()));
    add("Max Concurrent Predictions", std::to_string(settings.sequences));
    if (settings.sequences > 1) add("Unified KV Cache", settings.kv_unified ? "on" : "off");
    return all;
}

}  // namespace

std::string shell_word(const std::string& word) {
    constexpr std::string_view safe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,=";
    if (!word.empty() && word.find_first_not_of(safe) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

RunCommands run_commands(const RunPlan& plan) {
    RunCommands commands;
    commands.file_note = plan.file_note;
    commands.llama_server = llama_server(plan);
    commands.llama_cli = llama_cli(plan);
    add_ollama(plan, commands);
    commands.lm_studio = lm_studio(plan);
    return commands;
}

}  // namespace fitcalc
