// Shapes of a model's tensors, each once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fitcalc/tensor.hpp"

namespace fitcalc {

// Gives tensors the place of their shape in a list, which grows as shapes come. A model has few of them, and they come in
// the same order layer after layer, so that the next one is where the search begins.
class ShapePlaces {
public:
    explicit ShapePlaces(std::vector<Shape>& shapes) : shapes_{shapes} {}

    std::uint32_t operator[](const Shape& shape) {
        for (std::size_t tried = 0; tried < shapes_.size(); ++tried) {
            if (++last_ >= shapes_.size()) last_ = 0;
            if (same(shapes_[last_], shape)) return static_cast<std::uint32_t>(last_);
        }
        last_ = shapes_.size();
        shapes_.push_back(shape);
        return static_cast<std::uint32_t>(last_);
    }

private:
    // Most differ in the first numbers; comparing arrays would call memcmp.
    static bool same(const Shape& a, const Shape& b) {
        return a.ne[0] == b.ne[0] && a.ne[1] == b.ne[1] && a.ne[2] == b.ne[2] && a.ne[3] == b.ne[3];
    }

    std::vector<Shape>& shapes_;
    std::size_t last_ = 0;
};

}  // namespace fitcalc
