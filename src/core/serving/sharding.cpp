#include <algorithm>
#include <set>
#include <utility>

#include "fitcalc/serving.hpp"
#include "stages.hpp"

namespace fitcalc {
namespace {

// vLLM 0.27, vllm/model_executor/layers/vocab_parallel_embedding.py (DEFAULT_VOCAB_PADDING_SIZE).
constexpr std::int64_t vocabulary_padding = 64;

// A count that has to divide by the degree, and what it is of.
class Divisible {
public:
    explicit Divisible(std::int64_t degree) : degree_{degree} {}

    void require(std::int64_t count, std::string_view what) { require(count % degree_ == 0, count, what); }
    // KV heads may also be copied.
    void require_or_copies(std::int64_t count, std::string_view what) {
        require(count % degree_ == 0 || degree_ % count == 0, count, what);
    }
    void require_share(std::int64_t count, std::int64_t unit, std::string_view what) {
        if (!failure_.empty() || (count % degree_ == 0 && (count / degree_) % unit == 0)) return;
        failure_ = "a tensor-parallel degree of " + std::to_string(degree_) + " cuts " + std::string(what) + " of " +
                   std::to_string(count) + " within blocks of " + std::to_string(unit);
    }

    Result<void> outcome() const {
        if (failure_.empty()) return {};
        return fail(ErrorKind::unsupported, failure_);
    }

private:
    void require(bool divides, std::int64_t count, std::string_view what) {
        if (!failure_.empty() || divides) return;
        failure_ = "a tensor-parallel degree of " + std::to_string(degree_) + " does not divide " + std::to_string(count) + " " +
                   std::string(what);
    }

    std::int64_t degree_;
    std::string failure_;
};

void require_attention(Divisible& divisible, const Attention& attention) {
    if (const auto* full = std::get_if<FullAttention>(&attention)) {
        divisible.require(full->heads, "attention heads");
        divisible.require_or_copies(full->kv_heads, "KV heads");
    } else if (const auto* latent = std::get_if<LatentAttention>(&attention)) {
        divisible.require(latent->heads, "attention heads");
    }
}

void require_recurrent(Divisible& divisible, const Recurrent& recurrent) {
    if (const auto* net = std::get_if<GatedDeltaNet>(&recurrent)) {
        divisible.require(net->key_heads, "key heads of its linear attention");
        divisible.require(net->value_heads, "value heads of its linear attention");
    } else if (const auto* mamba2 = std::get_if<Mamba2>(&recurrent)) {
        divisible.require(mamba2->heads, "heads of its state-space layers");
    } else if (const auto* mamba = std::get_if<Mamba>(&recurrent)) {
        divisible.require(mamba->inner_size, "channels of its state-space layers");
    } else if (const auto* kimi = std::get_if<KimiDeltaAttention>(&recurrent)) {
        divisible.require(kimi->heads, "heads of its linear attention");
    }
}

// Quantized matrices are cut between their groups and blocks of weights. MXFP4's are padded instead
// (vLLM 0.27, quantization/fp8.py, validate_fp8_block_shape; quantization/utils/marlin_utils.py, verify_marlin_supports_shape).
void require_blocks(Divisible& divisible, const StoredCheckpoint& stored, const Parallelism& parallelism) {
    constexpr std::int64_t padded_below = 64;
    for (const CheckpointModule& module : stored.inventory().modules) {
        const bool expert = module.division == Division::experts_inputs || module.division == Division::experts_outputs;
        if (module.next_token || (expert && parallelism.experts)) continue;
        const auto& scheme = stored.scheme(module);
        if (!scheme) continue;
        const std::string what = expert ? "the experts' length" : "a matrix side";
        if ((module.division == Division::inputs || module.division == Division::experts_inputs) &&
            scheme->group_inputs >= padded_below)
            divisible.require_share(module.inputs, scheme->group_inputs, what);
        if (module.division == Division::experts_outputs && scheme->group_outputs > 1)
            divisible.require_share(module.outputs, scheme->group_outputs, what);
    }
}

// What one GPU holds of a module.
Bytes share(const CheckpointModule& module, const StoredCheckpoint& stored, const Parallelism& parallelism) {
    const std::int64_t n = parallelism.tensor;
    std::int64_t inputs = module.inputs, outputs = module.outputs, copies = module.copies;
    switch (module.division) {
        case Division::whole: break;
        case Division::outputs: outputs = divide_up(outputs, n); break;
        case Division::inputs: inputs = divide_up(inputs, n); break;
        case Division::kv_outputs: outputs = outputs / module.heads * divide_up(module.heads, n); break;
        case Division::vocabulary: outputs = divide_up(round_up(outputs, vocabulary_padding), n); break;
        case Division::experts_outputs:
            (parallelism.experts ? copies : outputs) = divide_up(parallelism.experts ? copies : outputs, n);
            break;
        case Division::experts_inputs:
            (parallelism.experts ? copies : inputs) = divide_up(parallelism.experts ? copies : inputs, n);
            break;
    }
    return stored.bytes(module, inputs, outputs, copies);
}

// Tables of sines and cosines for every position: one for each length of rotary values and kind of layer. Positions with
// several axes (pictures) have one four times as long (vLLM 0.27, layers/rotary_embedding/mrope.py).
Bytes rotary_tables(const ModelSpec& model) {
    constexpr std::int64_t bytes_per_value = 2, longer_for_pictures = 4;
    std::set<std::pair<std::int64_t, bool>> tables;
    for (const LayerSpec& layer : model.layers) {
        if (const auto* full = std::get_if<FullAttention>(&layer.attention); full && full->rope)
            tables.emplace(std::min(full->key_length, model.rope_length > 0 ? model.rope_length : full->key_length), full->window > 0);
        if (const auto* latent = std::get_if<LatentAttention>(&layer.attention); latent && latent->rope)
            tables.emplace(latent->rope_length, false);
    }
    if (model.position_embeddings) return {};
    Bytes sum;
    for (const auto& [length, window] : tables)
        sum += Bytes{checked_mul(model.context_length.count(), checked_mul(length, bytes_per_value))};
    return sum * (model.position_values > 1 ? longer_for_pictures : 1);
}

// The pipeline stage that a module outside the layers is on; the tied embedding is on both ends.
std::vector<std::size_t> stages_of(const CheckpointModule& module, bool tied, std::size_t last) {
    if (module.kind == ModuleKind::embedding && tied && last > 0) return {0, last};
    const bool first = module.kind == ModuleKind::embedding || module.kind == ModuleKind::vision;
    return {first ? 0 : last};
}

// Those that the engine runs.
std::int64_t loaded_layers(const ModelSpec& model) {
    return std::ranges::count(model.layers, false, &LayerSpec::next_token);
}

}  // namespace

std::vector<std::int64_t> stage_layers(std::int64_t layers, std::int64_t stages) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), layers / stages);
    const auto rest = static_cast<std::size_t>(layers % stages);
    for (std::size_t i = 0; i < rest; ++i) ++counts[counts.size() - 2 - i];
    return counts;
}

