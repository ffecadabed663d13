// DeepSeek-V3.2 and GLM-5: latent attention whose lightning indexer picks the tokens it sees, mixture of experts.
// Source: llama.cpp de3ff81, src/models/deepseek32.cpp, glm-dsa.cpp; DeepSeek-V3.2, arXiv:2512.02556 §2.1.
// The files hold the next-token (MTP) block; GLM-5's uses the model's embedding and output matrix (its published
// conversions have 753.86 billion parameters).
#include "families.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(std::string_view architecture, const Dimensions& dims, bool own_vocabulary) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    mark_next_token_blocks(model, read);
    model.nextn_embeddings = dims.nextn_embeddings.value_or(own_vocabulary);
    LatentAttention attention = latent_attention(read);
    attention.indexer = indexer(read);
    model.rope_length = attention.rope_length;
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        model.layers[i].attention = attention;
        model.layers[i].feed_forward = feed_forward(read, i);
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_latent_attention(list, model, i, std::get<LatentAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
        if (model.layers[i].next_token)
            add_next_token(list, model, i, {.embedding = model.nextn_embeddings, .output = model.nextn_embeddings});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture deepseek32{
    .name = "deepseek32",
    .description = "DeepSeek-V3.2: sparse latent attention with a lightning indexer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/deepseek32.cpp",
    .describe = [](const Dimensions& dims) { return describe("deepseek32", dims, true); },
    .tensors = tensors,
};

const Architecture glm_dsa{
    .name = "glm-dsa",
    .description = "GLM-5: sparse latent attention with a lightning indexer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/glm-dsa.cpp",
    .describe = [](const Dimensions& dims) { return describe("glm-dsa", dims, false); },
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
