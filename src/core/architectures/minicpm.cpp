// MiniCPM 1, 2 and 4: Llama with scaled embeddings, residuals and logits.
// Source: llama.cpp de3ff81, src/models/minicpm.cpp, granite.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture minicpm{
    .name = "minicpm",
    .description = "MiniCPM 1, 2 and 4",
    .source = "llama.cpp de3ff81, src/models/minicpm.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("minicpm", dims, {.scaled_embeddings = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
