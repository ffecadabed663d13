// dots.llm1: experts after leading dense layers, RMS norms on Q and K.
// Source: llama.cpp de3ff81, src/models/dots1.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture dots1{
    .name = "dots1",
    .description = "dots.llm1: experts after leading dense layers",
    .source = "llama.cpp de3ff81, src/models/dots1.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("dots1", dims, {.qk_norm = QkNorm::head, .expert_weights_norm = false});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
