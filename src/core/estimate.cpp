#include "fitcalc/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "fitcalc/architecture.hpp"

namespace fitcalc {
namespace {

Error from(const std::exception& overflow) { return Error{ErrorKind::bad_data, overflow.what(), {}}; }

std::string_view type_name(GgmlType type) { return traits(type).name; }

// The row of one head must fill whole blocks of the cache type.
Result<void> check_cache_type(std::string_view option, GgmlType type, std::int64_t row) {
    if (divides(type, row)) return {};
    return fail(ErrorKind::usage, std::string(option) + " " + std::string(type_name(type)) + " stores blocks of " +
                                      std::to_string(traits(type).block_values) + " values; this model's heads have " +
                                      std::to_string(row),
                "use f16 or a type with smaller blocks");
}

struct CheckCacheTypes {
    const EngineSettings& settings;

    Result<void> operator()(const FullAttention& attention) const {
        if (auto ok = check_cache_type("--kv-type-k", settings.type_k, attention.key_length); !ok) return ok;
        return check_cache_type("--kv-type-v", settings.type_v, attention.value_length);
    }
    Result<void> operator()(const LatentAttention& attention) const {
        if (auto ok = check_cache_type("--kv-type-k", settings.type_k, attention.cached_values()); !ok) return ok;
        if (!attention.indexer) return {};
        return check_cache_type("--kv-type-k", settings.type_k, attention.indexer->key_length);
    }
    Result<void> operator()(const CompressedRowsAttention& attention) const {
        if (auto ok = check_cache_type("--kv-type-k", settings.type_k, attention.head_length); !ok) return ok;
        if (!attention.indexer) return {};
        return check_cache_type("--kv-type-k", settings.type_k, attention.indexer->key_length);
    }
    Result<void> operator()(const NoAttention&) const { return {}; }
};

}  // namespace

Result<void> check_settings(const ModelSpec& model, const EngineSettings& settings) {
    constexpr std::int64_t most_tokens = std::int64_t{1} << 31;  // llama.cpp counts them in 32 bits
    if (settings.context < Tokens{1} || settings.context.count() > most_tokens)
        return fail(ErrorKind::usage, "--ctx " + std::to_string(settings.context.count()) + " is out of range",
                    "a number of tokens from 1 to 2147483648, or max");
    if (settings.sequences < 1 || settings.sequences > sequence_limit)
        return fail(ErrorKind::usage, "--parallel " + std::to_string(settings.sequences) + " is out of range",
                    "llama.cpp takes 1 to 256 sequences");
    if (settings.ubatch < Tokens{1} || settings.ubatch.count() > most_tokens)
        return fail(ErrorKind::usage, "--ubatch " + std::to_string(settings.ubatch.count()) + " is out of range");
    if (traits(settings.type_v).quantized && !uses_flash_attention(model, settings))
        return fail(ErrorKind::usage, "a quantized V cache needs flash attention",
                    model.no_flash_attention ? "llama.cpp turns it off for this architecture: use --kv-type-v f16"
                                             : "leave --flash-attn on, or use --kv-type-v f16");
    for (const auto& layer : model.layers)
        if (auto ok = std::visit(CheckCacheTypes{settings}, layer.attention); !ok) return ok;
    return {};
}

Result<Estimator> Estimator::create(ModelSpec model, Bytes metadata) {
    try {
        TensorInventory inventory = tensor_inventory(model);
        return create(std::move(model), std::move(inventory), metadata);
    } catch (const std::overflow_error& overflow) {
        return tl::unexpected(from(overflow));
    }
}

Result<Estimator> Estimator::create(ModelSpec model, TensorInventory inventory, Bytes metadata) {
    try {
        if (model.layers.empty()) return fail(ErrorKind::bad_data, "the model has no layers");
        if (inventory.tensors.empty()) return fail(ErrorKind::bad_data, "the model has no tensors");
        for (const Tensor& tensor : inventory.tensors) {
            if (tensor.layer && static_cast<std::size_t>(*tensor.layer) >= model.layers.size())
                return fail(ErrorKind::bad_data, "tensor " + tensor.name.str() + " belongs to a layer beyond the " +
                                                     std::to_string(model.layers.size()) + " that block_count states");
            if (!divides(tensor.type, tensor.shape.row()))
                return fail(ErrorKind::bad_data, "tensor " + tensor.name.str() + " has rows of " +
                                                     std::to_string(tensor.shape.row()) + " values, which do not fill blocks of " +
                                                     std::string(traits(tensor.type).name));
        }
        // No type that weights are stored in is larger than F32, so what fits here fits at every quantization.
        Bytes largest;
        for (const Tensor& tensor : inventory.tensors) largest += tensor.bytes_as(GgmlType::f32);
        return Estimator{std::move(model), std::move(inventory), metadata};
    } catch (const std::overflow_error& overflow) {
        return tl::unexpected(from(overflow));
    }
}

Estimator::Estimator(ModelSpec model, TensorInventory inventory, Bytes metadata)
    : model_{std::move(model)},
      inventory_{std::move(inventory)},
      parameters_{inventory_.params()},
      quant_planner_{model_, inventory_},
      weight_planner_{model_, inventory_},
      file_header_{gguf_header_size(gguf_tensor_list_size(inventory_), metadata)} {}

std::vector<GgmlType> Estimator::types(FileType type, bool importance_matrix) const {
    return quant_planner_.types(type, importance_matrix);
}

std::vector<GgmlType> Estimator::own_types() const {
    std::vector<GgmlType> own;
    own.reserve(inventory_.tensors.size());
    for (const Tensor& tensor : inventory_.tensors) own.push_back(tensor.type);
    return own;
}

QuantizedModel Estimator::quantize(FileType type, bool importance_matrix) const {
    QuantizedModel quantized = in_types(type, types(type, importance_matrix));
    quantized.importance_matrix = importance_matrix;
    return quantized;
}

std::vector<GgmlType> Estimator::types_of(const QuantizedModel& quantized) const {
    return quantized.importance_matrix ? types(quantized.type, *quantized.importance_matrix) : own_types();
}

QuantizedModel Estimator::as_it_is(FileType type) const { return in_types(type, own_types()); }

QuantizedModel Estimator::in_types(FileType type, std::span<const GgmlType> chosen) const {
    QuantizedModel quantized;
    quantized.type = type;
    quantized.weights = weight_planner_.plan(chosen);
    quantized.file_size = file_header_ + quantized.weights.file_padded;
    quantized.bits_per_weight =
        8.0 * static_cast<double>(quantized.weights.file.count()) / static_cast<double>(parameters_.count());
    return quantized;
}

Bytes Estimator::token_embedding(GgmlType type) const {
    Bytes bytes;
    for (const Tensor& tensor : inventory_.tensors)
        if (tensor.role == TensorRole::token_embedding && divides(type, tensor.shape.row())) bytes += tensor.bytes_as(type);
    return bytes;
}

QuantizedModel Estimator::with_q8_ends(FileType type) const {
    auto chosen = types(type, true);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Tensor& tensor = inventory_.tensors[i];
        const bool end = tensor.name == "token_embd.weight" || tensor.name == "output.weight";
        if (end && divides(GgmlType::q8_0, tensor.shape.row())) chosen[i] = GgmlType::q8_0;
    }
    return in_types(type, chosen);
}

