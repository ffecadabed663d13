#include "fitcalc/checkpoint_format.hpp"

#include <algorithm>
#include <array>

#include "fitcalc/text.hpp"
#include "module_pattern.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t bytes_16_bits = 2;

// Per tensor: a scale of the weights and one of the activations. Per channel: one for each output.
constexpr WeightScheme fp8_tensor{.bits = 8, .group_outputs = 0, .matrix_bytes = 8};
constexpr WeightScheme fp8_channel{.bits = 8, .scale_bytes = 4};
constexpr WeightScheme fp8_blocks{.bits = 8, .group_inputs = 128, .group_outputs = 128, .scale_bytes = 4};
constexpr WeightScheme int8_channel{.bits = 8, .scale_bytes = 4};
constexpr WeightScheme int4_zeros{.bits = 4, .group_inputs = 128, .scale_bytes = 2, .zero_bits = 4};
constexpr WeightScheme int4_indexed{.bits = 4, .group_inputs = 128, .scale_bytes = 2, .zero_bits = 4, .input_bytes = 4};
constexpr WeightScheme int8_indexed{.bits = 8, .group_inputs = 128, .scale_bytes = 2, .zero_bits = 8, .input_bytes = 4};
constexpr WeightScheme int4_symmetric{.bits = 4, .group_inputs = 128, .scale_bytes = 2, .matrix_bytes = 16};
constexpr WeightScheme int4_native{.bits = 4, .group_inputs = 32, .scale_bytes = 2, .matrix_bytes = 16};
constexpr WeightScheme mx{.bits = 4, .group_inputs = 32, .scale_bytes = 1};
constexpr WeightScheme nv{.bits = 4, .group_inputs = 16, .scale_bytes = 1, .matrix_bytes = 8};
// 64 weights share an 8-bit scale, 256 scales a 32-bit one: 1 + 4 ÷ 256 bytes a group; the codebooks are 1,344 bytes.
constexpr WeightScheme nf4{.bits = 4, .group_inputs = 64, .scale_bytes = 1, .matrix_bytes = 1344};

using Part = ModulePart;

bool in_layers(Part part) { return part != Part::head && part != Part::vision; }

template <const WeightScheme& scheme>
const WeightScheme* all_layers(Part part, bool) {
    return in_layers(part) ? &scheme : nullptr;
}

template <const WeightScheme& scheme>
const WeightScheme* routed_experts(Part part, bool) {
    return part == Part::routed_experts ? &scheme : nullptr;
}

// NVIDIA's files: of models with experts the routed ones alone, of others every matrix of the layers.
const WeightScheme* nvfp4_parts(Part part, bool expert_model) {
    return part == Part::routed_experts || (!expert_model && in_layers(part)) ? &nv : nullptr;
}

// Feed-forward networks and head in NVFP4, attention in FP8.
const WeightScheme* nvfp4_and_fp8(Part part, bool) {
    if (part == Part::vision) return nullptr;
    return part == Part::attention || part == Part::linear_attention ? &fp8_tensor : &nv;
}

const WeightScheme* nvfp4_fp8_head16(Part part, bool expert_model) {
    return part == Part::head ? nullptr : nvfp4_and_fp8(part, expert_model);
}

const WeightScheme* nothing(Part, bool) { return nullptr; }

