// MPT: layer norms without biases, ALiBi instead of rotary positions.
// Source: llama.cpp de3ff81, src/models/mpt.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture mpt{
    .name = "mpt",
    .description = "MPT",
    .source = "llama.cpp de3ff81, src/models/mpt.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("mpt", dims,
                                        {.fused_qkv = true,
                                         .rope = false,
                                         .dense = {.gated = false},
                                         .norm = {.layer = true}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
