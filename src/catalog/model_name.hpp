// A model's name taken apart: which model it is (the identity), and what only says how its file was packed or which of
// two checkpoints of one shape it is. "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M" is metallama3.18b, instruct,
// in Q4_K_M.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

enum class Tuning { unsaid, base, instruct };

struct ModelName {
    std::string owner;                // key of what stands before the last slash; "" without one
    std::vector<std::string> parts;   // of the identity, in order: llama, 3.1, 8, b
    Tuning tuning = Tuning::unsaid;
    std::string quant;                // "Q4_K_M", as named within; "" where none is
    std::string packing;              // "AWQ": how the file is packed where that is no llama.cpp type; "" where none is

    std::string identity(std::size_t from = 0) const;  // the parts' key, from that part on
};

ModelName model_name(std::string_view text);

// All names of a record: id, name, repositories, Ollama tags, aliases and derivatives.
std::vector<std::string_view> texts_of(const ModelRecord& model);

}  // namespace fitcalc
