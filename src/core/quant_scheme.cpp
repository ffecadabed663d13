// The file types and the type each gives a tensor.
// Source of every rule: llama.cpp de3ff81, src/llama-quant.cpp; the paragraphs below name its functions.
#include "fitcalc/quant_scheme.hpp"

#include <algorithm>
#include <array>

#include "fitcalc/text.hpp"
#include "quantizer_order.hpp"

namespace fitcalc {
namespace {

using enum FileType;

// llama_ftype_get_default_type, and the types llama-quantize refuses without an importance matrix.
constexpr std::array<FileTypeTraits, 33> table{{
    {f32, "F32", GgmlType::f32, false},
    {f16, "F16", GgmlType::f16, false},
    {bf16, "BF16", GgmlType::bf16, false},
    {q8_0, "Q8_0", GgmlType::q8_0, false},
    {q6_k, "Q6_K", GgmlType::q6_k, false},
    {q5_k_m, "Q5_K_M", GgmlType::q5_k, false},
    {q5_k_s, "Q5_K_S", GgmlType::q5_k, false},
    {q5_1, "Q5_1", GgmlType::q5_1, false},
    {q5_0, "Q5_0", GgmlType::q5_0, false},
    {q4_k_m, "Q4_K_M", GgmlType::q4_k, false},
    {q4_k_s, "Q4_K_S", GgmlType::q4_k, false},
    {q4_1, "Q4_1", GgmlType::q4_1, false},
    {q4_0, "Q4_0", GgmlType::q4_0, false},
    {iq4_nl, "IQ4_NL", GgmlType::iq4_nl, false},
    {iq4_xs, "IQ4_XS", GgmlType::iq4_xs, false},
    {q3_k_l, "Q3_K_L", GgmlType::q3_k, false},
    {q3_k_m, "Q3_K_M", GgmlType::q3_k, false},
    {q3_k_s, "Q3_K_S", GgmlType::q3_k, false},
    {iq3_m, "IQ3_M", GgmlType::iq3_s, false},
    {iq3_s, "IQ3_S", GgmlType::iq3_s, false},
    {iq3_xs, "IQ3_XS", GgmlType::iq3_s, true},
    {iq3_xxs, "IQ3_XXS", GgmlType::iq3_xxs, true},
    {q2_k, "Q2_K", GgmlType::q2_k, false},
    {q2_k_s, "Q2_K_S", GgmlType::q2_k, true},
    {iq2_m, "IQ2_M", GgmlType::iq2_s, true},
    {iq2_s, "IQ2_S", GgmlType::iq2_xs, true},
    {iq2_xs, "IQ2_XS", GgmlType::iq2_xs, true},
    {iq2_xxs, "IQ2_XXS", GgmlType::iq2_xxs, true},
    {iq1_m, "IQ1_M", GgmlType::iq1_m, true},
    {iq1_s, "IQ1_S", GgmlType::iq1_s, true},
    {tq2_0, "TQ2_0", GgmlType::tq2_0, false},
    {tq1_0, "TQ1_0", GgmlType::tq1_0, false},
    {mxfp4_moe, "MXFP4_MOE", GgmlType::mxfp4, false},
}};

template <class... Types>
constexpr bool is_one_of(FileType type, Types... types) {
    return ((type == types) || ...);
}

bool value_like(TensorCategory c) {
    return c == TensorCategory::v || c == TensorCategory::qkv || c == TensorCategory::kv_b;
}

// What the rules know of the model.
struct ModelFacts {
    bool tied;
    bool importance_matrix;
    bool falcon;
    bool seventy_b;              // llama.cpp's LLM_TYPE_70B
    std::int64_t layers;         // next-token blocks included
    std::int64_t gqa;            // query heads per KV head in layer 0
    std::int64_t experts;
    std::int64_t value_tensors;  // V-like tensors in the file
};

// Tensors of a category seen so far.
struct Counters {
    std::int64_t value = 0, up = 0, gate = 0, down = 0;
};

// The layers that get more bits in the _M mixes: the first and last eighth, and every third between.
bool use_more_bits(std::int64_t i, std::int64_t n) { return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2; }

bool very_low_bits(FileType type) { return is_one_of(type, iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq2_m); }

GgmlType output_type(FileType type, GgmlType base, const ModelFacts& model, const Shape& shape) {
    if (type == mxfp4_moe || model.falcon || !divides(base, shape.row())) return GgmlType::q8_0;
    if (very_low_bits(type) || type == iq3_xxs) return GgmlType::q5_k;
    return base == GgmlType::q8_0 ? base : GgmlType::q6_k;
}

GgmlType embedding_type(FileType type, GgmlType base) {
    if (is_one_of(type, iq1_s, iq1_m, iq2_xxs, iq2_xs)) return GgmlType::q2_k;
    if (is_one_of(type, iq2_s, iq2_m, iq3_xxs)) return GgmlType::iq3_s;
    if (is_one_of(type, tq1_0, tq2_0)) return GgmlType::q4_k;
    return base;
}

// IQ1 and IQ2 mixes have rules of their own. Their ffn_down index runs over the tensors even in MoE models.
GgmlType very_low_bits_type(FileType type, GgmlType base, TensorCategory category, const ModelFacts& model,
                            const Counters& seen) {
    const bool iq2_sm = is_one_of(type, iq2_s, iq2_m);
    const GgmlType raised = iq2_sm ? GgmlType::iq3_s : GgmlType::q2_k;
    if (value_like(category)) return model.gqa >= 4 || model.experts >= 4 ? GgmlType::q4_k : raised;
    if (category == TensorCategory::k && model.experts == 8) return GgmlType::q4_k;
    if (category == TensorCategory::down && seen.down < model.layers / 8) return raised;
    if (category == TensorCategory::attention_output) {
        if (model.experts == 8) return GgmlType::q5_k;
        if (is_one_of(type, iq1_s, iq1_m)) return GgmlType::iq2_xxs;
        if (iq2_sm) return GgmlType::iq3_s;
    }
    return base;
}

GgmlType value_type(FileType type, GgmlType base, const ModelFacts& model, std::int64_t index) {
    if (model.experts == 8) return GgmlType::q8_0;
    const bool grouped = model.gqa >= 4;
    GgmlType chosen = base;
    switch (type) {
        case q2_k: chosen = grouped ? GgmlType::q4_k : GgmlType::q3_k; break;
        case q2_k_s: if (grouped) chosen = GgmlType::q4_k; break;
        case iq3_xxs:
            chosen = grouped ? GgmlType::q4_k : model.importance_matrix ? GgmlType::iq3_xxs : GgmlType::iq3_s;
            break;
        case iq3_xs: case iq3_s: if (grouped) chosen = GgmlType::q4_k; break;
        case iq3_m: chosen = GgmlType::q4_k; break;
        case q3_k_m: chosen = index < 2 ? GgmlType::q5_k : GgmlType::q4_k; break;
        case q3_k_l: chosen = GgmlType::q5_k; break;
        case iq4_nl: case iq4_xs: if (grouped) chosen = GgmlType::q5_k; break;
        case q4_k_m: case q5_k_m: if (use_more_bits(index, model.value_tensors)) chosen = GgmlType::q6_k; break;
        case q4_k_s: if (index < 4) chosen = GgmlType::q5_k; break;
        default: break;
    }
    if (model.seventy_b && (chosen == GgmlType::q3_k || chosen == GgmlType::q4_k)) chosen = GgmlType::q5_k;
    return chosen;
}

GgmlType query_or_key_type(FileType type, GgmlType base) {
    if (type == iq3_xs) return GgmlType::iq3_xxs;
    if (type == iq3_xxs) return GgmlType::iq2_s;
    return base;
}

GgmlType down_type(FileType type, GgmlType base, const ModelFacts& model, std::int64_t i) {
    const std::int64_t n = model.layers;
    const bool more = use_more_bits(i, n);
    const bool first_eighth = i < n / 8;
    switch (type) {
        case q2_k: return GgmlType::q3_k;
        case q2_k_s: return first_eighth ? GgmlType::q4_k : base;
        case iq3_xxs:
            if (model.importance_matrix) return base;
            return first_eighth ? GgmlType::q4_k : GgmlType::q3_k;
        case q3_k_m:
            if (i < n / 16) return GgmlType::q5_k;
            return !model.falcon || more ? GgmlType::q4_k : GgmlType::q3_k;
        case iq3_m: return first_eighth || (model.experts == 8 && more) ? GgmlType::q4_k : base;
        case q3_k_l: return model.falcon ? GgmlType::q4_k : GgmlType::q5_k;
        case q4_k_m:
            if (model.falcon) return i < n / 16 ? GgmlType::q6_k : more ? GgmlType::q5_k : GgmlType::q4_k;
            return more ? GgmlType::q6_k : base;
        case q5_k_m: return more ? GgmlType::q6_k : base;
        case iq4_nl: case iq4_xs: return first_eighth && !model.importance_matrix ? GgmlType::q5_k : base;
        case q4_k_s: return first_eighth && !model.falcon ? GgmlType::q5_k : base;
        case q4_0: return first_eighth && model.importance_matrix ? GgmlType::q4_1 : base;
        case q5_0: return first_eighth && model.importance_matrix ? GgmlType::q5_1 : base;
        default: return base;
    }
}

GgmlType attention_output_type(FileType type, GgmlType base, const ModelFacts& model) {
    if (model.falcon) return type == q3_k_l ? GgmlType::q4_k : base;
    if (model.experts == 8)
        return is_one_of(type, q2_k, iq3_xs, iq3_xxs, iq3_s, iq3_m, q3_k_s, q3_k_m, iq4_nl, iq4_xs, q4_k_s, q4_k_m)
                   ? GgmlType::q5_k
                   : base;
    switch (type) {
        case q2_k: return GgmlType::q3_k;
        case iq3_xxs: return GgmlType::iq3_s;
        case q3_k_m: case iq3_m: return GgmlType::q4_k;
        case q3_k_l: return GgmlType::q5_k;
        default: return base;
    }
}

GgmlType up_or_gate_type(FileType type, GgmlType base, const ModelFacts& model, std::int64_t i) {
    const bool middle = i >= model.layers / 8 && i < 7 * model.layers / 8;
    return type == iq3_xs && middle ? GgmlType::iq3_xxs : base;
}

// llama_tensor_get_type_impl: the mix of the file type, before shapes are looked at. Counts what it has seen.
// `layer`: -1 outside the layers.
GgmlType mixed_type(FileType type, TensorCategory category, std::int64_t layer, const Shape& shape, const ModelFacts& model,
                    Counters& seen) {
    const GgmlType base = traits(type).default_type;
    if (category == TensorCategory::output || (model.tied && category == TensorCategory::embedding))
        return output_type(type, base, model, shape);
    if (type == mxfp4_moe) return shape.ne[2] > 1 ? GgmlType::mxfp4 : GgmlType::q8_0;
    if (category == TensorCategory::embedding) return embedding_type(type, base);

    // MoE files visit a layer's tensors in no useful order, so there the layer number counts.
    const auto index = [&](std::int64_t running) {
        return model.experts > 1 && layer >= 0 ? layer : running;
    };
    GgmlType chosen = base;
    if (very_low_bits(type)) {
        chosen = very_low_bits_type(type, base, category, model, seen);
    } else if (value_like(category)) {
        chosen = value_type(type, base, model, seen.value);
    } else {
        switch (category) {
            case TensorCategory::k: chosen = model.experts == 8 ? GgmlType::q8_0 : query_or_key_type(type, base); break;
            case TensorCategory::q: chosen = query_or_key_type(type, base); break;
            case TensorCategory::down: chosen = down_type(type, base, model, index(seen.down)); break;
            case TensorCategory::attention_output: chosen = attention_output_type(type, base, model); break;
            case TensorCategory::up: chosen = up_or_gate_type(type, base, model, index(seen.up)); break;
            case TensorCategory::gate: chosen = up_or_gate_type(type, base, model, index(seen.gate)); break;
            default: break;
        }
    }
    if (value_like(category)) ++seen.value;
    if (category == TensorCategory::down) ++seen.down;
    if (category == TensorCategory::up) ++seen.up;
    if (category == TensorCategory::gate) ++seen.gate;
    return chosen;
}

// tensor_type_fallback: a row that does not fill whole blocks takes a type with smaller ones.
GgmlType fitting_type(GgmlType chosen, std::int64_t row) {
    if (divides(chosen, row)) return chosen;
    const GgmlType smaller = [chosen] {
        switch (chosen) {
            case GgmlType::q2_k: case GgmlType::q3_k: case GgmlType::tq1_0: case GgmlType::tq2_0: return GgmlType::q4_0;
            case GgmlType::q4_k: return GgmlType::q5_0;
            case GgmlType::q5_k: return GgmlType::q5_1;
            case GgmlType::q6_k: return GgmlType::q8_0;
            case GgmlType::iq1_s: case GgmlType::iq1_m: case GgmlType::iq2_xxs: case GgmlType::iq2_xs:
            case GgmlType::iq2_s: case GgmlType::iq3_xxs: case GgmlType::iq3_s: case GgmlType::iq4_xs:
                return GgmlType::iq4_nl;
            default: return GgmlType::f16;
        }
    }();
    return divides(smaller, row) ? smaller : GgmlType::f16;
}

// Models that llama.cpp's loaders call LLM_TYPE_70B (src/models/*.cpp, load_hparams).
bool is_seventy_b(const ModelSpec& model) {
    const auto layers = model.layers.size();
    if (model.architecture == "llama") return layers == 80 && model.heads() != model.kv_heads() && model.experts() != 8;
    if (model.architecture == "jais2") return layers == 68;
    return layers == 80 && (model.architecture == "qwen2" || model.architecture == "deci" || model.architecture == "olmo");
}

}  // namespace

std::span<const FileTypeTraits> file_types() { return table; }

const FileTypeTraits& traits(FileType type) { return table[static_cast<std::size_t>(type)]; }

std::optional<FileType> file_type_from_name(std::string_view name) {
    const auto found = std::ranges::find_if(table, [&](const FileTypeTraits& t) { return same_ignoring_case(t.name, name); });
    if (found == table.end()) return std::nullopt;
    return found->type;
}

bool experts_in_mxfp4(const ModelSpec& model) {
    return std::ranges::any_of(model.layers, [](const LayerSpec& layer) {
        const auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward);
        return experts != nullptr && experts->source_type == GgmlType::mxfp4;
    });
}

