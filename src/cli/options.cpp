#include <array>

#include "args.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::array<Verb, 12> all_verbs{{
    {"fit", "MODEL", "what the model needs at every quantization, and what it runs on", true},
    {"explain", "MODEL", "the arithmetic, step by step, with the numbers filled in", true},
    {"inspect", "FILE", "what a .gguf, .safetensors or config.json file contains", true},
    {"list", "models|gpus|quants|engines|architectures", "the catalog", true},
    {"gpus", "MODEL", "which devices fit it, and how many of each", false},
    {"models", "--gpu DEVICE", "which models fit the device", false},
    {"recommend", "--gpu DEVICE", "what to run on the device", false},
    {"plan", "MODEL --gpu DEVICE", "where every layer goes", false},
    {"compare", "MODEL MODEL...", "side by side", false},
    {"grid", "MODEL", "quantizations down, contexts across", false},
    {"detect", "[@FILE]", "the devices of this machine, or of a saved one", true},
    {"catalog", "check FILE | add CONFIG --source TEXT | path", "validate or extend the catalog", true},
}};

const std::array<Option, 35> all_options{{
    {"-q,--quant", "NAME", "quantization, any case", "Q4_K_M", &RawArgs::quant},
    {"-c,--ctx", "N|max", "context per sequence in tokens; 32k is 32768", "8192 or the model's maximum", &RawArgs::ctx},
    {"--kv-type", "TYPE", "type of the KV cache: f32 f16 bf16 q8_0 q5_1 q5_0 q4_1 q4_0 iq4_nl", "f16", &RawArgs::kv_type},
    {"--kv-type-k", "TYPE", "type of the K cache alone", "", &RawArgs::kv_type_k},
    {"--kv-type-v", "TYPE", "type of the V cache alone", "", &RawArgs::kv_type_v},
    {"-p,--parallel", "N", "concurrent sequences, each with the context of --ctx", "1", &RawArgs::parallel},
    {"--ubatch", "N", "physical batch in tokens", "512", &RawArgs::ubatch},
    {"--flash-attn", "on|off", "flash attention", "on", &RawArgs::flash_attn},
    {"--outputs", "slots|batch", "logit rows reserved: one per sequence, or one per token of the batch", "slots", &RawArgs::outputs},
    {"--kv-unified", "", "one cache shared by all sequences", "", &RawArgs::kv_unified},
    {"--swa-full", "", "sliding windows keep the whole context", "", &RawArgs::swa_full},
    {"--no-imatrix", "", "sizes of files quantized without an importance matrix", "", &RawArgs::no_imatrix},
    {"--engine", "NAME", "inference engine", "llama.cpp", &RawArgs::engine},
    {"--method", "exact|nominal", "tensor by tensor, or parameters x nominal bits / 8 as web pages print", "exact", &RawArgs::method},
    {"-g,--gpu", "DEVICE", "device or size: rtx-4090, 2x rtx-3090, 24GB, auto, @machine.json", "", &RawArgs::gpu},
    {"--ram", "SIZE", "host memory that may take what does not fit", "", &RawArgs::ram, false},
    {"--ngl", "N", "layers on the devices", "", &RawArgs::ngl, false},
    {"--n-cpu-moe", "N|all", "layers whose routed experts stay in host memory", "", &RawArgs::n_cpu_moe, false},
    {"--tensor-split", "A,B,...", "shares of the devices", "", &RawArgs::tensor_split, false},
    {"--total", "", "with --gpu auto: all of the memory, as if nothing else ran", "", &RawArgs::total},
    {"--backend", "NAME", "cuda, rocm, vulkan, metal, sycl or cpu", "by device, else cuda", &RawArgs::backend},
    {"--depth", "N", "tokens in the cache when speed is stated", "", &RawArgs::depth, false},
    {"--reserve", "SIZE", "memory to leave free on each device", "what the driver keeps", &RawArgs::reserve},
    {"-f,--format", "FORMAT", "table, json, csv, tsv or markdown", "table", &RawArgs::format},
    {"--json", "", "the same as --format json", "", &RawArgs::json},
    {"--fields", "A,B,...", "columns of csv, tsv and tables, in that order", "", &RawArgs::fields},
    {"--value", "FIELD", "print this one value and nothing else", "", &RawArgs::value},
    {"--no-header", "", "csv and tsv without the header line", "", &RawArgs::no_header},
    {"--units", "gb|gib", "GB of 10^9 or GiB of 2^30 bytes in tables", "gb", &RawArgs::units},
    {"--tensors", "", "inspect: list every tensor", "", &RawArgs::tensors},
    {"--check", "", "print the verdict line alone; the exit status answers", "", &RawArgs::check},
    {"--color", "auto|always|never", "colour", "auto", &RawArgs::color},
    {"--catalog", "PATH", "a models/gpus JSON laid over the built-in catalog; repeatable", "", &RawArgs::catalog},
    {"--id", "ID", "catalog add: the record's id", "the model's name", &RawArgs::id},
    {"--source", "TEXT", "catalog add: where the configuration is from; repeatable", "", &RawArgs::source},
}};

}  // namespace

std::span<const Option> options() { return all_options; }

std::span<const Verb> verbs() { return all_verbs; }

}  // namespace fitcalc::cli
