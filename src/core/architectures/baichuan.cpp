// Baichuan 1 and 2. Only the 7B models, which llama.cpp tells by their 32 layers, have rotary positions; the others
// have ALiBi.
// Source: llama.cpp de3ff81, src/models/baichuan.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    constexpr std::uint32_t layers_of_7b = 32;
    return describe_transformer("baichuan", dims, {.rope = dims.block_count == layers_of_7b});
}

}  // namespace

const Architecture baichuan{
    .name = "baichuan",
    .description = "Baichuan 1 and 2",
    .source = "llama.cpp de3ff81, src/models/baichuan.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
