// Shapes of a model's tensors, each once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fitcalc/tensor.hpp"

namespace fitcalc {

// Gives tensors the place of their shape in a list, which grows as shapes come. A model has few of them.
class ShapePlaces {
public:
    explicit ShapePlaces(std::vector<Shape>& shapes) : shapes_{shapes} {}

    std::uint32_t operator[](const Shape& shape) {
        std::uint32_t& guess = guesses_[slot(shape)];
        if (guess < shapes_.size() && same(shapes_[guess], shape)) return guess;
        guess = 0;
        while (guess < shapes_.size() && !same(shapes_[guess], shape)) ++guess;
        if (guess == shapes_.size()) shapes_.push_back(shape);
        return guess;
    }

private:
    // Most differ in the first numbers; comparing arrays would call memcmp.
    static bool same(const Shape& a, const Shape& b) {
        return a.ne[0] == b.ne[0] && a.ne[1] == b.ne[1] && a.ne[2] == b.ne[2] && a.ne[3] == b.ne[3];
    }

    static std::size_t slot(const Shape& shape) {
        constexpr std::uint64_t mix = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
        const auto n = [&](std::size_t i) { return static_cast<std::uint64_t>(shape.ne[i]); };
        return static_cast<std::size_t>(((n(0) * 3 + n(1)) * 3 + n(2)) * mix >> (64 - slot_bits));
    }

    static constexpr int slot_bits = 6;

    std::vector<Shape>& shapes_;
    std::array<std::uint32_t, std::size_t{1} << slot_bits> guesses_{};  // where a shape of that slot was last found
};

}  // namespace fitcalc
