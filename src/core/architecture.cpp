#include "fitcalc/architecture.hpp"

#include <algorithm>
#include <array>

#include "architectures/families.hpp"

namespace fitcalc {
namespace {

const std::array<const Architecture*, 26>& table() {
    static const std::array<const Architecture*, 26> all{
        &architectures::cohere2,
        &architectures::command_r,
        &architectures::deepseek2,
        &architectures::deepseek32,
        &architectures::falcon_h1,
        &architectures::gemma2,
        &architectures::gemma3,
        &architectures::gemma3n,
        &architectures::gemma4,
        &architectures::glm_dsa,
        &architectures::gpt_oss,
        &architectures::granitehybrid,
        &architectures::kimi_k3,
        &architectures::lfm2,
        &architectures::lfm2moe,
        &architectures::llama,
        &architectures::llama4,
        &architectures::mamba2,
        &architectures::nemotron_h,
        &architectures::olmo2,
        &architectures::qwen2,
        &architectures::qwen3,
        &architectures::qwen35,
        &architectures::qwen35moe,
        &architectures::qwen3next,
        &architectures::rwkv7,
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
