// Every vector of tests/conformance/*.json, as any other tool would answer it: from the dimensions alone.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "fitcalc/architecture.hpp"
#include "fitcalc/compute.hpp"
#include "fitcalc/optional_tensors.hpp"
#include "fitcalc/placement.hpp"
#include "support/catch.hpp"
#include "support/reference_json.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

struct Vectors {
    json file;
    std::string architecture;
    ModelSpec spec;
};

// The facts that a configuration leaves to the checkpoint (which optional tensors there are) are read from the tensors.
Vectors open_vectors(const std::filesystem::path& path) {
    std::ifstream stream(path);
    json file = json::parse(stream);
    Dimensions dimensions = test::dimensions_of(file["model"]["dimensions"]);
    note_optional_tensors(dimensions, test::tensors_of(file["tensors"]));
    const std::string architecture = file["model"]["architecture"];
    ModelSpec spec = describe_model(architecture, dimensions).value();
    return {std::move(file), architecture, std::move(spec)};
}

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(FITCALC_SOURCE_DIR "/tests/conformance"))
        if (entry.path().extension() == ".json") paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
}

std::int64_t number(const json& vector, const char* field) { return vector.at(field).get<std::int64_t>(); }

EngineSettings settings_of(const json& vector) {
    EngineSettings settings;
    settings.context = Tokens{number(vector, "context")};
    settings.sequences = number(vector, "sequences");
    settings.kv_unified = vector["kv_unified"];
    settings.type_k = ggml_type_from_name(vector["type_k"].get<std::string>()).value();
    settings.type_v = ggml_type_from_name(vector["type_v"].get<std::string>()).value();
    settings.flash_attention = vector["flash_attention"];
    settings.ubatch = Tokens{number(vector, "ubatch")};
    settings.outputs = vector["logits"] == "batch" ? Outputs::batch : Outputs::slots;
    settings.device = vector["device"] == "cpu" ? GraphDevice::cpu : GraphDevice::gpu;
    return settings;
}

// Within the error that fitcalc states for the architecture.
bool close(Bytes ours, std::int64_t theirs, std::string_view architecture) {
    const auto percent = static_cast<double>(find_architecture(architecture).value()->compute_error_percent);
    return std::abs(static_cast<double>(ours.count() - theirs)) <= percent / 100 * static_cast<double>(theirs);
}

void check_weights(const Vectors& vectors, const Estimator& estimator) {
    for (const json& vector : vectors.file["weights"]) {
        INFO(vector.dump());
        const FileType type = file_type_from_name(vector["quant"].get<std::string>()).value();
        CHECK(estimator.quantize(type, vector["imatrix"]).weights.file.count() == number(vector, "bytes"));
    }
}

void check_contexts(const Vectors& vectors, const Estimator& estimator) {
    for (const json& vector : vectors.file["contexts"]) {
        INFO(vector.dump());
        const ContextCosts costs = estimator.context_costs(settings_of(vector)).value();
        CHECK(costs.cache.attention_bytes().count() == number(vector, "kv_cache_bytes"));
        CHECK(costs.cache.recurrent_bytes().count() == number(vector, "recurrent_state_bytes"));
        CHECK(close(costs.compute.host, number(vector, "compute_host_bytes"), vectors.architecture));
        if (!vector["compute_device_bytes"].is_null())
            CHECK(close(costs.compute.device, number(vector, "compute_device_bytes"), vectors.architecture));
    }
}

void check_placements(const Vectors& vectors, const Estimator& estimator) {
    const auto blocks = static_cast<std::int64_t>(vectors.spec.layers.size());
    for (const json& vector : vectors.file["placements"]) {
        INFO(vector.dump());
        PlacementLimits limits;
        limits.devices = {{GiB * (1 << 20), {}}};
        limits.host = GiB * (1 << 20);
        if (vector["offload"] == "half") limits.gpu_layers = Layers{(blocks + 1) / 2};
        if (vector["offload"] == "experts_on_host") limits.cpu_moe_layers = Layers{blocks};
        EngineSettings settings;
        settings.context = Tokens{number(vector, "context")};
        settings.ubatch = Tokens{number(vector, "ubatch")};
        settings.outputs = Outputs::batch;
        const FileType type = file_type_from_name(vector["quant"].get<std::string>()).value();
        const Placement placement = PlacementSolver{estimator, settings}.place(estimator.quantize(type, false), limits).value();
        const DevicePlacement& device = placement.devices.front();
        CHECK(device.weights.count() == number(vector, "weights_device_bytes"));
        CHECK(placement.host.weights.count() == number(vector, "weights_host_bytes"));
        CHECK((device.kv_cache + device.recurrent_state).count() == number(vector, "cache_device_bytes"));
        CHECK((placement.host.kv_cache + placement.host.recurrent_state).count() == number(vector, "cache_host_bytes"));
    }
}

}  // namespace

TEST_CASE("the conformance vectors hold", "[conformance]") {
    const auto paths = files();
    REQUIRE(paths.size() >= 31);
    std::set<std::string> architectures;
    for (const auto& path : paths) {
        INFO(path.filename().string());
        const Vectors vectors = open_vectors(path);
        CHECK(vectors.file["format"] == "llm-memory-vectors/1");
        CHECK(architectures.insert(vectors.architecture).second);
        REQUIRE(vectors.file["weights"].size() >= 12);
        REQUIRE(vectors.file["contexts"].size() >= 10);
        REQUIRE(vectors.file["placements"].size() >= 2);
        const Estimator estimator = Estimator::create(vectors.spec, Bytes{}).value();
        CHECK(estimator.parameters().count() == number(vectors.file["model"], "parameters"));
        check_weights(vectors, estimator);
        check_contexts(vectors, estimator);
        check_placements(vectors, estimator);
    }
}
