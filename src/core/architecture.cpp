#include "fitcalc/architecture.hpp"

#include <algorithm>

#include "architectures/families.hpp"

namespace fitcalc {
namespace {

std::span<const Architecture* const> table() {
    static const Architecture* const all[]{
        &architectures::afmoe,
        &architectures::apertus,
        &architectures::arcee,
        &architectures::arctic,
        &architectures::baichuan,
        &architectures::bailingmoe,
        &architectures::bailingmoe2,
        &architectures::bloom,
        &architectures::chatglm,
        &architectures::codeshell,
        &architectures::cohere2,
        &architectures::cohere2moe,
        &architectures::command_r,
        &architectures::dbrx,
        &architectures::deci,
        &architectures::deepseek,
        &architectures::deepseek2,
        &architectures::deepseek32,
        &architectures::deepseek4,
        &architectures::dots1,
        &architectures::ernie4_5,
        &architectures::ernie4_5_moe,
        &architectures::exaone,
        &architectures::exaone4,
        &architectures::exaone_moe,
        &architectures::falcon,
        &architectures::falcon_h1,
        &architectures::gemma,
        &architectures::gemma2,
        &architectures::gemma3,
        &architectures::gemma3n,
        &architectures::gemma4,
        &architectures::glm4,
        &architectures::glm4moe,
        &architectures::glm_dsa,
        &architectures::gpt2,
        &architectures::gpt_oss,
        &architectures::gptneox,
        &architectures::granite,
        &architectures::granitehybrid,
        &architectures::granitemoe,
        &architectures::grok,
        &architectures::hunyuan_dense,
        &architectures::hunyuan_moe,
        &architectures::hunyuan_vl,
        &architectures::hy_v3,
        &architectures::internlm2,
        &architectures::jais,
        &architectures::jais2,
        &architectures::jamba,
        &architectures::kimi_k3,
        &architectures::kimi_linear,
        &architectures::lfm2,
        &architectures::lfm2moe,
        &architectures::llama,
        &architectures::llama4,
        &architectures::maincoder,
        &architectures::mamba,
        &architectures::mamba2,
        &architectures::mellum,
        &architectures::mimo2,
        &architectures::minicpm,
        &architectures::minicpm3,
        &architectures::minimax_m2,
        &architectures::mistral3,
        &architectures::mistral4,
        &architectures::mpt,
        &architectures::nemotron,
        &architectures::nemotron_h,
        &architectures::nemotron_h_moe,
        &architectures::olmo,
        &architectures::olmo2,
        &architectures::olmoe,
        &architectures::openelm,
        &architectures::orion,
        &architectures::paddleocr,
        &architectures::pangu_embedded,
        &architectures::phi2,
        &architectures::phi3,
        &architectures::phimoe,
        &architectures::plamo,
        &architectures::plamo3,
        &architectures::qwen,
        &architectures::qwen2,
        &architectures::qwen2moe,
        &architectures::qwen2vl,
        &architectures::qwen3,
        &architectures::qwen35,
        &architectures::qwen35moe,
        &architectures::qwen3moe,
        &architectures::qwen3next,
        &architectures::qwen3vl,
        &architectures::qwen3vlmoe,
        &architectures::refact,
        &architectures::rwkv7,
        &architectures::seed_oss,
        &architectures::smallthinker,
        &architectures::smollm3,
        &architectures::stablelm,
        &architectures::starcoder,
        &architectures::starcoder2,
        &architectures::step35,
        &architectures::xverse,
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
