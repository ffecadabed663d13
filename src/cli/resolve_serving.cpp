#include "resolve_serving.hpp"

#include <charconv>

#include "catalog/model_name.hpp"
#include "catalog/names.hpp"
#include "device_words.hpp"
#include "importers/hf_checkpoint.hpp"
#include "report/gpus_report.hpp"
#include "resolve.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::int64_t most_gpus = 1024;
constexpr std::int64_t most_users = 1'000'000;

// Options that say nothing to a serving engine, and why; empty where none of them was given.
std::string_view meaningless(const RawArgs& args) {
    if (!args.ram.empty() || !args.ngl.empty() || !args.n_cpu_moe.empty() || !args.tensor_split.empty())
        return "--ram, --ngl, --n-cpu-moe and --tensor-split: it keeps the whole model on equal GPUs";
    if (!args.kv_type_k.empty() || !args.kv_type_v.empty()) return "--kv-type-k and --kv-type-v: it has one type for both";
    if (!args.ubatch.empty() || !args.outputs.empty() || !args.flash_attn.empty()) return "--ubatch, --outputs and --flash-attn: see --max-num-batched-tokens";
    if (args.kv_unified || args.swa_full || args.no_imatrix) return "--kv-unified, --swa-full and --no-imatrix";
    if (!args.backend.empty() && args.backend != "cuda" && args.backend != "rocm") return "other backends than cuda and rocm";
    for (const std::string* speed : {&args.depth, &args.prompt, &args.answer, &args.thinking, &args.ram_bandwidth, &args.price,
                                     &args.power_price, &args.calibrate})
        if (!speed->empty())
            return "--depth, --prompt, --answer, --thinking, --ram-bandwidth, --price, --power-price and --calibrate: its speed is "
                   "not modelled";
    if (!args.sort.empty()) return "--sort: the least memory comes first";
    return {};
}

// What is typed for llama.cpp's path, which resolves model, context and devices.
RawArgs plain_words(const RawArgs& args) {
    RawArgs plain = args;
    plain.verb = "fit";
    plain.engine.clear();
    plain.quant.clear();
    plain.kv_type.clear();
    plain.parallel.clear();
    plain.backend.clear();
    plain.check = false;
    for (std::string* own : {&plain.users, &plain.tp, &plain.pp, &plain.gpu_memory_utilization, &plain.max_num_batched_tokens}) own->clear();
    plain.expert_parallel = false;
    return plain;
}

Result<const CheckpointFormat*> parse_format(const std::string& text, const ServingEngine& engine) {
    const CheckpointFormat* format = checkpoint_format(text);
    if (format && engine.reads(*format)) return format;
    const std::string reads = std::string(engine.name) + " reads " + listed(engine.formats);
    if (format) return fail(ErrorKind::usage, std::string(engine.name) + " does not read " + std::string(format->name), reads);
    if (const auto type = file_type_from_name(text))
        return fail(ErrorKind::usage, std::string(traits(*type).name) + " is a file type of llama.cpp, not a checkpoint format of " + std::string(engine.name), reads);
    return fail(ErrorKind::unknown_name, "no checkpoint format named '" + text + "'", reads);
}

// "Qwen/Qwen3-8B-AWQ" names a format; its makers' FP8 repositories have blocks.
const CheckpointFormat* format_in_name(const std::string& word) {
    const ModelName name = model_name(word);
    for (const std::string& part : {name.packing, name.quant}) {
        if (part.empty()) continue;
        if (name_key(part) == "fp8") return checkpoint_format("fp8-block");
        if (const CheckpointFormat* format = checkpoint_format(part)) return format;
    }
    return nullptr;
}

bool repository_word(const std::string& word) { return word.find('/') != std::string::npos && word.find(':') == std::string::npos; }

// The format, the picture tower and the name to put into commands.
Result<void> resolve_checkpoint(const RawArgs& args, const Files& files, ServingRequest& request) {
    const std::string& word = args.positional.front();
    const ModelRecord& record = *request.question.model;
    if (request.question.file) {
        auto config = open_checkpoint_config(word, files);
        if (!config) return tl::unexpected(config.error());
        request.format = config->format;
        request.details = std::move(config->details);
        request.vision = config->vision;
        request.repository = word.ends_with(".json") && word.find('/') != std::string::npos ? word.substr(0, word.rfind('/')) : word;
        if (!config->unknown_vision.empty())
            request.question.warnings.push_back("the picture tower of type " + config->unknown_vision + " is not counted");
    } else {
        const PublishedCheckpoint* published = published_checkpoint(record.id);
        request.format = checkpoint_format(published && !published->format.empty() ? published->format : "bf16");
        request.vision = Params{published ? published->vision_parameters : 0};
        request.repository = record.huggingface;
    }
    const CheckpointFormat* own = request.format;
    const CheckpointFormat* named = request.question.file ? nullptr : format_in_name(word);
    if (!args.quant.empty()) {
        const auto format = parse_format(args.quant, *request.engine);
        if (!format) return tl::unexpected(format.error());
        named = *format;
    }
    if (named) request.format = named;
    request.own_format = *request.format == *own;
    if (!request.own_format) request.details = {};
    if (!request.own_format && !(request.format->made_at_load && own->name == "bf16"))
        request.repository = args.quant.empty() && repository_word(word) ? word : "";
    if (!request.engine->reads(*request.format))
        return fail(ErrorKind::unsupported, std::string(request.engine->name) + " does not read " + std::string(request.format->name),
                    "it reads " + listed(request.engine->formats));
    return {};
}

