#include "groups.hpp"

#include <algorithm>
#include <map>

namespace fitcalc {
namespace {

struct Label {
    std::string operator()(const LatentAttention& a) const { return a.indexer ? "sparse MLA" : "MLA"; }
    std::string operator()(const CompressedRowsAttention& a) const {
        if (a.ratio == 0) return "MQA + SWA";
        return "compressed " + std::to_string(a.ratio) + ":1 + SWA";
    }
    std::string operator()(const NoAttention&) const { return {}; }
    std::string operator()(const FullAttention& a) const { return heads(a) + (a.window > 0 ? " + SWA" : ""); }

private:
    static std::string heads(const FullAttention& a) {
        if (a.heads == a.kv_heads) return "MHA";
        if (a.kv_heads == 1) return "MQA";
        return "GQA " + std::to_string(a.heads) + ":" + std::to_string(a.kv_heads);
    }
};

struct RecurrentLabel {
    std::string operator()(const Mamba&) const { return "Mamba"; }
    std::string operator()(const Mamba2&) const { return "Mamba-2"; }
    std::string operator()(const GatedDeltaNet&) const { return "gated delta net"; }
    std::string operator()(const KimiDeltaAttention&) const { return "Kimi delta attention"; }
    std::string operator()(const ShortConvolution&) const { return "short convolution"; }
    std::string operator()(const Rwkv7&) const { return "RWKV-7"; }
};

using Counts = std::vector<std::pair<std::string, std::size_t>>;

void count(Counts& counts, const std::string& label) {
    if (label.empty()) return;
    const auto found = std::ranges::find(counts, label, &Counts::value_type::first);
    if (found == counts.end()) counts.emplace_back(label, 1);
    else ++found->second;
}

struct GroupOf {
    const EngineSettings& settings;

