// The work of one token for one model at many quantizations.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fitcalc/token_work.hpp"

namespace fitcalc {

// What does not depend on the types (caches, launches, which tensors are read and for which layer) is found once, so
// that a table of all file types costs little.
class TokenWorkPlanner {
public:
    TokenWorkPlanner(const ModelSpec& model, const TensorInventory& inventory, const EngineSettings& settings);

    // As token_work(); `types`: of each tensor, in the inventory's order.
    std::vector<TokenWork> work(std::span<const GgmlType> types) const;

private:
    struct ReadTensor {
        std::uint32_t index;  // in the inventory
        std::uint32_t shape;  // index into shapes_
        std::uint32_t layer;
        bool expert = false;
        double multiply_adds = 0;  // for one token of a prompt
    };

    std::vector<TokenWork> without_weights_;
    std::vector<ReadTensor> tensors_;
    std::vector<Shape> shapes_;  // each once
};

}  // namespace fitcalc
