// The Hugging Face classes that llama.cpp converts.
#pragma once

#include <string>
#include <string_view>

#include "hf_mapping.hpp"

namespace fitcalc::hf {

struct ModelClass {
    std::string_view name;          // architectures[0]
    std::string_view model_type;    // stands for the class where `architectures` is absent
    std::string_view architecture;  // llama.cpp's
    void (*map)(Import&);
    bool tied = false;  // tie_word_embeddings where config.json doesn't say: the class's own default
    Biases biases = Biases::none;
};

const ModelClass* find_class(std::string_view name);
const ModelClass* find_class_of_type(std::string_view model_type);
std::string nearest_classes(std::string_view name);  // "A, B, C"

}  // namespace fitcalc::hf
