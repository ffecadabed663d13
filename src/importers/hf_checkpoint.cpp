#include "hf_checkpoint.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalog/bounded_json.hpp"
#include "fitcalc/text.hpp"
#include "hf_config.hpp"
#include "paths.hpp"
#include "safetensors.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;

// Positive whole numbers of an object; what is none counts as absent.
class Sizes {
public:
    explicit Sizes(const json& object) : object_{object} {}

    std::int64_t operator()(std::initializer_list<const char*> names, std::int64_t fallback = 0) const {
        for (const char* name : names) {
            const auto found = object_.find(name);
            if (found == object_.end() || !found->is_number_integer()) continue;
            const auto value = found->get<std::int64_t>();
            if (value > 0 && value <= 1'000'000) return value;
        }
        return fallback;
    }
    std::int64_t count(const char* name) const {
        const auto found = object_.find(name);
        return found != object_.end() && found->is_array() ? static_cast<std::int64_t>(found->size()) : 0;
    }
    std::string text(const char* name) const {
        const auto found = object_.find(name);
        return found != object_.end() && found->is_string() ? found->get<std::string>() : "";
    }

private:
    const json& object_;
};

const json* object_at(const json& parent, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const auto found = parent.find(name); found != parent.end() && found->is_object()) return &*found;
    return nullptr;
}

// A number of parameters on its way: sums and products that do not fit in 64 bits throw ArithmeticOverflow.
struct Exact {
    constexpr Exact(std::int64_t n) : value{n} {}
    friend Exact operator+(Exact a, Exact b) { return checked_add(a.value, b.value); }
    friend Exact operator*(Exact a, Exact b) { return checked_mul(a.value, b.value); }
    friend Exact operator/(Exact a, Exact b) { return a.value / b.value; }

    std::int64_t value;
};

// ---- Picture towers. h: hidden size, i: intermediate size, d: the language model's hidden size. Layouts: transformers'
// modeling files of the type named at each.

// qwen2_5_vl: RMS norms, gated networks with biases.
Exact qwen25_tower(const Sizes& s) {
    const Exact h = s({"hidden_size"}), i = s({"intermediate_size"}), patch = s({"patch_size"}, 14), merged = 4 * h;
    const Exact layer = 4 * h * h + 4 * h + 3 * h * i + 2 * i + h + 2 * h;
    return s({"depth"}) * layer + 3 * s({"temporal_patch_size"}, 2) * patch * patch * h + h + merged * merged + merged +
           merged * s({"out_hidden_size"}) + s({"out_hidden_size"});
}

// qwen3_vl, qwen3_5: layer norms, learned positions, a merger, and one more for each deepstack layer.
Exact qwen3_tower(const Sizes& s) {
    const Exact h = s({"hidden_size"}), i = s({"intermediate_size"}), patch = s({"patch_size"}, 16);
    const Exact merged = s({"spatial_merge_size"}, 2) * s({"spatial_merge_size"}, 2) * h, out = s({"out_hidden_size"});
    const Exact layer = 4 * h * h + 4 * h + 2 * h * i + i + h + 4 * h;
    const Exact merger = merged * merged + merged + merged * out + out;
    return s({"depth"}) * layer + 3 * s({"temporal_patch_size"}, 2) * patch * patch * h + h + s({"num_position_embeddings"}) * h +
           merger + 2 * h + s.count("deepstack_visual_indexes") * (merger + 2 * merged);
}

// siglip_vision_model under Gemma 3: a projection and a norm.
Exact siglip_tower(const Sizes& s, Exact d) {
    const Exact h = s({"hidden_size"}), i = s({"intermediate_size"}), patch = s({"patch_size"}, 14);
    const Exact side = s({"image_size"}) / patch;
    const Exact layer = 4 * h * h + 4 * h + 2 * h * i + i + h + 4 * h;
    return s({"num_hidden_layers"}) * layer + 3 * patch * patch * h + h + side * side * h + 2 * h + h * d + h;
}

