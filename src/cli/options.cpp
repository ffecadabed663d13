#include <array>

#include "args.hpp"

namespace fitcalc::cli {
namespace {

constexpr auto all_verbs = std::to_array<Verb>({
    {"fit", "MODEL", "what the model needs at every quantization, and what it runs on"},
    {"explain", "MODEL", "the arithmetic, step by step, with the numbers filled in"},
    {"inspect", "FILE", "what a .gguf, .safetensors or config.json file contains"},
    {"list", "TOPIC [NAME]", "models, gpus, quants, engines or architectures; one record, or those of a search"},
    {"gpus", "MODEL", "which devices fit it, and how many of each"},
    {"models", "--gpu DEVICE", "which models fit the device, each at its best quantization"},
    {"recommend", "--gpu DEVICE", "what to run on the device, ranked, with the reasons"},
    {"plan", "MODEL --gpu DEVICE", "where every layer goes, and the commands to run"},
    {"compare", "MODEL MODEL... [--gpu DEVICE]", "models, quantizations or devices side by side"},
    {"grid", "MODEL [--gpu DEVICE]", "quantizations down, contexts across: what fits"},
    {"detect", "[@FILE]", "the devices of this machine, or of a saved one"},
    {"calibrate", "FILE [MODEL]", "measured speeds of llama-bench -o json beside the estimates"},
    {"catalog", "check [FILE] | add CONFIG|GGUF --source TEXT | path", "validate or extend the catalog"},
});

const auto all_options = std::to_array<Option>({
    {"-q,--quant", "NAME", "quantization, any case", "Q4_K_M", &RawArgs::quant},
    {"-c,--ctx", "N|max", "context per sequence in tokens; 32k is 32768", "8192 or the model's maximum", &RawArgs::ctx},
    {"--kv-type", "TYPE", "type of the KV cache: f32 f16 bf16 q8_0 q5_1 q5_0 q4_1 q4_0 iq4_nl", "f16", &RawArgs::kv_type},
    {"--kv-type-k", "TYPE", "type of the K cache alone", "", &RawArgs::kv_type_k},
    {"--kv-type-v", "TYPE", "type of the V cache alone", "", &RawArgs::kv_type_v},
    {"-p,--parallel", "N|max", "concurrent sequences, each with the context of --ctx", "1", &RawArgs::parallel},
    {"--ubatch", "N", "physical batch in tokens", "512", &RawArgs::ubatch},
    {"--flash-attn", "on|off", "flash attention", "on", &RawArgs::flash_attn},
    {"--outputs", "slots|batch", "logit rows reserved: one per sequence, or one per token of the batch", "slots", &RawArgs::outputs},
    {"--kv-unified", "", "one cache shared by all sequences", "", &RawArgs::kv_unified},
    {"--swa-full", "", "sliding windows keep the whole context", "", &RawArgs::swa_full},
    {"--no-imatrix", "", "sizes of files quantized without an importance matrix", "", &RawArgs::no_imatrix},
    {"--engine", "NAME", "inference engine", "llama.cpp", &RawArgs::engine},
    {"--users", "N", "serving engines: requests of --ctx at once", "1", &RawArgs::users},
    {"--tp", "N", "serving engines: GPUs that share each layer", "solved", &RawArgs::tp},
    {"--pp", "N", "serving engines: pipeline stages", "solved", &RawArgs::pp},
    {"--expert-parallel", "", "serving engines: whole experts on each GPU", "", &RawArgs::expert_parallel},
    {"--gpu-memory-utilization", "SHARE", "serving engines: of each GPU", "the engine's", &RawArgs::gpu_memory_utilization},
    {"--max-num-batched-tokens", "N", "serving engines: tokens of a batch", "the engine's", &RawArgs::max_num_batched_tokens},
    {"--method", "exact|nominal", "tensor by tensor, or parameters x nominal bits / 8 as web pages print", "exact", &RawArgs::method},
    {"-g,--gpu", "DEVICE", "device or size: rtx-4090, 2x rtx-3090, 24GB; auto: this machine; @FILE: a saved one", "", &RawArgs::gpu},
    {"--ram", "SIZE", "host memory that may take what does not fit; auto: what is free here", "with --gpu auto: auto", &RawArgs::ram},
    {"--ngl", "N", "layers on the devices", "", &RawArgs::ngl},
    {"--n-cpu-moe", "N|all", "layers whose routed experts stay in host memory", "", &RawArgs::n_cpu_moe},
    {"--tensor-split", "A,B,...", "shares of the devices", "", &RawArgs::tensor_split},
    {"--total", "", "with auto: the whole memory, as if nothing else ran", "", &RawArgs::total},
    {"--backend", "NAME", "cuda, rocm, vulkan, metal, sycl, or cpu with --ram", "by device, else cuda", &RawArgs::backend},
    {"--depth", "N", "tokens in the cache when speed is stated", "0", &RawArgs::depth},
    {"--prompt", "N", "tokens of a prompt: the time to its first token", "", &RawArgs::prompt},
    {"--answer", "N", "tokens of an answer: the time until it is there", "", &RawArgs::answer},
    {"--thinking", "N", "tokens of thinking before the answer", "the model's stated mean", &RawArgs::thinking},
    {"--ram-bandwidth", "GB/S", "of host memory: 90GB/s, or ddr5-5600x2 for two channels", "assumed", &RawArgs::ram_bandwidth},
    {"--price", "USD", "of an hour on the devices, all together", "the lowest listed", &RawArgs::price},
    {"--power-price", "USD", "of a kilowatt-hour", "", &RawArgs::power_price},
    {"--calibrate", "RUN|FILE", "a measured run, \"DEVICE MODEL QUANT TOKENS_PER_SECOND\", or a file of them", "", &RawArgs::calibrate},
    {"--reserve", "SIZE", "memory to leave free on each device", "what the driver keeps", &RawArgs::reserve},
    {"-f,--format", "FORMAT", "table, json, csv, tsv, markdown, html or svg", "table", &RawArgs::format},
    {"--json", "", "the same as --format json", "", &RawArgs::json},
    {"--fields", "A,B,...", "columns of csv, tsv and tables, in that order", "", &RawArgs::fields},
    {"--plot", "", "fit, compare: context against memory, drawn; with json, csv or tsv its points", "", &RawArgs::plot},
    {"--value", "FIELD", "print this one value and nothing else", "", &RawArgs::value},
    {"--no-header", "", "csv and tsv without the header line", "", &RawArgs::no_header},
    {"--units", "gb|gib", "GB of 10^9 or GiB of 2^30 bytes in tables", "gb", &RawArgs::units},
    {"--together", "", "compare: can all of them be resident at once", "", &RawArgs::together},
    {"--for", "PURPOSE", "recommend: chat, code or reasoning", "all of them", &RawArgs::purpose},
    {"--max-count", "N", "gpus: the most devices of a kind", "8", &RawArgs::max_count},
    {"--tensors", "", "inspect: list every tensor", "", &RawArgs::tensors},
    {"--check", "", "print the verdict line alone; the exit status answers", "", &RawArgs::check},
    {"--color", "auto|always|never", "colour", "auto", &RawArgs::color},
    {"--catalog", "PATH", "a models/gpus JSON laid over the built-in catalog; repeatable", "", &RawArgs::catalog},
    {"--family", "NAME", "list models: of this family", "", &RawArgs::family},
    {"--publisher", "NAME", "list models: of this publisher", "", &RawArgs::publisher},
    {"--vendor", "NAME", "gpus, list gpus: nvidia, amd, intel or apple", "", &RawArgs::vendor},
    {"--kind", "NAME", "gpus, list gpus: gpu, unified, system or host; or consumer, workstation, datacenter, laptop, ...", "", &RawArgs::kind},
    {"--min-memory", "SIZE", "list gpus: sold with at least so much", "", &RawArgs::min_memory},
    {"--released-after", "DATE", "list models, gpus: 2025 or 2025-06-30 and later", "", &RawArgs::released_after},
    {"--sort", "FIELD", "gpus: by memory, count or price; list: by a field, FIELD:desc for the largest first", "", &RawArgs::sort},
    {"--id", "ID", "catalog add: the record's id", "the model's name", &RawArgs::id},
    {"--source", "TEXT", "catalog add: where the configuration is from; repeatable", "", &RawArgs::source},
});

}  // namespace

std::span<const Option> options() { return all_options; }

std::span<const Verb> verbs() { return all_verbs; }

}  // namespace fitcalc::cli
