#include "fitcalc/architecture.hpp"

#include <algorithm>
#include <array>

#include "architectures/families.hpp"

namespace fitcalc {
namespace {

const std::array<const Architecture*, 10>& table() {
    static const std::array<const Architecture*, 10> all{
        &architectures::deepseek2,
        &architectures::glm4moe,
        &architectures::llama,
        &architectures::minimax_m2,
        &architectures::phi3,
        &architectures::qwen2,
        &architectures::qwen3,
        &architectures::qwen3moe,
        &architectures::smollm3,
        &architectures::starcoder2,
    };
    return all;
}

}  // namespace

std::span<const Architecture* const> architectures_known() { return table(); }

Result<const Architecture*> find_architecture(std::string_view name) {
    const auto found = std::ranges::find(table(), name, [](const Architecture* a) { return a->name; });
    if (found != table().end()) return *found;
    return fail(ErrorKind::unsupported, "architecture '" + std::string(name) + "' is not supported",
                "fitcalc list architectures shows the supported ones");
}

Result<ModelSpec> describe_model(std::string_view architecture, const Dimensions& dimensions) {
    const auto found = find_architecture(architecture);
    if (!found) return tl::unexpected(found.error());
    return (*found)->describe(dimensions);
}

TensorInventory tensor_inventory(const ModelSpec& model) {
    const auto found = find_architecture(model.architecture);
    return found ? (*found)->tensors(model) : TensorInventory{};
}

}  // namespace fitcalc
