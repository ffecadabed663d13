// What every architecture comes to: the tensors and attention of each kind of layer, the bytes of cache and scratch,
// and the operations of its graph.
#include <algorithm>
#include <map>
#include <sstream>

#include "core/graph/batch.hpp"
#include "core/graph/model_graph.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/compute.hpp"
#include "support/snapshot.hpp"

using namespace fitcalc;

namespace {

// Equal texts once, in the order of the first, with where each is.
class Kinds {
public:
    void add(const std::string& text, std::int32_t place) {
        auto known = std::ranges::find(kinds_, text, &Kind::text);
        if (known == kinds_.end()) known = kinds_.insert(known, {text, {}});
        known->places.push_back(place);
    }

    struct Kind {
        std::string text;
        std::vector<std::int32_t> places;
    };
    auto begin() const { return kinds_.begin(); }
    auto end() const { return kinds_.end(); }

private:
    std::vector<Kind> kinds_;
};

// "0-3 5"
std::string ranges_of(const std::vector<std::int32_t>& layers) {
    if (layers.front() < 0) return "outside";
    std::string text;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::size_t first = i;
        while (i + 1 < layers.size() && layers[i + 1] == layers[i] + 1) ++i;
        text += (text.empty() ? "" : " ") + std::to_string(layers[first]) +
                (i > first ? "-" + std::to_string(layers[i]) : "");
    }
    return text;
}

// "ffn_down.weight[14336,4096]", tensors outside the layers and then each kind of layer with its numbers.
std::string tensors_of(const ModelSpec& model) {
    const TensorInventory inventory = tensor_inventory(model);
    std::map<std::int32_t, std::string> by_layer;
    for (const Tensor& tensor : inventory.tensors) {
        std::string& text = by_layer[tensor.layer.value_or(-1)];
        text += " " + std::string(tensor.name.in_layer()) + "[";
        for (int i = 0; i < tensor.shape.dimensions(); ++i)
            text += (i > 0 ? "," : "") + std::to_string(tensor.shape.ne[static_cast<std::size_t>(i)]);
        text += "]" + std::string(traits(tensor.type).name);
    }
    Kinds kinds;
    for (const auto& [layer, text] : by_layer) kinds.add(text, layer);
    std::string out;
    for (const auto& [text, layers] : kinds) out += "  " + ranges_of(layers) + ":" + text + "\n";
    return out;
}

struct AttentionText {
    std::string operator()(const FullAttention& full) const {
        std::string text = std::to_string(full.heads) + ":" + std::to_string(full.kv_heads) + " heads";
        if (full.window > 0) text += (full.chunked ? ", chunks of " : ", a window of ") + std::to_string(full.window);
        for (const auto& [holds, what] :
             {std::pair{full.rope, ", rope"}, std::pair{!full.own_cache, ", an earlier layer's cache"},
              std::pair{full.sinks, ", sinks"}, std::pair{full.position_scale, ", scaled by position"}})
            if (holds) text += what;
        return text;
    }
    std::string operator()(const LatentAttention& latent) const {
        return std::to_string(latent.heads) + " latent heads";
    }
    std::string operator()(const CompressedRowsAttention& rows) const {
        return std::to_string(rows.heads) + " heads, rows of " + std::to_string(rows.ratio) + ", a window of " +
               std::to_string(rows.window);
    }
    std::string operator()(const NoAttention&) const { return "none"; }
};

// Each kind of attention with its layers, and with them the blocks that only predict tokens ahead.
std::string attention_of(const ModelSpec& model) {
    Kinds kinds;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerSpec& layer = model.layers[i];
        kinds.add(std::visit(AttentionText{}, layer.attention) + (layer.next_token ? ", next token" : ""),
                  static_cast<std::int32_t>(i));
    }
    std::string out;
    for (const auto& [text, layers] : kinds) out += "  attention of " + ranges_of(layers) + ": " + text + "\n";
    return out;
}

std::string bytes_of(const ModelSpec& model, GraphDevice device, std::int64_t sequences, bool flash_attention) {
    EngineSettings settings;
    settings.device = device;
    settings.context = Tokens{16384};
    settings.sequences = sequences;
    settings.flash_attention = flash_attention;
    const CachePlan cache = plan_cache(model, settings);
    const auto compute = compute_buffers(model, settings);
    std::ostringstream out;
    out << " " << cache.attention_bytes().count() << "+" << cache.recurrent_bytes().count() << ",";
    if (compute)
        out << compute->device.count() << "+" << compute->host.count();
    else
        out << compute.error().message;
    return out.str();
}

