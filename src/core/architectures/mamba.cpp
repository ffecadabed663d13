// Mamba without attention, and Jamba: Mamba with attention in some layers and experts in every second one.
// Source: llama.cpp de3ff81, src/models/mamba.cpp, jamba.cpp.
#include "families.hpp"
#include "hybrid.hpp"

namespace fitcalc::architectures {
namespace {

// The only factor that the engine takes.
void require_expansion(const ModelSpec& model, const Mamba& state, DimensionReader& read) {
    if (!read.failed() && state.inner_size != checked_mul(2, model.embedding_length))
        read.reject("ssm.inner_size " + std::to_string(state.inner_size) + " is not twice embedding_length " +
                    std::to_string(model.embedding_length) + ", which llama.cpp asks for");
}

Result<ModelSpec> describe_mamba(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("mamba", read);
    const Mamba state = mamba_state(read, dims.ssm_dt_b_c_rms.value_or(false), false);
    require_expansion(model, state, read);
    for (LayerSpec& layer : model.layers)
        layer = {.attention = NoAttention{}, .feed_forward = NoFeedForward{}, .recurrent = state};
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

// Metadata doesn't say which layers have experts; in the published models it is every second one, as the tensors show.
Result<ModelSpec> describe_jamba(const Dimensions& given) {
    constexpr std::uint32_t experts_step = 2;
    Dimensions dims = given;
    if (!dims.interleave_moe_layer_step) dims.interleave_moe_layer_step = experts_step;
    DimensionReader read{dims};
    ModelSpec model = common_spec("jamba", read);
    model.residual_first = true;
    const Mamba state = mamba_state(read, true, true);
    require_expansion(model, state, read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool attends = !without_kv_heads(dims, i);
        layer.attention = attention_or_none(read, i, attends);
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) full->rope = false;
        layer.feed_forward = feed_forward(read, i);
        if (!attends) layer.recurrent = state;
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

}  // namespace

const Architecture mamba{
    .name = "mamba",
    .description = "Mamba and Falcon Mamba: no attention",
    .source = "llama.cpp de3ff81, src/models/mamba.cpp",
    .describe = describe_mamba,
    .tensors = hybrid_tensors,
};

const Architecture jamba{
    .name = "jamba",
    .description = "Jamba: Mamba with attention in every eighth layer, experts in every second one",
    .source = "llama.cpp de3ff81, src/models/jamba.cpp",
    .describe = describe_jamba,
    .tensors = hybrid_tensors,
};

}  // namespace fitcalc::architectures