Result<std::optional<std::int64_t>> optional_count(std::string_view option, const std::string& text, std::int64_t most) {
    if (text.empty()) return std::optional<std::int64_t>{};
    const auto count = parse_count(option, text, 1, most);
    if (!count) return tl::unexpected(count.error());
    return std::optional<std::int64_t>{*count};
}

Result<void> resolve_numbers(const RawArgs& args, ServingRequest& request) {
    const auto tensor = optional_count("--tp", args.tp, most_gpus), pipeline = optional_count("--pp", args.pp, most_gpus);
    if (!tensor) return tl::unexpected(tensor.error());
    if (!pipeline) return tl::unexpected(pipeline.error());
    request.tensor = *tensor;
    request.pipeline = *pipeline;
    const std::string& users = args.users.empty() ? args.parallel : args.users;
    const auto count = optional_count(args.users.empty() ? "--parallel" : "--users", users, most_users);
    if (!count) return tl::unexpected(count.error());
    request.users_given = count->has_value();
    request.users = count->value_or(1);
    const auto batch = optional_count("--max-num-batched-tokens", args.max_num_batched_tokens, 1 << 20);
    if (!batch) return tl::unexpected(batch.error());
    if (*batch) request.batch = Tokens{**batch};
    if (!args.gpu_memory_utilization.empty()) {
        const std::string& text = args.gpu_memory_utilization;
        double share = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
        if (error != std::errc{} || end != text.data() + text.size() || !(share > 0 && share <= 1))
            return fail(ErrorKind::usage, "--gpu-memory-utilization '" + text + "' is not a share from 0 to 1", "say 0.92");
        request.utilization = share;
    }
    static constexpr Choice<CacheType> types[] = {{"auto", CacheType::automatic}, {"fp8", CacheType::fp8}, {"fp8_e4m3", CacheType::fp8},
                                                  {"fp8_e5m2", CacheType::fp8}, {"bf16", CacheType::half}, {"f16", CacheType::half}};
    if (!args.kv_type.empty()) {
        const auto type = parse_choice("--kv-type", args.kv_type, types);
        if (!type) return tl::unexpected(type.error());
        request.cache_type = *type;
    }
    return {};
}

}  // namespace

bool asks_serving(const RawArgs& args, const Catalog& catalog) {
    if (args.engine.empty()) return false;
    const auto engine = catalog.find_engine(args.engine);
    return engine && serving_engine((*engine)->name);
}

Result<ServingRequest> resolve_serving(const RawArgs& args, const Catalog& catalog, const World& world) {
    const auto record = catalog.find_engine(args.engine);
    if (!record) return tl::unexpected(record.error());
    ServingRequest request;
    request.record = *record;
    request.engine = serving_engine((*record)->name);
    if (const std::string_view what = meaningless(args); !what.empty())
        return fail(ErrorKind::usage, args.engine + " has no use for " + std::string(what));
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    auto question = resolve_fit(plain_words(args), catalog, world);
    if (!question) return tl::unexpected(question.error());
    if (!args.gpu.empty() && question->devices.groups.empty())
        return fail(ErrorKind::usage, args.engine + " needs a GPU, and there is none here", "--gpu DEVICE asks about another machine");
    request.question = std::move(*question);
    if (auto ok = resolve_checkpoint(args, world.files, request); !ok) return tl::unexpected(ok.error());
    if (auto ok = resolve_numbers(args, request); !ok) return tl::unexpected(ok.error());
    request.expert_parallel = args.expert_parallel;
    request.several = args.verb == "gpus";
    auto vendor = known_vendor(args.vendor, catalog);
    if (!vendor) return tl::unexpected(vendor.error());
    request.vendor = std::move(*vendor);
    auto kind = known_kind(args.kind, catalog);
    if (!kind) return tl::unexpected(kind.error());
    request.kind = std::move(*kind);
    if (!args.max_count.empty()) {
        const auto most = parse_count("--max-count", args.max_count, 1, most_gpus);
        if (!most) return tl::unexpected(most.error());
        request.max_count = *most;
    }
    return request;
}

Result<void> refuse_serving_words(const RawArgs& args, const Catalog& catalog) {
    const bool serving = asks_serving(args, catalog);
    if (serving && args.verb != "fit" && args.verb != "plan" && args.verb != "gpus")
        return fail(ErrorKind::usage, "fitcalc " + args.verb + " answers for llama.cpp only",
                    "fitcalc MODEL, plan and gpus know --engine " + args.engine);
    if (serving) return {};
    for (const auto& [name, text] : {std::pair{"--users", &args.users}, {"--tp", &args.tp}, {"--pp", &args.pp},
                                     {"--gpu-memory-utilization", &args.gpu_memory_utilization},
                                     {"--max-num-batched-tokens", &args.max_num_batched_tokens}})
        if (!text->empty())
            return fail(ErrorKind::usage, std::string(name) + " is for serving engines", "--engine vllm or --engine sglang; llama.cpp has --parallel N");
    if (args.expert_parallel) return fail(ErrorKind::usage, "--expert-parallel is for serving engines", "--engine vllm or --engine sglang");
    return {};
}

}  // namespace fitcalc::cli