void add_sizes(std::string& text, const ModelSpec& model) {
    text += "  cache+states,device+host:" + bytes_of(model, GraphDevice::gpu, 1, true) +
            bytes_of(model, GraphDevice::cpu, 3, false) + "\n" + attention_of(model) + tensors_of(model);
}

constexpr const char* op_names[] = {"leaf",
                                    "view",
                                    "add",
                                    "add_id",
                                    "argsort",
                                    "clamp",
                                    "concat",
                                    "cont",
                                    "cpy",
                                    "div",
                                    "fill",
                                    "flash_attn_ext",
                                    "gated_delta_net",
                                    "get_rows",
                                    "glu",
                                    "hyper_combine",
                                    "hyper_post",
                                    "l2_norm",
                                    "lightning_indexer",
                                    "mul",
                                    "mul_mat",
                                    "mul_mat_id",
                                    "norm",
                                    "pad",
                                    "repeat",
                                    "rms_norm",
                                    "rope",
                                    "scale",
                                    "set_rows",
                                    "soft_max",
                                    "ssm_conv",
                                    "ssm_scan",
                                    "sub",
                                    "sum_rows",
                                    "top_k",
                                    "unary",
                                    "weighted_sum",
                                    "wkv7"};
static_assert(std::size(op_names) == static_cast<std::size_t>(graph::Op::wkv7) + 1);

// But for those of one value at the end.
std::size_t dimensions_of(const graph::Node& node) {
    std::size_t count = node.ne.size();
    while (count > 1 && node.ne[count - 1] == 1) --count;
    return count;
}

std::string text_of(const graph::Extents& values, std::size_t count) {
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + std::to_string(values[i]);
    return text + "]";
}

// "mul_mat [512,64] weighted of [1024,64]"
std::string text_of(const graph::Graph& graph, const graph::Node& node) {
    std::string text = op_names[static_cast<std::size_t>(node.op)];
    if (node.type != GgmlType::f32) text += " " + std::string(traits(node.type).name);
    text += " " + text_of(node.ne, dimensions_of(node));
    if (node.op == graph::Op::view) text += " steps " + text_of(node.nb, dimensions_of(node));
    for (const auto& [holds, what] : {std::pair{node.output, " output"}, std::pair{node.weighted, " weighted"}})
        if (holds) text += what;
    const char* between = " of ";
    for (const graph::NodeId id : node.sources()) {
        const graph::Node& source = graph.at(id);
        text += between + text_of(source.ne, dimensions_of(source));
        between = " ";
    }
    return text;
}

// Equal operations once, with how many there are, in the order of the first.
void add_graph(std::string& text, const ModelSpec& model, const EngineSettings& settings, const char* name) {
    graph::GraphPlan plan;
    plan.layers.resize(model.layers.size());
    const auto [graph, left_out] = graph::build_graph(model, graph::batch_of(model, settings), plan);
    Kinds lines;
    for (const graph::NodeId id : graph.order()) lines.add(text_of(graph, graph.at(id)), id);
    text += std::string("  ") + name + ", " + std::to_string(graph.order().size()) + " operations\n";
    for (const auto& [line, nodes] : lines) text += "    " + std::to_string(nodes.size()) + " " + line + "\n";
}

void add_graphs(std::string& text, const ModelSpec& model) {
    EngineSettings settings;
    settings.context = Tokens{4096};
    add_graph(text, model, settings, "one sequence");
    settings.sequences = 3;
    settings.flash_attention = false;
    add_graph(text, model, settings, "three sequences without flash attention");
}

}  // namespace

TEST_CASE("tensors, caches and scratch of one model of every architecture", "[snapshot]") {
    test::check_snapshot("tensors.txt", test::text_of_models(test::ModelsOf::both, add_sizes));
}

TEST_CASE("graphs of one model of every architecture", "[snapshot]") {
    test::check_snapshot("graphs.txt", test::text_of_models(test::ModelsOf::small, add_graphs));
}
