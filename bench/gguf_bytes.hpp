// Headers of GGUF files, as far as the benchmarks write them.
#pragma once

#include <cstdint>
#include <string>

template <class Number>
void put(std::string& out, Number number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

inline void put_text(std::string& out, const std::string& text) {
    put<std::uint64_t>(out, text.size());
    out += text;
}