constexpr auto formats = std::to_array<CheckpointFormat>({
    {"bf16", "16 bits, as most models are published", "Hugging Face safetensors", nothing, "", false},
    {"fp8-block", "8-bit floats, a scale for each 128 × 128 block: DeepSeek's, Qwen's and GLM's own FP8 files",
     "quantization_config of deepseek-ai/DeepSeek-R1, Qwen/Qwen3-235B-A22B-FP8, zai-org/GLM-5-FP8: weight_block_size; "
     "routers and the head stay at 16 bits",
     all_layers<fp8_blocks>, "", false},
    {"fp8", "8-bit floats, a scale for each matrix: vLLM's own --quantization fp8, Mistral's and NVIDIA's files",
     "quantization_config of mistralai/Devstral-2-123B-Instruct-2512; vLLM 0.27, model_executor/layers/quantization/fp8.py",
     all_layers<fp8_tensor>, "fp8", true},
    {"fp8-dynamic", "8-bit floats, a scale for each output (compressed-tensors, Red Hat's files)",
     "quantization_config of RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic: strategy channel",
     all_layers<fp8_channel>, "", false},
    {"int8", "8-bit integers, a scale for each output (compressed-tensors W8A8)",
     "vLLM 0.27, quantization/compressed_tensors/schemes (w8a8_int8): a scale per channel", all_layers<int8_channel>, "", false},
    {"awq", "4-bit integers, a scale and a zero point for 128 inputs (AutoAWQ)",
     "vLLM 0.27, model_executor/layers/quantization/awq.py: qweight, qzeros, scales; the layers' matrices only",
     all_layers<int4_zeros>, "", false},
    {"gptq-int4", "4-bit integers, scales, zero points and a group index",
     "vLLM 0.27, model_executor/layers/quantization/gptq.py: qweight, g_idx, qzeros, scales", all_layers<int4_indexed>, "", false},
    {"gptq-int8", "8-bit integers, scales, zero points and a group index",
     "vLLM 0.27, model_executor/layers/quantization/gptq.py: qweight, g_idx, qzeros, scales", all_layers<int8_indexed>, "", false},
    {"w4a16", "4-bit integers without zero points, a scale for 128 inputs (compressed-tensors)",
     "vLLM 0.27, quantization/compressed_tensors/schemes (wNa16): weight_packed, weight_scale, weight_shape",
     all_layers<int4_symmetric>, "", false},
    {"int4-experts", "routed experts in 4-bit integers, a scale for 32 inputs: Kimi K2 Thinking's and K2.5's own",
     "quantization_config of moonshotai/Kimi-K2.5: num_bits 4, group_size 32; attention, shared experts, dense networks and "
     "the head ignored", routed_experts<int4_native>, "", false},
    {"autoround", "4-bit integers, scales and zero points for 128 inputs (Intel AutoRound)",
     "AutoRound exports GPTQ's layout (auto_round:auto_gptq)", all_layers<int4_zeros>, "", false},
    {"nf4", "4-bit normal floats, doubly quantized scales for 64 weights (bitsandbytes)",
     "bitsandbytes functional.py, quantize_4bit with compressed statistics", all_layers<nf4>, "bitsandbytes", true},
    {"bnb-int8", "8-bit integers, a scale for each output (bitsandbytes LLM.int8)",
     "bitsandbytes LLM.int8(): one 32-bit statistic per row", all_layers<int8_channel>, "", false},
    {"mxfp4", "routed experts in 4-bit floats, a scale for 32 inputs: gpt-oss's own",
     "quantization_config of openai/gpt-oss-120b: attention, routers, embedding and head not converted",
     routed_experts<mx>, "", false},
    {"nvfp4", "4-bit floats, a scale for 16 inputs: NVIDIA's files; routed experts alone where there are any",
     "quantization_config of nvidia/MiniMax-M2.5-NVFP4, nvidia/Kimi-K2.5-NVFP4, nvidia/Qwen3.5-397B-A17B-NVFP4 (attention and "
     "shared experts ignored) and of a dense model's card (JongYeop/Llama-3.1-70B-Instruct-NVFP4-W4A4)",
     nvfp4_parts, "", false},
    {"nvfp4-all", "4-bit floats, a scale for 16 inputs, for every matrix of the layers", "card of CortexLM/GLM-5.1-NVFP4-MTP",
     all_layers<nv>, "", false},
    {"nvfp4-mixed", "feed-forward networks and head in NVFP4, attention in FP8: NVIDIA's Qwen3.6 files",
     "quantization_config of nvidia/Qwen3.6-27B-NVFP4 and nvidia/Qwen3.6-35B-A3B-NVFP4", nvfp4_and_fp8, "", false},
    {"nvfp4-fp8", "feed-forward networks in NVFP4, attention in FP8, the head at 16 bits",
     "as nvfp4-mixed; the head left alone (Unsloth's files)", nvfp4_fp8_head16, "", false},
});

struct OtherName {
    std::string_view name, format;
};

constexpr auto other_names = std::to_array<OtherName>({
    {"fp16", "bf16"}, {"f16", "bf16"}, {"float16", "bf16"}, {"bfloat16", "bf16"}, {"gptq", "gptq-int4"},
    {"w8a8", "int8"}, {"int8-w8a8", "int8"}, {"w8a8-fp8", "fp8-dynamic"}, {"auto-round", "autoround"},
    {"auto_round", "autoround"}, {"bnb-nf4", "nf4"}, {"bnb", "nf4"}, {"compressed-tensors", "w4a16"}, {"bitsandbytes", "nf4"},
    {"fp8_block", "fp8-block"}, {"modelopt-fp4", "nvfp4"}, {"fp4", "nvfp4"},
});

