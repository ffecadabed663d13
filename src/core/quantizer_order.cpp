#include "quantizer_order.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string_view>

#include "fitcalc/text.hpp"

namespace fitcalc {
namespace {

// tensor_allows_quantization: all others keep the type of the source file.
bool quantizable_name(std::string_view name) {
    static constexpr std::array excluded{
        std::string_view{"_norm.weight"}, std::string_view{"ffn_gate_inp.weight"},
        std::string_view{"ffn_gate_tid2eid.weight"}, std::string_view{"altup"}, std::string_view{"laurel"},
        std::string_view{"per_layer_model_proj"}, std::string_view{"ssm_conv1d"},
        std::string_view{"shortconv.conv.weight"}, std::string_view{"indexer.k_proj.weight"},
        std::string_view{"indexer.q_proj.weight"}, std::string_view{"time_mix_first.weight"},
        std::string_view{"time_mix_w0.weight"}, std::string_view{"time_mix_w1.weight"},
        std::string_view{"time_mix_w2.weight"}, std::string_view{"time_mix_v0.weight"},
        std::string_view{"time_mix_v1.weight"}, std::string_view{"time_mix_v2.weight"},
        std::string_view{"time_mix_a0.weight"}, std::string_view{"time_mix_a1.weight"},
        std::string_view{"time_mix_a2.weight"}, std::string_view{"time_mix_g1.weight"},
        std::string_view{"time_mix_g2.weight"}, std::string_view{"time_mix_decay_w1.weight"},
        std::string_view{"time_mix_decay_w2.weight"}, std::string_view{"time_mix_lerp_fused.weight"},
        std::string_view{"attn_rel_b.weight"}, std::string_view{".position_embd"}, std::string_view{".patch_embd"},
        std::string_view{".patch_merger"}, std::string_view{".rel_pos"}, std::string_view{"sam."},
        std::string_view{"position_embd.weight"}, std::string_view{"token_types.weight"},
    };
    if (!name.ends_with("weight")) return false;
    return std::ranges::none_of(excluded, [&](std::string_view part) { return contains(name, part); });
}

// The first that matches.
TensorCategory category_of(std::string_view name) {
    struct Pattern {
        std::string_view part;
        TensorCategory category;
    };
    static constexpr std::array patterns{
        Pattern{"attn_qkv.weight", TensorCategory::qkv}, Pattern{"attn_kv_b.weight", TensorCategory::kv_b},
        Pattern{"attn_v.weight", TensorCategory::v},     Pattern{"attn_k.weight", TensorCategory::k},
        Pattern{"attn_q.weight", TensorCategory::q},     Pattern{"attn_output.weight", TensorCategory::attention_output},
        Pattern{"ffn_up", TensorCategory::up},           Pattern{"ffn_gate", TensorCategory::gate},
        Pattern{"ffn_down", TensorCategory::down},
    };
    if (name == "output.weight") return TensorCategory::output;
    if (name == "token_embd.weight" || name == "per_layer_token_embd.weight") return TensorCategory::embedding;
    const auto found = std::ranges::find_if(patterns, [&](const Pattern& p) { return contains(name, p.part); });
    return found == patterns.end() ? TensorCategory::other : found->category;
}

// What a name says; the same for a name in every layer.
struct NameFacts {
    TensorCategory category;
    bool quantizable;
};

// Names within layers repeat, so each is looked at once.
class NameIndex {
public:
    // The place of the tensor's name among the different ones.
    std::uint32_t operator[](const Tensor& tensor) {
        const std::string_view name = tensor.name.in_layer();
        const auto same = [&](const Entry& entry) { return entry.name == name && entry.layered == tensor.layer.has_value(); };
        // Layers mostly list the same names in the same order.
        if (next_ >= entries_.size() || !same(entries_[next_])) {
            const auto known = std::ranges::find_if(entries_, same);
            next_ = static_cast<std::size_t>(known - entries_.begin());
            if (known == entries_.end())
                entries_.push_back({name, tensor.layer.has_value(), {category_of(tensor.name), quantizable_name(tensor.name)}});
        }
        return static_cast<std::uint32_t>(next_++);
    }
    const NameFacts& facts(std::size_t place) const { return entries_[place].facts; }

    // For each place, how many names come before its own.
    std::vector<std::uint32_t> ranks() const {
        std::vector<std::uint32_t> order(entries_.size()), ranks(entries_.size());
        std::iota(order.begin(), order.end(), std::uint32_t{0});
        std::ranges::stable_sort(order, {}, [&](std::uint32_t place) { return entries_[place].name; });
        for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
        return ranks;
    }

private:
    struct Entry {
        std::string_view name;
        bool layered;
        NameFacts facts;
    };
    std::vector<Entry> entries_;
    std::size_t next_ = 0;  // place that is tried first
};

struct Visit {
    std::uint32_t tensor = 0;  // in the inventory
    std::uint32_t name = 0;    // in the index
};

// By a number of each below `numbers`; those of one number stay in their order.
template <class Number>
std::vector<Visit> counted_out(const std::vector<Visit>& visits, std::size_t numbers, Number number) {
    std::vector<std::uint32_t> next(numbers + 1);  // place of the next one with this number
    for (const Visit& visit : visits) ++next.at(number(visit) + 1);
    std::partial_sum(next.begin(), next.end(), next.begin());
    std::vector<Visit> ordered(visits.size());
    for (const Visit& visit : visits) ordered[next[number(visit)]++] = visit;
    return ordered;
}

}  // namespace

// Within a layer names differ behind "blk.N." only, so that the order of what is behind is theirs.
std::vector<QuantizerVisit> quantizer_order(const TensorInventory& inventory, std::size_t layers) {
    NameIndex names;
    std::vector<Visit> visits;
    visits.reserve(inventory.tensors.size());
    for (std::uint32_t i = 0; i < inventory.tensors.size(); ++i) visits.push_back({i, names[inventory.tensors[i]]});
    const std::vector<std::uint32_t> ranks = names.ranks();
    const auto rank = [&](const Visit& visit) { return std::size_t{ranks[visit.name]}; };
    const auto layer = [&](const Visit& visit) {
        return static_cast<std::size_t>(inventory.tensors[visit.tensor].layer.value_or(-1) + 1);
    };
    std::vector<QuantizerVisit> order;
    order.reserve(visits.size());
    for (const Visit& visit : counted_out(counted_out(visits, ranks.size(), rank), layers + 1, layer))
        order.push_back({visit.tensor, names.facts(visit.name).category, names.facts(visit.name).quantizable});
    return order;
}

}  // namespace fitcalc
