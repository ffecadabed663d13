// What the architecture files share: reading required dimensions, and adding tensors under llama.cpp's names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/result.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc::architectures {

// Dimensions with their presence checked once. `require` notes the first one that is missing or out
// of range; who describes a model asks for `error()` at the end instead of after every line.
class DimensionReader {
public:
    explicit DimensionReader(const Dimensions& dimensions) : dims_{&dimensions} {}

    std::int64_t require(std::string_view name, const Dimension& value);
    std::int64_t require(std::string_view name, const PerLayer& value, std::size_t layer);
    bool failed() const { return !message_.empty(); }
    Error error() const;
    void reject(std::string message);

    const Dimensions& dims() const { return *dims_; }

private:
    const Dimensions* dims_;
    std::string message_;
};

// Marks the last `nextn_predict_layers` blocks.
void mark_next_token_blocks(ModelSpec& model, DimensionReader& read);

// Everything but the layers: sizes, vocabulary, context, tied embeddings.
ModelSpec common_spec(std::string_view architecture, DimensionReader& read);
FullAttention full_attention(DimensionReader& read, std::size_t layer);
// Which layer of a period attends to all tokens.
enum class FullLayer { last, first };
// Whether a layer has a sliding window: as the dimensions list it, or all layers but one of `period`.
bool has_window(const Dimensions& dimensions, std::size_t layer, std::uint32_t period, FullLayer full = FullLayer::last);
void set_windows(ModelSpec& model, const Dimensions& dimensions, std::int64_t window, std::uint32_t period,
                 FullLayer full = FullLayer::last);
// The length of the windows, of a model whose metadata has to say which layers have them; and its layers' windows then.
std::int64_t window_with_pattern(DimensionReader& read);
void set_listed_windows(ModelSpec& model, const Dimensions& dimensions, std::int64_t window, FullLayer full = FullLayer::last);
// Full-attention layers go without rotary positions.
void rotate_in_windows_only(ModelSpec& model);
// Next-token blocks have the dense network of `feed_forward_length`, whatever the layers before them have.
void make_next_token_blocks_dense(ModelSpec& model, const Dimensions& dimensions);
// Dense before `leading_dense_block_count`, experts from there on; dense everywhere in a model without experts.
// With `interleave_moe_layer_step`, experts in every so many-th layer only.
FeedForward feed_forward(DimensionReader& read, std::size_t layer);

class TensorList {
public:
    TensorList() { inventory_.tensors.reserve(2048); }

    // A weight of a layer: "blk.<layer>.<name>", F16 in an unquantized file.
    void layer_weight(std::size_t layer, std::string_view name, Shape shape) { add(layer, name, shape, GgmlType::f16); }
    void layer_tensor(std::size_t layer, std::string_view name, Shape shape, GgmlType type) {
        add(layer, name, shape, type);
    }
    // Norms, biases and routers stay in F32 whatever the file type.
    void layer_f32(std::size_t layer, std::string_view name, Shape shape) { add(layer, name, shape, GgmlType::f32); }
    void weight(std::string_view name, Shape shape);
    void f32(std::string_view name, Shape shape);
    // "blk.<layer>.<name>.weight" and ".bias", as far as the norm has them.
    void layer_norm(std::size_t layer, std::string_view name, const Norm& norm, std::int64_t length);

    TensorInventory take() && { return std::move(inventory_); }

private:
    void add(std::size_t layer, std::string_view name, Shape shape, GgmlType type);
    TensorRole role_in_layer(std::string_view name, std::string_view full_name);

    TensorInventory inventory_;
    std::size_t layer_ = 0;
    std::string prefix_;  // of the names in that layer
    std::size_t next_role_ = 0;
    std::vector<std::pair<std::string, TensorRole>> roles_;  // of names within a layer: the same in every layer
};

// Embedding, output norm, output matrix unless tied, rotary factors.
void add_outer_tensors(TensorList& list, const ModelSpec& model);
// Gate, projection and norm of the layer's own token embedding.
void add_per_layer_input(TensorList& list, const ModelSpec& model, std::size_t layer);
void add_full_attention(TensorList& list, const ModelSpec& model, std::size_t layer, const FullAttention& attention);
// The norm before it, if it has one of its own (`norm_name`, without ".weight"; none if empty), and the network.
void add_feed_forward(TensorList& list, const ModelSpec& model, std::size_t layer, const FeedForward& feed_forward,
                      std::string_view norm_name = "ffn_norm");
// What a next-token (MTP) block holds besides an ordinary layer's tensors: matrices of its own, as far as it has them, and
// a norm after its layer.
struct NextToken {
    bool embedding = false;
    bool output = false;
    std::string_view norm = "nextn.shared_head_norm.weight";
};
void add_next_token(TensorList& list, const ModelSpec& model, std::size_t layer, const NextToken& own);

}  // namespace fitcalc::architectures
