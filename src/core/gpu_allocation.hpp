// What a tensor takes in a buffer.
#pragma once

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Of every tensor in buffers of CUDA's and of the CPU's (llama.cpp de3ff81, ggml/src/ggml-cuda/ggml-cuda.cu,
// ggml/src/ggml-impl.h).
inline constexpr std::int64_t gpu_alignment = 128;
inline constexpr std::int64_t cpu_alignment = 32;

// CUDA reads whole groups of 512 values of a quantized row, so it allocates as many behind a tensor's last one
// (llama.cpp de3ff81, ggml/src/ggml-cuda/ggml-cuda.cu, ggml_backend_cuda_buffer_type_get_alloc_size).
constexpr Bytes row_padding(GgmlType type, std::int64_t row) {
    constexpr std::int64_t group = 512;
    const std::int64_t over = row % group;
    return traits(type).quantized && over != 0 ? bytes_of(type, group - over) : Bytes{};
}

// A tensor of `bytes` with rows of `row` values.
constexpr Bytes gpu_allocation(GgmlType type, std::int64_t row, Bytes bytes) {
    return round_up(bytes + row_padding(type, row), gpu_alignment);
}

}  // namespace fitcalc
