// What a tensor takes in a GPU buffer.
#pragma once

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

// A tensor of `bytes` with rows of `row` values. CUDA reads whole groups of 512 values of a quantized row, so it
// allocates as many behind the last one (llama.cpp de3ff81, ggml/src/ggml-cuda/ggml-cuda.cu,
// ggml_backend_cuda_buffer_type_get_alloc_size); every tensor is aligned to 128 bytes.
constexpr Bytes gpu_allocation(GgmlType type, std::int64_t row, Bytes bytes) {
    constexpr std::int64_t row_padding = 512;
    constexpr std::int64_t alignment = 128;
    if (const std::int64_t over = row % row_padding; traits(type).quantized && over != 0)
        bytes += bytes_of(type, row_padding - over);
    return round_up(bytes, alignment);
}

}  // namespace fitcalc
