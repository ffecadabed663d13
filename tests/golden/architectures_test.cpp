// What every architecture comes to, one model of each: the tensors and attention of each kind of layer, and the bytes of
// cache and scratch. Nearly all of it is held to the engine's own figures elsewhere; here a change of any is seen and read.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/compute.hpp"
#include "support/catch.hpp"
#include "support/reference_json.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;

namespace {

// "0-3 5"
std::string ranges_of(const std::vector<std::int32_t>& layers) {
    if (layers.front() < 0) return "outside";
    std::string text;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::size_t first = i;
        while (i + 1 < layers.size() && layers[i + 1] == layers[i] + 1) ++i;
        text += (text.empty() ? "" : " ") + std::to_string(layers[first]) + (i > first ? "-" + std::to_string(layers[i]) : "");
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
        for (int i = 0; i < tensor.shape.dimensions(); ++i) text += (i > 0 ? "," : "") + std::to_string(tensor.shape.ne[static_cast<std::size_t>(i)]);
        text += "]" + std::string(traits(tensor.type).name);
    }
    std::vector<std::pair<std::string, std::vector<std::int32_t>>> kinds;  // tensors, layers
    for (const auto& [layer, text] : by_layer) {
        auto known = std::ranges::find(kinds, text, [](const auto& kind) { return kind.first; });
        if (known == kinds.end()) known = kinds.insert(known, {text, {}});
        known->second.push_back(layer);
    }
    std::string out;
    for (const auto& [text, layers] : kinds) out += "  " + ranges_of(layers) + ":" + text + "\n";
    return out;
}

struct AttentionText {
    std::string operator()(const FullAttention& full) const {
        std::string text = std::to_string(full.heads) + ":" + std::to_string(full.kv_heads) + " heads";
        if (full.window > 0) text += (full.chunked ? ", chunks of " : ", a window of ") + std::to_string(full.window);
        for (const auto& [holds, what] : {std::pair{full.rope, ", rope"}, std::pair{!full.own_cache, ", an earlier layer's cache"},
                                          std::pair{full.sinks, ", sinks"}, std::pair{full.position_scale, ", scaled by position"}})
            if (holds) text += what;
        return text;
    }
    std::string operator()(const LatentAttention& latent) const { return std::to_string(latent.heads) + " latent heads"; }
    std::string operator()(const CompressedRowsAttention& rows) const {
        return std::to_string(rows.heads) + " heads, rows of " + std::to_string(rows.ratio) + ", a window of " + std::to_string(rows.window);
    }
    std::string operator()(const NoAttention&) const { return "none"; }
};

// Each kind of attention with its layers, and with them the blocks that only predict tokens ahead.
std::string attention_of(const ModelSpec& model) {
    std::vector<std::pair<std::string, std::vector<std::int32_t>>> kinds;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const std::string text = std::visit(AttentionText{}, model.layers[i].attention) + (model.layers[i].next_token ? ", next token" : "");
        auto known = std::ranges::find(kinds, text, [](const auto& kind) { return kind.first; });
        if (known == kinds.end()) known = kinds.insert(known, {text, {}});
        known->second.push_back(static_cast<std::int32_t>(i));
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

void add(std::string& text, std::string_view architecture, std::string_view id, const Dimensions& dimensions) {
    const auto model = describe_model(architecture, dimensions);
    text += std::string(architecture) + ", " + std::string(id) + "\n";
    if (!model) {
        text += "  " + model.error().message + "\n";
        return;
    }
    text += "  cache+states,device+host:" + bytes_of(*model, GraphDevice::gpu, 1, true) + bytes_of(*model, GraphDevice::cpu, 3, false) +
            "\n" + attention_of(*model) + tensors_of(*model);
}

}  // namespace

TEST_CASE("tensors, caches and scratch of one model of every architecture") {
    const Catalog catalog;
    std::map<std::string, std::string> texts;
    for (const ModelRecord* record : catalog.models()) {
        std::string& text = texts[std::string(record->architecture)];
        if (text.empty()) add(text, record->architecture, record->id, record->dimensions());
    }
    std::ifstream shapes(FITCALC_TEST_REFERENCE "/shapes.jsonl");
    for (std::string line; std::getline(shapes, line);) {
        const auto shape = nlohmann::json::parse(line);
        const std::string architecture = shape["architecture"];
        std::string& text = texts[architecture];
        if (text.find(", small") == text.npos) add(text, architecture, "small", test::dimensions_of(shape["dimensions"]));
    }
    std::string today;
    for (const auto& [architecture, text] : texts) today += text;
    const std::string path = std::string(FITCALC_SOURCE_DIR) + "/tests/golden/architectures/tensors.txt";
    if (std::getenv("FITCALC_ACCEPT_GOLDEN")) test::write_text(path, today);
    CHECK(today == test::read_text(path));
}