// pixtral under Mistral 3: gated networks without biases, a merger of four patches, two projections.
Exact pixtral_tower(const Sizes& s, Exact d) {
    const Exact h = s({"hidden_size"}), i = s({"intermediate_size"}), patch = s({"patch_size"}, 14);
    return s({"num_hidden_layers"}) * (4 * h * h + 3 * h * i + 2 * h) + 3 * patch * patch * h + h + h + 4 * h * h + h * d + d * d;
}

// gemma4_vision: gated networks, norms around both blocks, two tables of positions, a projection.
Exact gemma4_tower(const Sizes& s, Exact d) {
    const Exact h = s({"hidden_size"}), i = s({"intermediate_size"}), patch = s({"patch_size"}, 16);
    const Exact layer = 4 * h * h + 3 * h * i + 4 * h + 2 * s({"head_dim"});
    return s({"num_hidden_layers"}) * layer + 3 * patch * patch * h + 2 * s({"position_embedding_size"}) * h + h * d;
}

// MoonViT under Kimi K2.5: layer norms, biases, four patches to a projector of two layers.
Exact moon_tower(const Sizes& s) {
    const Exact h = s({"vt_hidden_size"}), i = s({"vt_intermediate_size"}), patch = s({"patch_size"}, 14), merged = 4 * h;
    const Exact layer = 4 * h * h + 4 * h + 2 * h * i + i + h + 4 * h;
    return s({"vt_num_hidden_layers"}) * layer + 3 * patch * patch * h + h +
           s({"init_pos_emb_height"}) * s({"init_pos_emb_width"}) * h + 4 * h + merged * merged + merged +
           merged * s({"text_hidden_size"}) + s({"text_hidden_size"});
}

void read_vision(const json& file, CheckpointConfig& out) {
    const json* vision = object_at(file, {"vision_config"});
    if (!vision) return;
    const json* language = object_at(file, {"text_config", "llm_config", "language_config"});
    const Sizes sizes{*vision}, outer{file};
    const std::int64_t d = language ? Sizes{*language}({"hidden_size"}) : outer({"hidden_size"});
    const std::string type = sizes.text("model_type").empty() ? outer.text("model_type") : sizes.text("model_type");
    Exact count = 0;
    if (sizes({"vt_hidden_size"}) > 0 && sizes.text("projector_hidden_act") == "gelu" && sizes.text("mlp_type").empty())
        count = moon_tower(sizes);
    else if (type.starts_with("qwen2_5_vl"))
        count = qwen25_tower(sizes);
    else if (type.starts_with("qwen3"))
        count = qwen3_tower(sizes);
    else if (type == "siglip_vision_model" && outer.text("model_type").starts_with("gemma3"))
        count = siglip_tower(sizes, d);
    else if (type == "pixtral")
        count = pixtral_tower(sizes, d);
    else if (type == "gemma4_vision")
        count = gemma4_tower(sizes, d);
    else
        out.unknown_vision = type.empty() ? "unnamed" : type;
    out.vision = Params{count.value};
}

// The part of a quantization_config that describes the weights: compressed-tensors keep it in a group.
const json& weights_of(const json& config) {
    const json* groups = object_at(config, {"config_groups"});
    const json* group = groups && groups->size() == 1 ? object_at(groups->begin().value(), {"weights"}) : nullptr;
    return group ? *group : config;
}

void add_texts(const json& config, const char* name, std::vector<std::string>& out) {
    const auto found = config.find(name);
    if (found == config.end() || !found->is_array()) return;
    for (const json& item : *found)
        if (item.is_string()) out.push_back(item.get<std::string>());
}

// NVIDIA's mixtures: attention in FP8, networks in NVFP4, and the head with them or not.
std::optional<std::string> mixed_format(const json& config) {
    const json* groups = object_at(config, {"config_groups"});
    if (!groups || groups->size() < 2) return std::nullopt;
    bool eight = false, four = false, head = false;
    for (const json& group : *groups) {
        const json* weights = group.is_object() ? object_at(group, {"weights"}) : nullptr;
        if (!weights || Sizes{*weights}.text("type") != "float") return std::nullopt;
        const std::int64_t bits = Sizes{*weights}({"num_bits"});
        (bits == 8 ? eight : four) = true;
        std::vector<std::string> targets;
        add_texts(group, "targets", targets);
        head = head || (bits == 4 && std::ranges::find(targets, "lm_head") != targets.end());
    }
    if (!eight || !four) return std::nullopt;
    return head ? "nvfp4-mixed" : "nvfp4-fp8";
}