std::vector<std::size_t> stages_of_layers(const ModelSpec& model, std::int64_t stages) {
    std::vector<std::size_t> out;
    const auto counts = stage_layers(loaded_layers(model), stages);
    for (std::size_t stage = 0; stage < counts.size(); ++stage)
        out.insert(out.end(), static_cast<std::size_t>(counts[stage]), stage);
    return out;
}

Result<void> check_parallelism(const ModelSpec& model, const StoredCheckpoint& stored, const Parallelism& parallelism) {
    if (const std::int64_t layers = loaded_layers(model); parallelism.pipeline > layers)
        return fail(ErrorKind::unsupported, std::to_string(parallelism.pipeline) + " pipeline stages are more than the model's " +
                                                std::to_string(layers) + " layers");
    if (parallelism.tensor == 1) return {};
    Divisible divisible{parallelism.tensor};
    for (const LayerSpec& layer : model.layers) {
        if (layer.next_token) continue;
        require_attention(divisible, layer.attention);
        if (layer.recurrent) require_recurrent(divisible, *layer.recurrent);
        if (const auto* dense = std::get_if<DenseFeedForward>(&layer.feed_forward))
            divisible.require(dense->length, "rows of the feed-forward network");
        if (const auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward); experts && !parallelism.experts)
            divisible.require(experts->length, "rows of each expert");
    }
    divisible.require(round_up(stored.inventory().vocab_size, vocabulary_padding), "rows of the padded vocabulary");
    require_blocks(divisible, stored, parallelism);
    return divisible.outcome();
}

std::vector<Bytes> weights_per_gpu(const ModelSpec& model, const StoredCheckpoint& stored, const Parallelism& parallelism) {
    const std::vector<std::size_t> stage_of_layer = stages_of_layers(model, parallelism.pipeline);
    std::vector<Bytes> sums(static_cast<std::size_t>(parallelism.pipeline));
    for (const CheckpointModule& module : stored.inventory().modules) {
        if (module.next_token) continue;
        const Bytes bytes = share(module, stored, parallelism);
        if (!module.layer) {
            for (const std::size_t stage : stages_of(module, stored.inventory().tied, sums.size() - 1)) sums[stage] += bytes;
            continue;
        }
        const std::size_t stage = stage_of_layer[static_cast<std::size_t>(*module.layer)];
        sums[stage] += bytes;
        // Decoding multiplies with MLA's projection in 16 bits; of a quantized one the engine makes such a copy.
        if (module.name.ends_with("kv_b_proj") && stored.scheme(module))
            sums[stage] += Bytes{checked_mul(checked_mul(module.inputs, divide_up(module.outputs, parallelism.tensor)), 2)};
    }
    for (Bytes& sum : sums) sum += rotary_tables(model);
    return sums;
}

}  // namespace fitcalc
