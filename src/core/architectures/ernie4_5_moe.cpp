// ERNIE 4.5 with experts after leading dense layers.
// Source: llama.cpp de3ff81, src/models/ernie4-5.cpp, ernie4-5-moe.cpp and conversion of the Hugging Face
// checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture ernie4_5_moe{
    .name = "ernie4_5-moe",
    .description = "ERNIE 4.5 with experts",
    .source = "llama.cpp de3ff81, src/models/ernie4-5-moe.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("ernie4_5-moe", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
