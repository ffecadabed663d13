#include <nlohmann/json.hpp>

#include "json_parts.hpp"
#include "json_record.hpp"
#include "phrases.hpp"

namespace fitcalc {
namespace {

Json kinds_json(const std::vector<LayerKind>& kinds) {
    Json out = Json::array();
    for (const LayerKind& kind : kinds) out.push_back({{"kind", kind.kind}, {"layers", kind.layers}});
    return out;
}

Json gguf_json(const GgufFile& gguf) {
    const auto type = gguf.file_type ? file_type_from_number(*gguf.file_type) : std::nullopt;
    Json out;
    out["version"] = gguf.version;
    out["keys"] = gguf.keys;
    out["type"] = text(gguf.type);
    out["file_type"] = type ? Json(traits(*type).name) : Json(nullptr);
    out["file_type_number"] = gguf.file_type ? Json(*gguf.file_type) : Json(nullptr);
    out["basename"] = text(gguf.basename);
    out["size_label"] = text(gguf.size_label);
    out["organization"] = text(gguf.organization);
    out["license"] = text(gguf.license);
    out["quantized_by"] = text(gguf.quantized_by);
    out["tokenizer"] = text(gguf.tokenizer);
    out["vocabulary"] = gguf.vocabulary ? Json(*gguf.vocabulary) : Json(nullptr);
    out["alignment"] = gguf.alignment;
    out["metadata_bytes"] = gguf.metadata.count();
    out["header_bytes"] = gguf.header.count();
    return out;
}

Json tensor_json(const InspectedTensor& tensor) {
    return {{"name", tensor.name},   {"role", name_of(tensor.role)},
            {"type", tensor.type},   {"shape", tensor.shape},
            {"parameters", tensor.parameters.count()}, {"bytes", tensor.bytes.count()}};
}

}  // namespace

double bits_per_weight(Bytes bytes, Params parameters) {
    if (parameters == Params{}) return 0;
    return 8.0 * static_cast<double>(bytes.count()) / static_cast<double>(parameters.count());
}

Json to_json(const InspectReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "inspect";
    out["path"] = report.path;
    out["format"] = name_of(report.format);
    out["name"] = text(report.name);
    out["architecture"] = text(report.architecture);
    out["files"] = report.files;
    out["file_size_bytes"] = optional_count(report.file_size);
    out["parameters"] = report.parameters.count();
    out["tensor_count"] = report.tensors.size();
    out["weights_bytes"] = report.bytes.count();
    out["bits_per_weight"] = rounded_bits(bits_per_weight(report.bytes, report.parameters));
    out["tensors_planned"] = report.tensors_planned;
    out["gguf"] = report.gguf ? gguf_json(*report.gguf) : Json(nullptr);
    out["dimensions"] = dimensions_json(report.dimensions);
    out["layers"] = {{"attention", kinds_json(report.attention)}, {"feed_forward", kinds_json(report.feed_forward)}};
    out["standard_mix"] = report.recipe && report.recipe->standard ? Json(traits(*report.recipe->standard).name) : Json(nullptr);
    out["differing_tensors"] = report.recipe ? differing_json(*report.recipe) : Json::array();
    out["groups"] = Json::array();
    for (const TensorGroup& group : report.groups)
        out["groups"].push_back({{"role", name_of(group.role)},
                                 {"type", group.type},
                                 {"tensors", group.count},
                                 {"parameters", group.parameters.count()},
                                 {"bytes", group.bytes.count()},
                                 {"bits_per_weight", rounded_bits(bits_per_weight(group.bytes, group.parameters))}});
    if (report.list_tensors) {
        out["tensors"] = Json::array();
        for (const InspectedTensor& tensor : report.tensors) out["tensors"].push_back(tensor_json(tensor));
    }
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
