// EXAONE 3 and 3.5.
// Source: llama.cpp de3ff81, src/models/exaone.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture exaone{
    .name = "exaone",
    .description = "EXAONE 3 and 3.5",
    .source = "llama.cpp de3ff81, src/models/exaone.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("exaone", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