    CacheGroup operator()(const LatentAttention& a) const {
        CacheGroup group;
        group.kind = "latent attention (MLA)";
        group.values_per_token = std::to_string(a.kv_lora_rank) + " + " + std::to_string(a.rope_length);
        group.cells = settings.stream_context();
        group.streams = settings.streams();
        group.cached_values = group.key_values = a.cached_values();
        group.bytes_per_token = bytes_of(settings.type_k, a.cached_values());
        if (!a.indexer) return group;
        group.kind = "sparse latent attention (MLA) with an indexer";
        group.values_per_token += " + " + std::to_string(a.indexer->key_length);
        group.cached_values = group.key_values = checked_add(a.cached_values(), a.indexer->key_length);
        group.bytes_per_token += bytes_of(settings.type_k, a.indexer->key_length);
        return group;
    }
    CacheGroup operator()(const CompressedRowsAttention& a) const {
        CacheGroup group;
        group.kind = "multi-query attention, window of " + std::to_string(a.window) + " tokens";
        group.values_per_token = "1 × " + std::to_string(a.head_length);
        group.cells = settings.own_window_cells(a.window);
        group.streams = settings.sequences;
        group.cached_values = group.key_values = a.head_length;
        group.bytes_per_token = bytes_of(settings.type_k, a.head_length);
        return group;
    }
    CacheGroup operator()(const NoAttention&) const { return {}; }
    CacheGroup operator()(const FullAttention& a) const {
        CacheGroup group;
        group.kind = a.heads == a.kv_heads ? "multi-head attention" : "grouped-query attention";
        const std::string heads = std::to_string(a.kv_heads) + " × ";
        group.values_per_token = heads + std::to_string(a.key_length) + " + " + heads + std::to_string(a.value_length);
        if (a.window > 0)
            group.kind += (a.chunked ? ", chunks of " : ", window of ") + std::to_string(a.window) + " tokens";
        group.cells = settings.window_cells(a.window);
        group.streams = settings.streams();
        group.key_values = a.key_values();
        group.value_values = a.value_values();
        group.cached_values = group.key_values + group.value_values;
        group.bytes_per_token = bytes_of(settings.type_k, a.key_values()) + bytes_of(settings.type_v, a.value_values());
        return group;
    }
};

// What such a layer keeps beside its window: a cell for every `ratio` tokens.
CacheGroup compressed_group(const CompressedRowsAttention& a, const EngineSettings& settings) {
    CacheGroup group;
    group.kind = "compressed attention, a row for every " + std::to_string(a.ratio) + " tokens";
    group.values_per_token = "1 × " + std::to_string(a.head_length);
    group.cells = compressed_cells(settings.stream_context(), a.ratio);
    group.streams = settings.sequences;
    group.tokens_per_cell = a.ratio;
    group.cached_values = a.head_length;
    group.bytes_per_token = bytes_of(settings.type_k, a.head_length);
    if (a.indexer) {
        group.kind += " with an indexer";
        group.values_per_token += " + " + std::to_string(a.indexer->key_length);
        group.cached_values = checked_add(a.head_length, a.indexer->key_length);
        group.bytes_per_token += bytes_of(settings.type_k, a.indexer->key_length);
    }
    group.key_values = group.cached_values;
    return group;
}

}  // namespace

std::string recurrent_label(const Recurrent& recurrent) { return std::visit(RecurrentLabel{}, recurrent); }

// Kinds that not every layer has say in how many they are.
std::string attention_label(const ModelSpec& model) {
    Counts attention, recurrent;
    std::size_t layers = 0;
    for (const LayerSpec& layer : model.layers) {
        if (layer.next_token) continue;
        ++layers;
        count(attention, std::visit(Label{}, layer.attention));
        if (layer.recurrent) count(recurrent, recurrent_label(*layer.recurrent));
    }
    std::string text;
    for (const Counts& counts : {attention, recurrent})
        for (const auto& [label, times] : counts) {
            const std::string many = std::to_string(times) + (text.empty() ? " of " + std::to_string(layers) + " layers" : "");
            text += (text.empty() ? "" : ", ") + label + (times == layers ? "" : " in " + many);
        }
    return text;
}

std::vector<WeightGroup> weight_groups(const TensorInventory& inventory, std::span<const GgmlType> types) {
    std::map<TensorRole, std::map<GgmlType, Params>> by_role;
    std::map<TensorRole, Bytes> bytes;
    for (std::size_t i = 0; i < inventory.tensors.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        const TensorRole role = tensor.role;
        by_role[role][types[i]] += tensor.params();
        bytes[role] += tensor.bytes_as(types[i]);
    }
    std::vector<WeightGroup> groups;
    for (const auto& [role, by_type] : by_role) {
        WeightGroup group{role, {}, bytes[role], {by_type.begin(), by_type.end()}};
        for (const auto& [type, params] : by_type) group.parameters += params;
        std::ranges::stable_sort(group.types, [](const auto& a, const auto& b) { return a.second > b.second; });
        groups.push_back(std::move(group));
    }
    std::ranges::stable_sort(groups, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return groups;
}

Bytes tied_copy(const TensorInventory& inventory, std::span<const GgmlType> types) {
    if (!inventory.tied()) return {};
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (inventory.tensors[i].name == "token_embd.weight") sum += inventory.tensors[i].bytes_as(types[i]);
    return sum;
}

namespace {

// Whether a layer keeps K and V: next-token blocks are not loaded, and some layers read an earlier one's.
bool has_cache(const LayerSpec& layer) {
    const auto* full = std::get_if<FullAttention>(&layer.attention);
    if (layer.next_token || std::holds_alternative<NoAttention>(layer.attention)) return false;
    return full == nullptr || full->own_cache;
}

}  // namespace

std::vector<CacheGroup> cache_groups(const ModelSpec& model, const EngineSettings& settings) {
    std::vector<CacheGroup> groups;
    const auto add = [&](const CacheGroup& one) {
        auto same = std::ranges::find_if(groups, [&](const CacheGroup& g) {
            return g.kind == one.kind && g.values_per_token == one.values_per_token;
        });
        if (same == groups.end()) {
            groups.push_back(one);
            same = groups.end() - 1;
        } else {
            same->bytes_per_token += one.bytes_per_token;
        }
        ++same->layers;
    };
    for (const LayerSpec& layer : model.layers) {
        if (!has_cache(layer)) continue;
        add(std::visit(GroupOf{settings}, layer.attention));
        if (const auto* rows = std::get_if<CompressedRowsAttention>(&layer.attention); rows != nullptr && rows->ratio > 0)
            add(compressed_group(*rows, settings));
    }
    return groups;
}

Bytes bytes_per_token(const ModelSpec& model, const EngineSettings& settings) {
    Bytes sum;
    for (const CacheGroup& group : cache_groups(model, settings))
        if (group.tokens_per_cell > 1)
            sum += Bytes{divide_up(group.bytes_per_token.count(), group.tokens_per_cell)};
        else if (group.cells == settings.stream_context())
            sum += group.bytes_per_token;
    return sum;
}

}  // namespace fitcalc
