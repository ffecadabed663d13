#include "reference.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fitcalc/architecture.hpp"
#include "fitcalc/optional_tensors.hpp"
#include "reference_json.hpp"

namespace fitcalc::test {
namespace {

using nlohmann::json;

struct ReadDimension {
    const json& record;

    void operator()(const char* name, Dimension& value) const {
        if (record.contains(name)) value = record[name].get<std::uint32_t>();
    }
    void operator()(const char* name, std::optional<bool>& value) const {
        if (record.contains(name)) value = record[name].get<bool>();
    }
    void operator()(const char* name, PerLayer& value) const {
        if (!record.contains(name)) return;
        value = record[name].is_array() ? PerLayer{record[name].get<std::vector<std::uint32_t>>()}
                                        : PerLayer{record[name].get<std::uint32_t>()};
    }
};

// "0-2,5" and null (a tensor outside the layers).
std::vector<std::int32_t> layer_list(const json& text) {
    std::vector<std::int32_t> layers;
    if (text.is_null()) return layers;
    const std::string ranges = text.get<std::string>();
    for (std::size_t at = 0; at < ranges.size();) {
        const std::size_t end = std::min(ranges.find(',', at), ranges.size());
        const std::string range = ranges.substr(at, end - at);
        const std::size_t dash = range.find('-');
        const int first = std::stoi(range), last = dash == std::string::npos ? first : std::stoi(range.substr(dash + 1));
        for (int i = first; i <= last; ++i) layers.push_back(i);
        at = end + 1;
    }
    return layers;
}

std::vector<Bytes> byte_list(const json& value) {
    std::vector<Bytes> list;
    if (value.is_array())
        for (const auto& each : value) list.emplace_back(each.get<std::int64_t>());
    else if (!value.is_null())
        list.emplace_back(value.get<std::int64_t>());
    return list;
}

// Values of one row by column name.
class Row {
public:
    Row(const json& columns, const json& values) {
        for (std::size_t i = 0; i < columns.size(); ++i) by_name_[columns[i]] = &values[i];
    }
    const json& operator[](const std::string& name) const { return *by_name_.at(name); }
    std::int64_t number(const std::string& name) const { return (*this)[name].get<std::int64_t>(); }

private:
    std::map<std::string, const json*> by_name_;
};

ReferenceSetting setting_of(const Row& row) {
    ReferenceSetting out;
    out.device = row["device"];
    auto& s = out.settings;
    s.sequences = row.number("n_seq_max");
    s.context = Tokens{row.number("n_ctx") / s.sequences};
    s.kv_unified = row.number("kv_unified") != 0;
    s.flash_attention = row.number("flash_attn") != 0;
    s.type_k = ggml_type_from_name(row["type_k"].get<std::string>()).value();
    s.type_v = ggml_type_from_name(row["type_v"].get<std::string>()).value();
    s.ubatch = Tokens{row.number("n_ubatch")};
    // 0: as many rows as the batch; otherwise one per slot, as many slots as sequences in these measurements.
    s.outputs = row.number("n_outputs_max") == 0 ? Outputs::batch : Outputs::slots;
    s.device = out.device == "cpu" ? GraphDevice::cpu : GraphDevice::gpu;
    out.total_context = Tokens{row.number("n_ctx_actual")};
    out.kv = Bytes{row.number("kv_bytes")};
    out.recurrent = Bytes{row.number("recurrent_bytes")};
    out.compute_device = byte_list(row["compute_gpu"]);
    out.compute_host = Bytes{row.number("compute_host")};
    return out;
}

ReferenceModel model_of(const json& file) {
    ReferenceModel model;
    model.id = file["id"];
    model.huggingface = file["huggingface"];
    model.architecture = file["architecture"];
    model.dimensions = dimensions_of(file["dimensions"]);
    model.parameters = Params{file["parameters"].get<std::int64_t>()};
    model.tensors = tensors_of(file["tensors"]);
    note_optional_tensors(model.dimensions, model.tensors);
    for (const auto& [name, bytes] : file["weights_bytes"].items())
        model.weights[name] = {Bytes{bytes[0].get<std::int64_t>()}, Bytes{bytes[1].get<std::int64_t>()}};
    const auto& loaded = file["weights_loaded_f16"];
    model.f16_device = Bytes{loaded["gpu1"]["weights_gpu"].get<std::int64_t>()};
    model.f16_host = Bytes{loaded["gpu1"]["weights_host"].get<std::int64_t>()};
    if (loaded.contains("gpu2")) model.f16_two_devices = byte_list(loaded["gpu2"]["weights_gpu"]);
    for (const auto& values : file["placement"]["rows"]) {
        const Row row{file["placement"]["columns"], values};
        model.placements.push_back({row["quant"], row["variant"] == "imatrix", row["device"], Tokens{row.number("n_ctx")},
                                    Tokens{row.number("n_ubatch")}, Bytes{row.number("weights_gpu")},
                                    Bytes{row.number("weights_host")}, Bytes{row.number("kv_gpu")},
                                    Bytes{row.number("kv_total")}, Bytes{row.number("compute_gpu")},
                                    Bytes{row.number("compute_host")}, row.number("splits")});
    }
    for (const auto& values : file["settings"]["rows"])
        model.settings.push_back(setting_of(Row{file["settings"]["columns"], values}));
    return model;
}

std::vector<ReferenceModel> load() {
    std::vector<ReferenceModel> models;
    for (const auto& entry : std::filesystem::directory_iterator(FITCALC_TEST_REFERENCE "/llamacpp")) {
        std::ifstream stream(entry.path());
        models.push_back(model_of(json::parse(stream)));
    }
    if (models.empty()) throw std::runtime_error("no reference models");
    std::ranges::sort(models, {}, &ReferenceModel::id);
    return models;
}

std::vector<CountedModel> load_counted() {
    std::ifstream stream(FITCALC_TEST_REFERENCE "/parameters.json");
    std::vector<CountedModel> models;
    const json file = json::parse(stream);
    for (const auto& record : file["models"]) {
        CountedModel model{record["repository"], record["architecture"], {}, {}, {}};
        model.dimensions = dimensions_of(record["dimensions"]);
        model.parameters = Params{record["parameters"].get<std::int64_t>()};
        model.left_out = Params{record.value("left_out", std::int64_t{0})};
        models.push_back(std::move(model));
    }
    return models;
}

}  // namespace

Dimensions dimensions_of(const json& record) {
    Dimensions dimensions;
    visit_dimensions(dimensions, ReadDimension{record});
    return dimensions;
}

TensorInventory tensors_of(const json& rows) {
    TensorInventory inventory;
    for (const auto& row : rows) {
        Shape shape;
        for (std::size_t i = 0; i < row[1].size(); ++i) shape.ne[i] = row[1][i].get<std::int64_t>();
        const GgmlType type = ggml_type_from_name(row[2].get<std::string>()).value();
        const std::string name = row[0];
        if (row[3].is_null()) {
            inventory.tensors.push_back({name, shape, type, {}});
            continue;
        }
        for (const std::int32_t layer : layer_list(row[3])) {
            std::string full = name;
            full.replace(full.find(".N."), 3, "." + std::to_string(layer) + ".");
            inventory.tensors.push_back({full, shape, type, layer});
        }
    }
    return inventory;
}

const std::vector<CountedModel>& counted_models() {
    static const std::vector<CountedModel> models = load_counted();
    return models;
}

const std::vector<ReferenceModel>& reference_models() {
    static const std::vector<ReferenceModel> models = load();
    return models;
}

const ReferenceModel& reference_model(const std::string& id) {
    const auto& models = reference_models();
    const auto found = std::ranges::find(models, id, &ReferenceModel::id);
    if (found == models.end()) throw std::runtime_error("no reference model " + id);
    return *found;
}

ModelSpec spec_of(const ReferenceModel& model) { return describe_model(model.architecture, model.dimensions).value(); }

}  // namespace fitcalc::test
