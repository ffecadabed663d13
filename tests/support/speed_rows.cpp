#include "speed_rows.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "importers/hf_config.hpp"

namespace fitcalc::test {
namespace {

using nlohmann::json;

// What a published label stands for: llama.cpp's file type, or one size for every weight.
struct Label {
    std::optional<FileType> type;
    double bits = 0;  // for each weight, where `type` is unknown
    KernelKind kind = KernelKind::full;
};

Label label_of(const std::string& quant, const std::string& engine) {
    // llama.cpp's type has the routed experts alone in four bits.
    if (quant == "MXFP4" && engine != "mlx") return {FileType::mxfp4_moe, 0, {}};
    if (const auto type = file_type_from_name(quant)) return {type, 0, {}};
    // Unsloth's dynamic mixes: the nearest type, scaled to the file where its size is known.
    static const std::map<std::string, FileType> mixes{
        {"Q4_K_XL", FileType::q4_k_m}, {"Q4_K_XL-QAT", FileType::q4_k_m}, {"Q8_K_XL", FileType::q8_0},
        {"Q6_K_XL", FileType::q6_k},   {"Q3_K_XL", FileType::q3_k_l},     {"Q2_K_P", FileType::q2_k},
        {"FP16", FileType::f16},
    };
    if (const auto mix = mixes.find(quant); mix != mixes.end()) return {mix->second, 0, {}};
    // Bits with the scales of the usual group size.
    static const std::map<std::string, Label> others{
        {"MLX-4BIT", {{}, 4.5, KernelKind::legacy}}, {"MLX-5BIT", {{}, 5.5, KernelKind::legacy}},
        {"MLX-6BIT", {{}, 6.5, KernelKind::q8}},     {"MLX-8BIT", {{}, 8.5, KernelKind::q8}},
        {"INT4", {{}, 4.25, KernelKind::legacy}},    {"AWQ-INT4", {{}, 4.25, KernelKind::legacy}},
        {"GPTQ-INT4", {{}, 4.25, KernelKind::legacy}}, {"MQ4", {{}, 4.25, KernelKind::legacy}},
        {"INT8", {{}, 8.0, KernelKind::q8}},         {"FP8", {{}, 8.25, KernelKind::q8}},
        {"NVFP4", {{}, 4.5, KernelKind::fp4}},       {"MXFP4", {{}, 4.25, KernelKind::fp4}},
        {"JANGTQ", {{}, 2.5, KernelKind::i_low}},
        {"EXL2-4.0BPW", {{}, 4.0, KernelKind::legacy}}, {"EXL2-3.0BPW", {{}, 3.0, KernelKind::i_low}},
        {"EXL2-2.5BPW", {{}, 2.5, KernelKind::i_low}},
    };
    const auto found = others.find(quant);
    if (found == others.end()) throw std::runtime_error("quantization " + quant);
    return found->second;
}

// All weights in one kind of kernel.
void gather(TokenWork& work, KernelKind kind) {
    for (ByKernel* values : {&work.dense_bytes, &work.expert_bytes, &work.dense_weights, &work.expert_weights}) {
        double sum = 0;
        for (double& each : *values) sum += std::exchange(each, 0);
        (*values)[static_cast<std::size_t>(kind)] = sum;
    }
}

class Models {
public:
    Models() {
        std::ifstream stream(FITCALC_TEST_REFERENCE "/configs/configs.jsonl");
        for (std::string line; std::getline(stream, line);) {
            const auto row = json::parse(line);
            configs_[row["repo"]] = row["config"].dump();
        }
    }