std::string format_name(const json& config, const json& weights) {
    const Sizes outer{config}, inner{weights};
    std::string method = outer.text("quant_method");
    if (method.empty()) method = outer.text("quant_algo");
    method = lower_case(method);
    const std::int64_t bits = inner({"num_bits", "bits", "w_bit"}, 4);
    if (const auto mixed = mixed_format(config)) return *mixed;
    if (method == "fp8" || outer.text("quant_algo") == "FP8")
        return config.contains("weight_block_size") && config["weight_block_size"].is_array() ? "fp8-block" : "fp8";
    if (method == "awq" || method == "gptq") return method == "awq" ? "awq" : bits == 8 ? "gptq-int8" : "gptq-int4";
    if (method == "auto-round") return "autoround";
    if (method == "mxfp4") return "mxfp4";
    if (method == "bitsandbytes") return config.value("load_in_8bit", false) ? "bnb-int8" : "nf4";
    const bool is_float = inner.text("type") == "float";
    if (method == "compressed-tensors" && is_float) return bits == 8 ? "fp8-dynamic" : inner({"group_size"}) == 32 ? "mxfp4" : "nvfp4-all";
    if (method == "compressed-tensors") return bits == 8 ? "int8" : "w4a16";
    if (outer.text("quant_algo") == "NVFP4") return "nvfp4-all";
    return method;
}

Result<void> read_format(const json& file, std::string_view origin, CheckpointConfig& out) {
    const json* config = object_at(file, {"quantization_config"});
    if (!config) {
        const json* language = object_at(file, {"text_config"});
        if (language) config = object_at(*language, {"quantization_config"});
    }
    out.format = checkpoint_format("bf16");
    if (!config) return {};
    const json& weights = weights_of(*config);
    const std::string name = format_name(*config, weights);
    out.format = checkpoint_format(name);
    if (!out.format)
        return fail(ErrorKind::unsupported, std::string(origin) + ": quantization_config names '" + name + "', which is no known format",
                    "fitcalc MODEL --engine vllm lists the formats that are known");
    for (const char* list : {"ignore", "modules_to_not_convert", "exclude_modules"}) add_texts(*config, list, out.details.ignored);
    if (const std::int64_t group = Sizes{weights}({"group_size", "q_group_size"}); group > 0) out.details.group = group;
    return {};
}

}  // namespace

Result<CheckpointConfig> read_checkpoint_config(std::string_view json_text, std::string_view origin) {
    return read_json(json_text, origin, longest_config_MiB, [&](const json& file) -> Result<CheckpointConfig> {
        CheckpointConfig out;
        try {
            read_vision(file, out);
        } catch (const ArithmeticOverflow&) {
            return fail(ErrorKind::bad_data, std::string(origin) + ": vision_config: sizes that do not fit in 64 bits");
        }
        if (auto ok = read_format(file, origin, out); !ok) return tl::unexpected(ok.error());
        return out;
    });
}

Result<CheckpointConfig> open_checkpoint_config(const std::string& path, const Files& files) {
    std::string config = path;
    if (files.is_folder(path))
        config = inside(path, "config.json");
    else if (path.ends_with(".safetensors") || path.ends_with(".safetensors.index.json"))
        config = beside(path, "config.json");
    else if (path.ends_with(".gguf"))
        return fail(ErrorKind::unsupported, path + ": serving engines read Hugging Face checkpoints, not GGUF files",
                    "give the checkpoint's folder, its config.json or the model's name");
    const auto source = files.open(config);
    if (!source) return tl::unexpected(source.error());
    const auto text = read_whole(**source, config, longest_config);
    if (!text) return tl::unexpected(text.error());
    return read_checkpoint_config(*text, config);
}

}  // namespace fitcalc
