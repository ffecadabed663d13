// What every architecture's weights come to at every file type, and what becomes of a model when one of its dimensions
// is missing, none, or one more.
#include "fitcalc/cache.hpp"
#include "fitcalc/compute.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "support/snapshot.hpp"

using namespace fitcalc;

namespace {

std::int64_t bytes_of(const TensorInventory& inventory, const std::vector<GgmlType>& types) {
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i) sum += inventory.tensors[i].bytes_as(types[i]);
    return sum.count();
}

// "Q2_K 1234" and, where it is another without an importance matrix, "Q2_K 1234/1250".
void add_file_types(std::string& text, const ModelSpec& model) {
    const TensorInventory inventory = tensor_inventory(model);
    const QuantPlanner scheme{model, inventory};
    text += " ";
    for (const FileTypeTraits& type : file_types()) {
        const std::int64_t with = bytes_of(inventory, scheme.types(type.type, true));
        const std::int64_t without = bytes_of(inventory, scheme.types(type.type, false));
        text += " " + std::string(type.name) + " " + std::to_string(with) +
                (without == with ? "" : "/" + std::to_string(without));
    }
    text += "\n";
}

std::string outcome_of(const std::string& architecture, const Dimensions& dimensions) {
    const auto model = describe_model(architecture, dimensions);
    if (!model) return model.error().message;
    const auto estimator = Estimator::create(*model, Bytes{});
    if (!estimator) return estimator.error().message;
    const TensorInventory& inventory = estimator->inventory();
    Bytes bytes;
    for (const Tensor& tensor : inventory.tensors) bytes += tensor.bytes_as(tensor.type);
    EngineSettings settings;
    settings.context = Tokens{4096};
    const CachePlan cache = plan_cache(*model, settings);
    const auto compute = compute_buffers(*model, settings);
    return std::to_string(inventory.tensors.size()) + " tensors, " + std::to_string(bytes.count()) + "+" +
           std::to_string(cache.attention_bytes().count()) + "+" + std::to_string(cache.recurrent_bytes().count()) +
           "+" + (compute ? std::to_string(compute->device.count()) : compute.error().message);
}

// The dimension missing (0), none (1) or one more (2); nullopt where it can't be changed so.
std::optional<Dimension> changed(const Dimension& dimension, int change) {
    if (!dimension) return std::nullopt;
    if (change == 0) return Dimension{};
    return Dimension{change == 1 ? 0 : *dimension + 1};
}
std::optional<PerLayer> changed(const PerLayer& each, int change) {
    if (!each.known()) return std::nullopt;
    if (change == 0) return PerLayer{};
    std::vector<std::uint32_t> values = each.values();
    for (std::uint32_t& value : values) value = change == 1 ? 0 : value + 1;
    return PerLayer{values};
}
std::optional<std::optional<bool>> changed(const std::optional<bool>& yes, int change) {
    if (!yes || change == 2) return std::nullopt;
    return change == 0 ? std::optional<bool>{} : std::optional<bool>{!*yes};
}

void add_changes(std::string& text, const Dimensions& dimensions, const std::string& architecture) {
    const std::string whole = outcome_of(architecture, dimensions);
    text += "  " + whole + "\n";
    std::size_t count = 0;
    visit_dimensions(dimensions, [&](const char*, const auto&) { ++count; });
    for (std::size_t at = 0; at < count; ++at) {
        std::string line;
        for (int change = 0; change < 3; ++change) {
            Dimensions other = dimensions;
            std::size_t index = 0;
            std::string name;
            bool made = false;
            visit_dimensions(other, [&](const char* json_name, auto& dimension) {
                if (index++ != at) return;
                name = json_name;
                if (const auto value = changed(dimension, change)) {
                    dimension = *value;
                    made = true;
                }
            });
            if (!made) continue;
            const std::string outcome = outcome_of(architecture, other);
            if (line.empty()) line = "  " + name;
            line += std::string(change == 0   ? " missing: "
                                : change == 1 ? "; none: "
                                              : "; one more: ") +
                    (outcome == whole ? "the same" : outcome);
        }
        if (!line.empty()) text += line + "\n";
    }
}

}  // namespace

TEST_CASE("weights of one model of every architecture at every file type", "[snapshot]") {
    test::check_snapshot("weights.txt", test::text_of_models(test::ModelsOf::both, add_file_types));
}

TEST_CASE("dimensions that a model lacks, or has more of, in every architecture", "[snapshot]") {
    test::check_snapshot("dimensions.txt", test::text_of_all(test::ModelsOf::small, add_changes));
}
