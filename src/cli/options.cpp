#include "options.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace fitcalc::cli {
namespace {

using enum OptionGroup;
using enum Values;

// Commands by what they are asked about.
constexpr VerbSet on_a_model = on::fit | on::explain | on::gpus | on::plan | on::compare | on::grid;
constexpr VerbSet on_a_device = on::models | on::recommend;
constexpr VerbSet on_questions = on_a_model | on_a_device;
constexpr VerbSet on_devices = on_questions & ~on::gpus;  // those that take --gpu
constexpr VerbSet on_serving = on::fit | on::gpus | on::plan;
constexpr VerbSet on_records = on_questions | on::list | on::detect | on::calibrate;
constexpr VerbSet on_tables = on_records | on::inspect;
constexpr bool own = false;  // not shared: other commands refuse it

constexpr std::string_view cache_types = "f32|f16|bf16|q8_0|q5_1|q5_0|q4_1|q4_0|iq4_nl";

constexpr auto all_options = std::to_array<Option>({
    {"-q,--quant", "NAME", "quantization, any case", "mostly Q4_K_M", &RawArgs::quant, question,
     on_questions | on::calibrate, quants},
    {"-c,--ctx", "N|max", "context per sequence in tokens; 32k is 32768", "8192 or the model's maximum", &RawArgs::ctx,
     question, on_questions, words},
    {"-p,--parallel", "N|max", "concurrent sequences, each with the context of --ctx", "1", &RawArgs::parallel, question,
     on_questions, words},
    {"--kv-type", "TYPE", "type of the KV cache: f32 f16 bf16 q8_0 q5_1 q5_0 q4_1 q4_0 iq4_nl; fp8 with serving engines",
     "f16", &RawArgs::kv_type, question, on_questions, words, cache_types},
    {"--kv-type-k", "TYPE", "type of the K cache alone", "", &RawArgs::kv_type_k, question, on_questions, words, cache_types},
    {"--kv-type-v", "TYPE", "type of the V cache alone", "", &RawArgs::kv_type_v, question, on_questions, words, cache_types},
    {"-g,--gpu", "DEVICE", "device or size: rtx-4090, 2x rtx-3090, 24GB; auto is this machine, @FILE a saved one; repeatable",
     "", &RawArgs::gpu, placement, on_devices | on::calibrate, devices},
    {"--ram", "SIZE|auto", "host memory that may take what does not fit; auto is what is free here", "with --gpu auto: auto",
     &RawArgs::ram, placement, on_questions, words},
    {"--reserve", "SIZE", "memory to leave free on each device", "what the driver keeps", &RawArgs::reserve,
     placement, on_questions | on::detect},
    {"--total", "", "with auto: the whole memory, as if nothing else ran", "", &RawArgs::total, placement,
     on_questions},
    {"--backend", "NAME", "cuda, rocm, vulkan, metal, sycl, or cpu with --ram", "by device, else cuda", &RawArgs::backend,
     placement, on_questions | on::detect | on::calibrate, words, "cuda|rocm|vulkan|metal|sycl|cpu"},
    {"--ngl", "N", "layers on the devices", "solved", &RawArgs::ngl, placement, on_devices},
    {"--n-cpu-moe", "N|all", "layers whose routed experts stay in host memory", "solved", &RawArgs::n_cpu_moe,
     placement, on_devices, words},
    {"--tensor-split", "A,B,...", "shares of the devices", "solved", &RawArgs::tensor_split, placement, on_devices},
    {"--engine", "NAME", "inference engine", "llama.cpp", &RawArgs::engine, runtime, on_questions | on::detect, engines},
    {"--ubatch", "N", "physical batch in tokens", "512", &RawArgs::ubatch, runtime, on_questions},
    {"--flash-attn", "on|off", "flash attention", "on", &RawArgs::flash_attn, runtime, on_questions, words},
    {"--outputs", "slots|batch", "logit rows reserved: one per sequence, or one per token of the batch", "slots",
     &RawArgs::outputs, runtime, on_questions, words},
    {"--kv-unified", "", "one cache shared by all sequences", "", &RawArgs::kv_unified, runtime, on_questions},
    {"--swa-full", "", "sliding windows keep the whole context", "", &RawArgs::swa_full, runtime, on_questions},
    {"--no-imatrix", "", "sizes of files quantized without an importance matrix", "", &RawArgs::no_imatrix, runtime,
     on_questions},
    {"--method", "exact|nominal", "tensor by tensor, or parameters x nominal bits / 8 as web pages print", "exact",
     &RawArgs::method, runtime, on::fit | on::explain, words},
    {"--users", "N", "requests of --ctx at once", "1", &RawArgs::users, serving, on_serving, free, {}, own},
    {"--tp", "N", "GPUs that share each layer", "solved", &RawArgs::tp, serving, on_serving, free, {}, own},
    {"--pp", "N", "pipeline stages", "solved", &RawArgs::pp, serving, on_serving, free, {}, own},
    {"--expert-parallel", "", "whole experts on each GPU", "", &RawArgs::expert_parallel, serving, on_serving, free, {}, own},
    {"--gpu-memory-utilization", "SHARE", "of each GPU", "the engine's", &RawArgs::gpu_memory_utilization, serving,
     on_serving, free, {}, own},
    {"--max-num-batched-tokens", "N", "tokens of a batch", "the engine's", &RawArgs::max_num_batched_tokens, serving,
     on_serving, free, {}, own},
    {"--depth", "N", "tokens in the cache when speed is stated", "0", &RawArgs::depth, speed, on_questions},
    {"--prompt", "N", "tokens of a prompt: the time to its first token", "", &RawArgs::prompt, speed, on_questions, free, {}, own},
    {"--answer", "N", "tokens of an answer: the time until it is there", "", &RawArgs::answer, speed, on_questions, free, {}, own},
    {"--thinking", "N", "tokens of thinking before the answer", "the model's stated mean", &RawArgs::thinking, speed,
     on_questions, free, {}, own},
    {"--ram-bandwidth", "GB/S", "of host memory: 90GB/s, or ddr5-5600x2 for two channels", "assumed", &RawArgs::ram_bandwidth,
     speed, on_questions, free, {}, own},
    {"--price", "USD", "of an hour on the devices, all together", "the lowest listed", &RawArgs::price, speed, on_questions,
     free, {}, own},
    {"--power-price", "USD", "of a kilowatt-hour", "", &RawArgs::power_price, speed, on_questions, free, {}, own},
    {"--calibrate", "RUN|FILE", "a measured run, \"DEVICE MODEL QUANT TOKENS_PER_SECOND\", or a file of them", "",
     &RawArgs::calibrate, speed, on_questions, files, {}, own},
    {"--together", "", "can all of them be resident at once", "", &RawArgs::together, selection, on::compare | on::fit, free, {}, own},
    {"--for", "PURPOSE", "chat, code or reasoning", "all of them", &RawArgs::purpose, selection, on::recommend, words,
     "chat|code|reasoning", own},
    {"--max-count", "N", "the most devices of a kind", "8", &RawArgs::max_count, selection, on::gpus, free, {}, own},
    {"--family", "NAME", "list models: of this family", "", &RawArgs::family, selection, on::list, families, {}, own},
    {"--publisher", "NAME", "list models: of this publisher", "", &RawArgs::publisher, selection, on::list, publishers, {}, own},
    {"--vendor", "NAME", "gpus: nvidia, amd, intel or apple", "", &RawArgs::vendor, selection, on::gpus | on::list, vendors, {}, own},
    {"--kind", "NAME", "gpus: gpu, unified, system or host; or consumer, workstation, datacenter, laptop, ...", "",
     &RawArgs::kind, selection, on::gpus | on::list, kinds, {}, own},
    {"--min-memory", "SIZE", "list gpus: sold with at least so much", "", &RawArgs::min_memory, selection, on::list, free, {}, own},
    {"--released-after", "DATE", "list models, gpus: 2025 or 2025-06-30 and later", "", &RawArgs::released_after, selection,
     on::list, free, {}, own},
    {"--sort", "FIELD", "gpus: by memory, count, price or speed; list: by a field, FIELD:desc for the largest first", "",
     &RawArgs::sort, selection, on::gpus | on::list, words, "memory|count|price|speed", own},
    {"--tensors", "", "list every tensor", "", &RawArgs::tensors, record, on::inspect, free, {}, own},
    {"--id", "ID", "catalog add: the record's id", "the model's name", &RawArgs::id, record, on::catalog, free, {}, own},
    {"--source", "TEXT", "catalog add: where the configuration is from; repeatable", "", &RawArgs::source, record,
     on::catalog, free, {}, own},
    {"-f,--format", "FORMAT", "table, json, csv, tsv, markdown, html or svg", "table", &RawArgs::format, output, on_tables,
     words, "table|json|csv|tsv|markdown|html|svg"},
    {"--json", "", "the same as --format json", "", &RawArgs::json, output, on_tables},
    {"--fields", "A,B,...", "columns of csv, tsv and tables, in that order", "all", &RawArgs::fields, output, on_tables},
    {"--value", "FIELD", "print this one value and nothing else", "", &RawArgs::value, output, on_tables},
    {"--plot", "", "context against memory, drawn; with json, csv or tsv its points", "", &RawArgs::plot, output,
     on::fit | on::compare, free, {}, own},
    {"--no-header", "", "csv and tsv without the header line", "", &RawArgs::no_header, output, on_tables},
    {"--units", "gb|gib", "GB of 10^9 or GiB of 2^30 bytes in tables", "gb", &RawArgs::units, output, on_tables, words},
    {"--check", "", "print the verdict line alone; the exit status answers", "", &RawArgs::check, output, on_questions},
    {"--color", "auto|always|never", "colour", "auto", &RawArgs::color, output, on_tables | on::help, words},
    {"--catalog", "PATH", "a models/gpus JSON laid over the built-in catalog; repeatable", "", &RawArgs::catalog, general,
     on_records | on::catalog, files},
    {"--all", "", "every command and option", "", &RawArgs::all, general, on::help, free, {}, own},
    {"--man", "", "the manual page, for man -l -", "", &RawArgs::manual, general, on::help, free, {}, own},
    {"-h,--help", "", "what a command takes, and what that means", "", &RawArgs::help, general},
    {"--version", "", "the version", "", &RawArgs::version, general},
});

}  // namespace

