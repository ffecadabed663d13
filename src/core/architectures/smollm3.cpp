// SmolLM 3: every fourth layer does without rotary positions.
// Source: llama.cpp de3ff81, src/models/smollm3.cpp (where the step of four stands, too) and conversion of the Hugging
// Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture smollm3{
    .name = "smollm3",
    .description = "SmolLM 3: no rotary positions in every fourth layer",
    .source = "llama.cpp de3ff81, src/models/smollm3.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("smollm3", dims, {.no_rope_step = 4}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
