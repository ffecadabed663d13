// InternLM 2 and 2.5. The converter cuts the fused attention matrix up.
// Source: llama.cpp de3ff81, src/models/internlm2.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture internlm2{
    .name = "internlm2",
    .description = "InternLM 2 and 2.5",
    .source = "llama.cpp de3ff81, src/models/internlm2.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("internlm2", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
