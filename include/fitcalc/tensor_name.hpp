// Names of tensors, as GGUF files have them.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fitcalc {

// The length of the "blk.N." that a tensor's name within a layer begins with; 0 outside the layers.
constexpr std::size_t layer_prefix_length(std::string_view name) {
    constexpr std::string_view layers = "blk.";
    if (!name.starts_with(layers)) return 0;
    std::size_t end = layers.size();
    while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
    return end > layers.size() && end < name.size() && name[end] == '.' ? end + 1 : 0;
}

// "blk.3.ffn_down_exps.weight". The text lies within the object: a model has hundreds of tensors, and their names would
// be most of what is allocated for it.
class TensorName {
public:
    // GGML_MAX_NAME less the closing zero (llama.cpp de3ff81, ggml/include/ggml.h).
    static constexpr std::size_t most_characters = 63;

    TensorName() = default;
    // Throws std::length_error above most_characters; readers of files check the length themselves.
    template <std::convertible_to<std::string_view> Text>
    TensorName(const Text& text) : TensorName{std::string_view{}, text} {}
    TensorName(std::string_view prefix, std::string_view rest) {
        if (prefix.size() > most_characters || rest.size() > most_characters - prefix.size())
            throw std::length_error("a tensor's name of more than 63 characters");
        std::ranges::copy(rest, std::ranges::copy(prefix, text_.begin()).out);
        size_ = static_cast<std::uint8_t>(prefix.size() + rest.size());
    }

    std::string_view view() const { return {text_.data(), size_}; }
    operator std::string_view() const { return view(); }
    std::string str() const { return std::string{view()}; }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool starts_with(std::string_view start) const { return view().starts_with(start); }
    bool ends_with(std::string_view end) const { return view().ends_with(end); }
    void remove_suffix(std::size_t characters) { size_ = static_cast<std::uint8_t>(size_ - std::min<std::size_t>(characters, size_)); }

    // What the tensor is called within its layer, the same in all layers: "ffn_down_exps.weight". Outside the layers the
    // whole name.
    std::string_view in_layer() const { return view().substr(layer_prefix_length(view())); }

    friend bool operator==(const TensorName& a, const TensorName& b) { return a.view() == b.view(); }
    template <std::convertible_to<std::string_view> Text>
    friend bool operator==(const TensorName& a, const Text& b) {
        return a.view() == std::string_view{b};
    }

private:
    std::array<char, most_characters> text_{};
    std::uint8_t size_ = 0;
};

}  // namespace fitcalc