std::optional<ModulePart> part_of(const CheckpointModule& module) {
    switch (module.kind) {
        case ModuleKind::head: return Part::head;
        case ModuleKind::vision: return Part::vision;
        case ModuleKind::linear: break;
        default: return std::nullopt;
    }
    switch (module.role) {
        case TensorRole::routed_experts: return Part::routed_experts;
        case TensorRole::shared_experts: return Part::shared_experts;
        case TensorRole::dense_ffn: return Part::network;
        case TensorRole::recurrent: return Part::linear_attention;
        case TensorRole::attention: break;
        default: return std::nullopt;
    }
    return module.name.find("linear_attn.") != std::string::npos ? Part::linear_attention : Part::attention;
}

}  // namespace

Bytes WeightScheme::bytes(std::int64_t inputs, std::int64_t outputs) const {
    const std::int64_t across = group_inputs > 0 ? divide_up(inputs, group_inputs) : 1;
    const std::int64_t down = group_outputs > 0 ? divide_up(outputs, group_outputs) : 1;
    const std::int64_t groups = checked_mul(across, down);
    std::int64_t sum = divide_up(checked_mul(checked_mul(inputs, outputs), bits), 8);
    sum = checked_add(sum, checked_mul(groups, scale_bytes));
    sum = checked_add(sum, divide_up(checked_mul(groups, zero_bits), 8));
    sum = checked_add(sum, checked_mul(inputs, input_bytes));
    return Bytes{checked_add(sum, matrix_bytes)};
}

std::span<const CheckpointFormat> checkpoint_formats() { return formats; }

const CheckpointFormat* checkpoint_format(std::string_view name) {
    std::string wanted = lower_case(name);
    const auto other = std::ranges::find(other_names, wanted, &OtherName::name);
    if (other != other_names.end()) wanted = other->format;
    const auto found = std::ranges::find(formats, wanted, &CheckpointFormat::name);
    return found == formats.end() ? nullptr : &*found;
}

StoredCheckpoint::StoredCheckpoint(const CheckpointInventory& inventory, const CheckpointFormat& format,
                                   const FormatDetails& details)
    : inventory_{&inventory}, format_{&format} {
    const bool expert_model = std::ranges::any_of(
        inventory.modules, [](const CheckpointModule& m) { return m.role == TensorRole::routed_experts; });
    const std::vector<ModulePattern> ignored(details.ignored.begin(), details.ignored.end());
    schemes_.reserve(inventory.modules.size());
    for (const CheckpointModule& module : inventory.modules) {
        auto& scheme = schemes_.emplace_back(choose(module, details.group, expert_model));
        const auto names_it = [&](const ModulePattern& pattern) { return pattern.names(module.name); };
        if (scheme && std::ranges::any_of(ignored, names_it)) scheme.reset();
    }
}

std::optional<WeightScheme> StoredCheckpoint::choose(const CheckpointModule& module, std::optional<std::int64_t> group,
                                                     bool expert_model) const {
    const auto part = part_of(module);
    // Next-token blocks stay at 16 bits in files that others made; the makers' own FP8 files quantize them too.
    if (!part || (module.next_token && format_->name != "fp8-block")) return std::nullopt;
    const WeightScheme* scheme = format_->scheme(*part, expert_model);
    if (!scheme) return std::nullopt;
    WeightScheme own = *scheme;
    if (group && own.group_inputs > 0 && own.group_outputs == 1) own.group_inputs = *group;
    return own;
}

Bytes StoredCheckpoint::bytes(const CheckpointModule& module, std::int64_t inputs, std::int64_t outputs,
                              std::int64_t copies) const {
    const auto& own = scheme(module);
    if (!own) return Bytes{checked_mul(checked_mul(inputs, outputs), bytes_16_bits)} * copies;
    return own->bytes(inputs, outputs) * copies;
}

Bytes StoredCheckpoint::bytes(const CheckpointModule& module) const {
    return bytes(module, module.inputs, module.outputs, module.copies);
}

Bytes StoredCheckpoint::file() const {
    Bytes sum;
    for (const CheckpointModule& module : inventory_->modules) sum += bytes(module);
    return sum;
}

double StoredCheckpoint::bits_per_weight() const {
    return static_cast<double>(file().count()) * 8.0 / static_cast<double>(std::max<std::int64_t>(1, inventory_->params().count()));
}

}  // namespace fitcalc
