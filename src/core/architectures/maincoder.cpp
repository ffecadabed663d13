// Maincoder: RMS norms on Q and K, after the rotation.
// Source: llama.cpp de3ff81, src/models/maincoder.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture maincoder{
    .name = "maincoder",
    .description = "Maincoder",
    .source = "llama.cpp de3ff81, src/models/maincoder.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("maincoder", dims, {.qk_norm = QkNorm::head});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