FileType usual_file_type(const ModelSpec& model) { return experts_in_mxfp4(model) ? mxfp4_moe : q4_k_m; }

QuantPlanner::QuantPlanner(const ModelSpec& model, const TensorInventory& inventory) {
    source_types_.reserve(inventory.tensors.size());
    for (const Tensor& tensor : inventory.tensors) source_types_.push_back(tensor.type);
    quantized_.reserve(inventory.tensors.size());
    for (const auto& [index, category, quantizable] : quantizer_order(inventory, model.layers.size())) {
        const Tensor& tensor = inventory.tensors[index];
        if (value_like(category)) ++value_tensors_;
        if (quantizable && tensor.shape.dimensions() >= 2)
            quantized_.push_back({index, tensor.layer.value_or(-1), static_cast<std::uint8_t>(category), tensor.shape});
    }
    tied_ = inventory.tied();
    falcon_ = model.architecture == "falcon";
    seventy_b_ = is_seventy_b(model);
    layers_ = static_cast<std::int64_t>(model.layers.size());
    gqa_ = model.kv_heads() == 0 ? 0 : model.heads() / model.kv_heads();
    experts_ = model.experts();
}

std::vector<GgmlType> QuantPlanner::types(FileType type, bool importance_matrix) const {
    const ModelFacts model{tied_, importance_matrix, falcon_, seventy_b_, layers_, gqa_, experts_, value_tensors_};
    const GgmlType base = traits(type).default_type;
    std::vector<GgmlType> chosen = source_types_;
    Counters seen;
    for (const Quantized& tensor : quantized_) {
        const auto category = static_cast<TensorCategory>(tensor.category);
        chosen[tensor.index] = !traits(base).quantized
                                   ? base
                                   : fitting_type(mixed_type(type, category, tensor.layer, tensor.shape, model, seen),
                                                  tensor.shape.row());
    }
    return chosen;
}

}  // namespace fitcalc
