#include "hf_config.hpp"

#include "catalog/bounded_json.hpp"
#include "hf_classes.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;
using namespace hf;

// Where multimodal classes keep the configuration of their language model (conversion/base.py).
constexpr const char* nested_names[] = {"text_config", "llm_config", "lm_config", "language_config", "thinker_config"};

const json* nested_config(const json& file) {
    for (const char* name : nested_names) {
        const auto found = file.find(name);
        if (found == file.end() || !found->is_object()) continue;
        const json* deeper = nested_config(*found);
        return deeper ? deeper : &*found;
    }
    return nullptr;
}

// Of one level: architectures[0].
std::string class_name(const Fields& level) {
    const auto names = level.texts("architectures");
    return names.empty() ? std::string{} : names.front();
}

struct Chosen {
    const ModelClass* model_class = nullptr;
    std::string seen;  // what the file names, for the message
};

// The outer class decides; where it is unknown or absent, the inner one, then the model types.
Chosen choose_class(const Fields& outer, const std::optional<Fields>& inner) {
    Chosen chosen;
    const auto consider = [&](const std::string& name, const ModelClass* found) {
        if (!name.empty() && chosen.seen.empty()) chosen.seen = name;
        if (!chosen.model_class) chosen.model_class = found;
    };
    const std::string outer_class = class_name(outer), outer_type = outer.text("model_type");
    consider(outer_class, find_class(outer_class));
    if (inner) {
        const std::string name = class_name(*inner);
        consider(name, find_class(name));
    }
    if (chosen.model_class || !outer_class.empty()) return chosen;
    consider(outer_type, find_class_of_type(outer_type));
    if (inner) {
        const std::string type = inner->text("model_type");
        consider(type, find_class_of_type(type));
    }
    return chosen;
}

// As hardware pages read the file: the KV heads that it states, before the converter changes them.
std::optional<HuggingFaceAttention> nominal_attention(const Fields& fields) {
    const PerLayer heads = head_count(fields);
    const PerLayer kv = fields.per_layer({"num_key_value_heads", "n_kv_heads", "num_kv_heads", "n_head_kv"});
    if (heads.max() == 0) return std::nullopt;
    HuggingFaceAttention out;
    out.layers = layer_count(fields);
    out.heads = heads.max();
    out.kv_heads = kv.max() > 0 ? kv.max() : heads.max();
    out.hidden = hidden_size(fields);
    return out;
}

tl::unexpected<Error> unknown_class(std::string_view origin, const std::string& seen) {
    const std::string place(origin);
    if (seen.empty())
        return fail(ErrorKind::unsupported,
                    place + ": names no model class: 'architectures' and 'model_type' are missing",
                    "add \"architectures\": [\"LlamaForCausalLM\"] or the class that the model is");
    const std::string near = nearest_classes(seen);
    return fail(ErrorKind::unsupported,
                place + ": model class '" + seen + "' is not one that llama.cpp's conversion is known for",
                near.empty() ? "a GGUF file of the model can be read instead"
                             : "nearest: " + near + "; a GGUF file can be read instead");
}

Result<ImportedConfig> import_file(const json& file, std::string_view origin) {
    const json* nested = nested_config(file);
    const Fields outer{file}, fields{file, nested};
    const auto inner = nested ? std::optional<Fields>{Fields{*nested}} : std::nullopt;
    const Chosen chosen = choose_class(outer, inner);
    if (!chosen.model_class) return unknown_class(origin, chosen.seen);
    const ModelClass& model_class = *chosen.model_class;
    Import in{fields, std::string(model_class.name), std::string(model_class.architecture), {}, {}};
    map_common(in, model_class.tied, model_class.biases);
    model_class.map(in);
    if (!in.dims.context_length) reject("max_position_embeddings", "is missing");
    if (!in.dims.vocab_size) reject("vocab_size", "is missing");

    ImportedConfig out;
    out.name_or_path = outer.text("_name_or_path");
    out.model_class = in.model_class;
    out.architecture = in.architecture;
    out.dimensions = std::move(in.dims);
    out.hf_attention = nominal_attention(fields);
    out.warnings = std::move(in.warnings);
    if (outer.has("vision_config") || outer.has("audio_config"))
        out.warnings.push_back(
            "vision and audio parts are not counted: llama.cpp keeps them in a file of their own (mmproj)");
    return out;
}

}  // namespace

Result<ImportedConfig> import_hf_config(std::string_view json_text, std::string_view origin) {
    return read_json(json_text, origin, longest_config_MiB, [&](const json& file) { return import_file(file, origin); });
}

}  // namespace fitcalc