    // nullptr: not an architecture that is supported.
    const Estimator* find(const std::string& repository) {
        const auto known = estimators_.find(repository);
        if (known != estimators_.end()) return known->second ? &*known->second : nullptr;
        auto& slot = estimators_[repository];
        const auto config = import_hf_config(configs_.at(repository), repository);
        if (!config) return nullptr;
        auto model = describe_model(config->architecture, config->dimensions);
        if (!model) return nullptr;
        if (auto estimator = Estimator::create(std::move(*model), Bytes{})) slot = std::move(*estimator);
        return slot ? &*slot : nullptr;
    }

private:
    std::map<std::string, std::string> configs_;
    std::map<std::string, std::optional<Estimator>> estimators_;
};

// A file's size within these of the type's own is that of another mix; beyond, it is one part of a split file.
constexpr double least_scale = 0.6, most_scale = 1.6;

TokenWork work_of(const Estimator& estimator, const Label& label, const json& file_bytes) {
    const auto types = estimator.types(label.type.value_or(FileType::f16), true);
    TokenWork work = sum_of(token_work(estimator.model(), estimator.inventory(), types, EngineSettings{}));
    if (!label.type) {
        constexpr double full_bits = 16;
        work.stretch(label.bits / full_bits);
        gather(work, label.kind);
    } else if (!file_bytes.is_null()) {
        Bytes sum;
        for (std::size_t i = 0; i < types.size(); ++i) sum += estimator.inventory().tensors[i].bytes_as(types[i]);
        const double factor = file_bytes.get<double>() / static_cast<double>(sum.count());
        if (factor > least_scale && factor < most_scale) work.stretch(factor);
    }
    return work;
}

// From parameters, active parameters, layers and cache that the row states. Experts, where there are any, are taken
// for three fifths of what is active and for one in sixteen.
TokenWork work_of(const json& facts, const Label& label, const json& file_bytes) {
    constexpr double expert_part = 0.6, expert_share = 1.0 / 16;
    const double parameters = facts["parameters"], active = facts["active"];
    const GgmlType type = label.type ? traits(*label.type).default_type : GgmlType::f16;
    const auto kind = static_cast<std::size_t>(label.type ? kernel_kind(type) : label.kind);
    const double bits = label.type ? 8.0 * static_cast<double>(traits(type).block_bytes) /
                                         static_cast<double>(traits(type).block_values)
                                   : label.bits;
    const double file = file_bytes.is_null() ? parameters * bits / 8 : file_bytes.get<double>();
    TokenWork work;
    work.layers = facts["layers"];
    work.dense_bytes[kind] = file * active / parameters;
    work.dense_weights[kind] = active;
    if (facts["moe"]) {
        work.expert_layers = work.layers;
        work.experts_per_token = work.layers * expert_share;
        work.expert_bytes[kind] = expert_part * work.dense_bytes[kind];
        work.expert_weights[kind] = expert_part * active;
        work.dense_bytes[kind] -= work.expert_bytes[kind];
        work.dense_weights[kind] -= work.expert_weights[kind];
        work.all_expert_bytes = file - work.dense_bytes[kind];
    }
    const double cache = facts["cache_bytes_per_token"];
    work.attention.push_back({0, cache, cache});
    return work;
}

template <class T>
const T& named(const std::vector<T>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &T::name);
    if (found == all.end()) throw std::runtime_error("no coefficients of " + std::string(name));
    return *found;
}

// llama.cpp's older builds have coefficients of their own, by backend.
std::string engine_name(const std::string& engine, const std::string& backend, const std::string& date) {
    if (engine != "llama.cpp" || date.empty()) return engine;
    for (const char* month : {"2024-10", "2025-10"})
        if (date < month) return std::string("llama.cpp before ") + month + ", " + backend;
    return engine;
}

template <class T>
std::vector<T> copies(const std::vector<const T*>& records) {
    std::vector<T> out;
    for (const T* record : records) out.push_back(*record);
    return out;
}

std::string text_or(const json& value, const char* otherwise) {
    return value.is_null() ? otherwise : value.get<std::string>();
}

}  // namespace

SpeedCoefficients::SpeedCoefficients(const Catalog& catalog)
    : families{copies(catalog.speed_families())},
      backends{copies(catalog.speed_backends())},
      engines{copies(catalog.speed_engines())} {}

double SpeedRow::predicted() const {
    if (decode) return 1 / token_time(parts, settings, depth + tokens / 2).total();
    return tokens / prompt_seconds(parts, settings, tokens, depth).value();
}

SpeedRows speed_rows(const SpeedCoefficients& coefficients) {
    std::ifstream stream(FITCALC_TEST_REFERENCE "/speed/rows.json");
    const json file = json::parse(stream);
    std::map<std::string, std::size_t> columns;
    for (const auto& column : file["columns"]) columns.emplace(column, columns.size());
    std::vector<const SpeedFamily*> families;
    for (const SpeedFamily& family : coefficients.families) families.push_back(&family);
    Models models;
    SpeedRows out;
    for (const auto& values : file["rows"]) {
        const auto at = [&](const char* column) -> const json& { return values[columns.at(column)]; };
        SpeedRow row;
        row.device = at("device");
        row.quant = text_or(at("quant"), "Q4_K_M");
        row.engine = at("engine");
        row.date = text_or(at("date"), "");
        row.source = file["sources"][at("source").get<std::size_t>()];
        row.model = at("model").is_null() ? at("facts").dump() : at("model").get<std::string>();
        row.decode = at("mode") == "decode";
        row.tokens = at("tokens");
        row.depth = at("depth");
        row.rate = at("rate");
        row.settings.flash_attention = at("flash_attention").is_null() || at("flash_attention").get<bool>();
        row.settings.sharing = at("tensor_parallel").get<bool>() ? Sharing::tensors : Sharing::layers;

        const json& facts = file["devices"][row.device];
        const std::string name = facts["name"], backend = at("backend");
        const SpeedFamily* family = find_family(families, facts["vendor"].get<std::string>(), name,
                                                text_or(facts["compute_capability"], ""), text_or(facts["gfx_target"], ""));
        if (!family) throw std::runtime_error("no family of " + name);
        row.family = static_cast<std::size_t>(family - coefficients.families.data());
        SpeedDevice device;
        constexpr double giga = 1e9;
        device.bandwidth = facts["bandwidth_gbps"].get<double>() * giga;
        const json& tflops = facts["fp16_dense_tflops"];
        device.operations =
            matrix_operations(*family, name, tflops.is_null() ? std::nullopt : std::optional{tflops.get<double>()},
                              device.bandwidth);
        if (device.operations) *device.operations *= at("share").get<double>();
        device.linked = facts["linked"];
        device.family = family;
        device.backend = &named(coefficients.backends, backend);
        device.engine = &named(coefficients.engines, engine_name(row.engine, backend, row.date));

        const Label label = label_of(row.quant, row.engine);
        const Estimator* estimator = at("model").is_null() ? nullptr : models.find(at("model"));
        row.tensors_known = estimator != nullptr;
        if (!estimator && at("facts").is_null()) {
            out.left_out.push_back("architecture not supported: " + row.model);
            continue;
        }
        row.parts.assign(at("count").get<std::size_t>(), SpeedPart{device, {}});
        // The devices are equal, so it doesn't matter which of them holds what.
        row.parts.front().work = estimator ? work_of(*estimator, label, at("file_bytes"))
                                           : work_of(at("facts"), label, at("file_bytes"));
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace fitcalc::test