std::span<const Option> options() { return all_options; }

std::span<const std::string_view> common_options() {
    static constexpr std::string_view names[] = {"--quant", "--ctx",   "--parallel", "--kv-type", "--gpu",    "--ram",
                                                 "--engine", "--check", "--format",   "--value",   "--catalog"};
    return names;
}

std::string_view title_of(OptionGroup group) {
    static constexpr std::array<std::string_view, option_groups> titles{
        "the question", "devices and placement", "engine",  "serving engines (vllm, sglang)", "speed and cost", "which ones",
        "records",      "output",                "general"};
    return titles[static_cast<std::size_t>(group)];
}

std::string_view Option::long_name() const { return names.substr(names.find("--")); }

std::string_view Option::short_name() const { return names.starts_with("--") ? std::string_view{} : names.substr(0, 2); }

bool takes(const Verb& verb, const Option& option) { return (option.verbs & verb.bit) != 0; }

std::vector<std::string_view> words_among(std::string_view alternatives) {
    std::vector<std::string_view> found;
    while (!alternatives.empty()) {
        const std::size_t end = std::min(alternatives.find('|'), alternatives.size());
        const std::string_view word = alternatives.substr(0, end);
        const bool spelled_out = std::ranges::none_of(word, [](unsigned char c) { return std::isupper(c) || c == ','; });
        if (spelled_out && !word.empty()) found.push_back(word);
        alternatives.remove_prefix(std::min(end + 1, alternatives.size()));
    }
    return found;
}

std::vector<std::string_view> words_of(const Option& option) {
    return words_among(option.words.empty() ? option.argument : option.words);
}

}  // namespace fitcalc::cli
