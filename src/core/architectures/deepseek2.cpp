// DeepSeek V2, V3, R1 and Kimi K2: multi-head latent attention and mixture of experts after leading dense layers.
// Source: llama.cpp de3ff81, src/models/deepseek2.cpp; DeepSeek-V2, arXiv:2405.04434 §2.1 (latent attention);
// DeepSeek-V3, arXiv:2412.19437 §2.1. The converter leaves the next-token (MTP) layer out.
#include "builder.hpp"
#include "families.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("deepseek2", read);
    const LatentAttention attention = latent_attention(read);
    model.rope_length = attention.rope_length;
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i)
        model.layers[i] = {attention, feed_forward(read, i)};
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_latent_attention(list, model, i, std::get<LatentAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture deepseek2{
    .name = "deepseek2",
    .description = "DeepSeek V2, V3 and R1, Kimi K2: latent attention and mixture of experts",
    .source = "llama.cpp de3ff81, src/models/deepseek2.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
