// ERNIE 4.5, dense.
// Source: llama.cpp de3ff81, src/models/ernie4-5.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture ernie4_5{
    .name = "ernie4_5",
    .description = "ERNIE 4.5, dense",
    .source = "llama.cpp de3ff81, src/models/ernie4-5.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("ernie4_5", dims, {}); },
    .tensors = transformer_tensors,
};

// ERNIE 4.5 with positions of four numbers.
const Architecture paddleocr{
    .name = "paddleocr",
    .description = "PaddleOCR-VL without its vision tower",
    .source = "llama.cpp de3ff81, src/models/paddleocr.cpp",
    .describe =
        [](const Dimensions& dims) { return describe_transformer("paddleocr", dims, {.position_values = 4}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