QuantizedModel Estimator::of_size(Bytes file_size, bool q8_ends, std::span<const QuantizedModel> mixes) const {
    const auto ends = [&](const WeightPlan& plan) { return plan.host + (inventory_.tied() ? Bytes{} : plan.output); };
    const auto size_of = [&](const QuantizedModel& mix) { return q8_ends ? mix.file_size - ends(mix.weights) : mix.file_size; };
    const Bytes size = q8_ends ? file_size - ends(with_q8_ends(FileType::q4_k_m).weights) : file_size;
    const QuantizedModel& likest = *std::ranges::min_element(mixes, {}, [&](const QuantizedModel& mix) {
        return std::abs((size_of(mix) - size).count());
    });
    QuantizedModel nearest = q8_ends ? with_q8_ends(likest.type) : likest;
    WeightPlan& plan = nearest.weights;
    const Bytes target = plan.file + file_size - nearest.file_size;
    const Bytes kept = q8_ends ? ends(plan) : Bytes{};  // ends of a known type keep their size
    const double factor = static_cast<double>((target - kept).count()) / static_cast<double>((plan.file - kept).count());
    const auto stretch = [&](Bytes& part) { part = Bytes{std::llround(static_cast<double>(part.count()) * factor)}; };
    for (Bytes& layer : plan.layers) stretch(layer);
    if (!q8_ends) {
        stretch(plan.host);
        stretch(plan.output);
        if (!inventory_.tied())
            nearest.uncertain = std::max({token_embedding(GgmlType::q8_0) - plan.host,
                                          plan.host - token_embedding(GgmlType::q4_0), Bytes{}});
    }
    plan.file = target;
    nearest.file_size = file_size;
    nearest.bits_per_weight = 8.0 * static_cast<double>(target.count()) / static_cast<double>(parameters_.count());
    return nearest;
}

Result<ContextCosts> Estimator::context_costs(const EngineSettings& settings) const {
    const auto compute = compute_buffers(model_, settings);
    if (!compute) return tl::unexpected(compute.error());
    try {
        return ContextCosts{plan_cache(model_, settings), *compute};
    } catch (const std::overflow_error& overflow) {
        return tl::unexpected(from(overflow));
    }
}

MemoryEstimate Estimator::estimate(const QuantizedModel& quantized, const ContextCosts& costs,
                                   const BackendOverhead& overhead) const {
    MemoryEstimate e;
    e.weights = quantized.weights.file;
    e.weights_device = quantized.weights.device();
    e.weights_host = quantized.weights.host;
    e.kv_cache = costs.cache.attention_bytes();
    e.recurrent_state = costs.cache.recurrent_bytes();
    e.compute = costs.compute.device;
    e.compute_host = costs.compute.host;
    e.overhead = overhead.typical();
    e.total = e.weights_device + e.kv_cache + e.recurrent_state + e.compute + e.overhead;
    e.host = e.weights_host + e.compute_host;
    e.file_size = quantized.file_size;
    e.error = error_band(e.compute, overhead) + quantized.uncertain;
    e.recommended = e.total + e.error + llama_fit_margin;
    e.bits_per_weight = quantized.bits_per_weight;
    e.error_percent = 100.0 * static_cast<double>(e.error.count()) / static_cast<double>(e.total.count());
    return e;
}

Bytes Estimator::error_band(Bytes compute, const BackendOverhead& overhead) const {
    const auto architecture = find_architecture(model_.architecture);
    const std::int64_t percent = architecture ? (*architecture)->compute_error_percent : 0;
    return compute * percent / 100 + overhead.spread();
}

}  // namespace fitcalc
