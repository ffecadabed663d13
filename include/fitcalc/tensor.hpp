// Tensors of a converted model, as a GGUF file lists them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/tensor_name.hpp"

namespace fitcalc {

// Dimensions in ggml's order: ne[0] is the fastest, the length of a row.
struct Shape {
    std::array<std::int64_t, 4> ne{1, 1, 1, 1};

    constexpr Shape() = default;
    constexpr explicit Shape(std::int64_t n0, std::int64_t n1 = 1, std::int64_t n2 = 1, std::int64_t n3 = 1)
        : ne{n0, n1, n2, n3} {}

    constexpr std::int64_t row() const { return ne[0]; }
    constexpr std::int64_t rows() const { return checked_mul(checked_mul(ne[1], ne[2]), ne[3]); }
    constexpr std::int64_t elements() const { return checked_mul(row(), rows()); }
    // Number of dimensions, trailing ones of length 1 not counted (ggml_n_dims).
    constexpr int dimensions() const {
        for (int i = 3; i > 0; --i)
            if (ne[static_cast<std::size_t>(i)] > 1) return i + 1;
        return 1;
    }
    friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

// What a tensor is for; decides where it is placed and how it is reported.
enum class TensorRole {
    token_embedding,  // read by row on the host, never on a device
    output,           // output matrix, its norm and what else follows the last layer
    attention,
    recurrent,        // state-space, linear attention, short convolution
    dense_ffn,
    router,
    routed_experts,
    shared_experts,
    norm,
    other,
};

TensorRole role_of(std::string_view tensor_name);
// N of "blk.N."; nullopt outside the layers.
std::optional<std::int32_t> layer_of(std::string_view tensor_name);
std::string_view name_of(TensorRole role);

struct Tensor {
    TensorName name;
    Shape shape;
    GgmlType type = GgmlType::f16;     // type in the file at hand; F16/F32 in an unquantized conversion
    std::optional<std::int32_t> layer; // N of "blk.N."
    TensorRole role = TensorRole::other;

    Tensor() = default;
    Tensor(const TensorName& tensor_name, Shape tensor_shape, GgmlType tensor_type, std::optional<std::int32_t> tensor_layer)
        : name{tensor_name},
          shape{tensor_shape},
          type{tensor_type},
          layer{tensor_layer},
          role{role_of(name)} {}
    Tensor(const TensorName& tensor_name, Shape tensor_shape, GgmlType tensor_type, std::optional<std::int32_t> tensor_layer,
           TensorRole tensor_role)
        : name{tensor_name},
          shape{tensor_shape},
          type{tensor_type},
          layer{tensor_layer},
          role{tensor_role} {}

    Params params() const { return Params{shape.elements()}; }
    Bytes bytes() const { return bytes_as(type); }
    Bytes bytes_as(GgmlType other) const { return bytes_of(other, shape.row()) * shape.rows(); }
};

struct TensorInventory {
    std::vector<Tensor> tensors;

    Params params() const;
    const Tensor* find(std::string_view name) const;
    // Tied embeddings: the file holds no separate output matrix.
    bool tied() const { return find("output.weight") == nullptr; }
};

}  // namespace fitcalc
