// Hunyuan, dense: RMS norms on Q and K, after the rotation.
// Source: llama.cpp de3ff81, src/models/hunyuan-dense.cpp, hunyuan-vl.cpp and conversion of the Hugging Face
// checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture hunyuan_dense{
    .name = "hunyuan-dense",
    .description = "Hunyuan, dense",
    .source = "llama.cpp de3ff81, src/models/hunyuan-dense.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("hunyuan-dense", dims, {.qk_norm = QkNorm::head});
        },
    .tensors = transformer_tensors,
};

// Positions of four numbers.
const Architecture hunyuan_vl{
    .name = "hunyuan_vl",
    .description = "Hunyuan VL without its vision tower",
    .source = "llama.cpp de3ff81, src/models/hunyuan-vl.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("hunyuan_vl", dims, {.qk_norm = QkNorm::head, .position_values = 4});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
