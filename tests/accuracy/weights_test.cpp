// Weights and cache against llama.cpp's own figures, to the byte. Prints the counts.
#include <algorithm>
#include <cstdio>
#include <map>

#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/weights.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

struct Tally {
    int cases = 0;
    int exact = 0;

    void count(bool same) {
        ++cases;
        if (same) ++exact;
    }
};

void print(const char* what, const std::map<std::string, Tally>& by_architecture) {
    std::printf("%-34s %8s %8s\n", what, "cases", "exact");
    for (const auto& [architecture, tally] : by_architecture)
        std::printf("  %-32s %8d %8d\n", architecture.c_str(), tally.cases, tally.exact);
}

void require_all_exact(const std::map<std::string, Tally>& by_architecture) {
    REQUIRE_FALSE(by_architecture.empty());
    for (const auto& [architecture, tally] : by_architecture) {
        INFO(architecture);
        CHECK(tally.cases > 0);
        CHECK(tally.exact == tally.cases);
    }
}

Bytes sum_of(const TensorInventory& inventory, const std::vector<GgmlType>& types) {
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i) sum += inventory.tensors[i].bytes_as(types[i]);
    return sum;
}

}  // namespace

TEST_CASE("tensor lists are llama.cpp's") {
    for (const auto& reference : reference_models()) {
        INFO(reference.id);
        const TensorInventory inventory = tensor_inventory(spec_of(reference));
        CHECK(inventory.params() == reference.parameters);
        REQUIRE(inventory.tensors.size() == reference.tensors.tensors.size());
        for (const Tensor& expected : reference.tensors.tensors) {
            INFO(expected.name.view());
            const Tensor* tensor = inventory.find(expected.name);
            REQUIRE(tensor);
            CHECK(tensor->shape == expected.shape);
            CHECK(tensor->type == expected.type);
            CHECK(tensor->layer == expected.layer);
        }
    }
}

TEST_CASE("weights at every file type are llama.cpp's, with and without importance matrix") {
    std::map<std::string, Tally> tallies;
    for (const auto& reference : reference_models()) {
        const ModelSpec model = spec_of(reference);
        const TensorInventory inventory = tensor_inventory(model);
        const QuantPlanner planner{model, inventory};
        CHECK(reference.weights.size() == file_types().size());
        for (const FileTypeTraits& type : file_types()) {
            const auto& [plain, imatrix] = reference.weights.at(std::string(type.name));
            for (const bool importance_matrix : {false, true}) {
                const Bytes bytes = sum_of(inventory, planner.types(type.type, importance_matrix));
                const Bytes expected = importance_matrix ? imatrix : plain;
                INFO(reference.id << " " << type.name << " imatrix " << importance_matrix);
                CHECK(bytes.count() == expected.count());
                tallies[reference.architecture].count(bytes == expected);
            }
        }
    }
    print("weights (model x type x imatrix)", tallies);
    require_all_exact(tallies);
}

TEST_CASE("the split of weights between device and host is llama.cpp's") {
    std::map<std::string, Tally> tallies;
    for (const auto& reference : reference_models()) {
        const ModelSpec model = spec_of(reference);
        const TensorInventory inventory = tensor_inventory(model);
        const QuantPlanner planner{model, inventory};
        // F16 here is the converted file, in which gpt-oss keeps the types that its experts come in.
        std::vector<GgmlType> converted;
        for (const Tensor& tensor : inventory.tensors) converted.push_back(tensor.type);
        const auto plan = [&](FileType type) {
            const auto types = type == FileType::f16 ? converted : planner.types(type, false);
            return WeightPlanner{model, inventory}.plan(types);
        };
        const WeightPlan f16 = plan(FileType::f16);
        CHECK(f16.device().count() == reference.f16_device.count());
        CHECK(f16.host.count() == reference.f16_host.count());
        for (const auto& row : reference.placements) {
            if (row.device != "gpu1") continue;
            const WeightPlan weights = plan(file_type_from_name(row.quant).value());
            INFO(reference.id << " " << row.quant);
            CHECK(weights.device().count() == row.weights_device.count());
            CHECK(weights.host.count() == row.weights_host.count());
            tallies[reference.architecture].count(weights.device() == row.weights_device && weights.host == row.weights_host);
        }
    }
    print("weights on device and host", tallies);
    require_all_exact(tallies);
}

TEST_CASE("the KV cache is llama.cpp's at every setting") {
    std::map<std::string, Tally> tallies;
    for (const auto& reference : reference_models()) {
        const ModelSpec model = spec_of(reference);
        for (const auto& row : reference.settings) {
            const CachePlan cache = plan_cache(model, row.settings);
            INFO(reference.id << " " << row.device << " context " << row.settings.context.count() << " sequences "
                              << row.settings.sequences << " " << traits(row.settings.type_k).name);
            CHECK(row.settings.total_context() == row.total_context);
            CHECK(cache.attention_bytes().count() == row.kv.count());
            CHECK(cache.recurrent_bytes().count() == row.recurrent.count());
            tallies[reference.architecture].count(cache.attention_bytes() == row.kv && cache.recurrent_bytes() == row.recurrent);
        }
    }
    print("KV cache (model x setting)", tallies);
    require_all_exact(tallies);
}
