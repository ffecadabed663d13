#include "inspect_report.hpp"

#include <algorithm>
#include <stdexcept>

#include "file_report.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/text.hpp"
#include "groups.hpp"

namespace fitcalc {
namespace {

// Names of Hugging Face checkpoints, as transformers gives them.
TensorRole role_in_checkpoint(std::string_view name) {
    if (contains(name, "embed_tokens") || contains(name, "wte.") || contains(name, "word_embeddings"))
        return TensorRole::token_embedding;
    if (contains(name, "lm_head")) return TensorRole::output;
    if (contains(name, "norm") || contains(name, "ln_")) return TensorRole::norm;
    if (contains(name, "shared_expert")) return TensorRole::shared_experts;
    if (contains(name, "experts.")) return TensorRole::routed_experts;
    if (contains(name, ".gate.") || contains(name, ".router.")) return TensorRole::router;
    if (contains(name, ".mamba.") || contains(name, ".linear_attn.") || contains(name, ".mixer."))
        return TensorRole::recurrent;
    if (contains(name, "attn") || contains(name, "attention")) return TensorRole::attention;
    if (contains(name, "mlp") || contains(name, "feed_forward")) return TensorRole::dense_ffn;
    return TensorRole::other;
}

std::vector<InspectedTensor> listed(const TensorInventory& inventory) {
    std::vector<InspectedTensor> tensors;
    for (const Tensor& tensor : inventory.tensors) {
        const auto& ne = tensor.shape.ne;
        tensors.push_back({tensor.name.str(), tensor.role, std::string(traits(tensor.type).name),
                           {ne.begin(), ne.begin() + tensor.shape.dimensions()}, tensor.params(), tensor.bytes()});
    }
    return tensors;
}

std::vector<InspectedTensor> listed(const Checkpoint& checkpoint) {
    std::vector<InspectedTensor> tensors;
    for (const CheckpointTensor& tensor : checkpoint.tensors)
        tensors.push_back({tensor.name, role_in_checkpoint(tensor.name), tensor.type, tensor.shape, tensor.params(), tensor.bytes});
    return tensors;
}

std::vector<TensorGroup> grouped(const std::vector<InspectedTensor>& tensors) {
    std::vector<TensorGroup> groups;
    for (const InspectedTensor& tensor : tensors) {
        auto same = std::ranges::find_if(groups, [&](const TensorGroup& g) { return g.role == tensor.role && g.type == tensor.type; });
        if (same == groups.end()) same = groups.insert(groups.end(), {tensor.role, tensor.type, 0, {}, {}});
        ++same->count;
        same->parameters += tensor.parameters;
        same->bytes += tensor.bytes;
    }
    std::ranges::stable_sort(groups, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return groups;
}

void add_layer_kinds(InspectReport& report, const ModelSpec& model) {
    const auto count = [](std::vector<LayerKind>& kinds, const std::string& kind, std::int64_t layers) {
        const auto same = std::ranges::find(kinds, kind, &LayerKind::kind);
        if (same == kinds.end())
            kinds.push_back({kind, layers});
        else
            same->layers += layers;
    };
    for (const CacheGroup& group : cache_groups(model, {})) count(report.attention, group.kind, group.layers);
    for (const LayerSpec& layer : model.layers) {
        if (layer.recurrent && !layer.next_token) count(report.attention, recurrent_label(*layer.recurrent), 1);
        if (layer.next_token)
            count(report.attention, "next-token block", 1);
        else if (const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward))
            count(report.feed_forward, std::to_string(moe->used) + " of " + std::to_string(moe->experts) + " experts", 1);
        else if (std::holds_alternative<DenseFeedForward>(layer.feed_forward))
            count(report.feed_forward, "dense", 1);
    }
}

// What the architecture says of the file; nothing where it isn't supported, with a warning.
void add_architecture(InspectReport& report, const ModelFile& file) {
    if (file.no_dimensions) {
        report.warnings.push_back(file.no_dimensions->message);
        return;
    }
    if (file.gguf && !file.gguf->type.empty() && file.gguf->type != "model") {
        report.warnings.push_back("the file is of type '" + file.gguf->type + "', not a model by itself");
        return;
    }
    const auto model = describe_model(file.architecture, file.dimensions);
    if (!model) {
        report.warnings.push_back(file.architecture.empty() ? "the file names no architecture" : model.error().message);
        return;
    }
    add_layer_kinds(report, *model);
    auto estimator = file.gguf ? Estimator::create(*model, file.gguf->inventory, file.gguf->metadata)
                               : Estimator::create(*model, Bytes{});
    if (!estimator) {
        report.warnings.push_back(estimator.error().message);
        return;
    }
    if (file.gguf) report.recipe = summarize(file, *estimator).recipe;
    if (file.format == ModelFormat::config) {
        report.tensors = listed(estimator->inventory());
        report.tensors_planned = true;
    }
}

}  // namespace

Result<InspectReport> build_inspect_report(ModelFile file, bool list_tensors) try {
    InspectReport report;
    report.path = file.path;
    report.format = file.format;
    report.name = file.name;
    report.architecture = file.architecture;
    report.dimensions = file.dimensions;
    report.list_tensors = list_tensors;
    report.warnings = file.warnings;
    if (file.gguf) {
        report.tensors = listed(file.gguf->inventory);
        report.files = std::max<std::int64_t>(1, file.gguf->split.count);
        report.file_size = file.gguf->file_size;
    }
    if (file.checkpoint) {
        report.tensors = listed(*file.checkpoint);
        report.files = file.checkpoint->files;
        report.file_size = file.checkpoint->file_size;
    }
    add_architecture(report, file);
    report.groups = grouped(report.tensors);
    for (const TensorGroup& group : report.groups) {
        report.parameters += group.parameters;
        report.bytes += group.bytes;
    }
    if (file.gguf) {
        file.gguf->inventory = {};
        report.gguf = std::move(file.gguf);
    }
    return report;
} catch (const std::overflow_error& overflow) {
    return fail(ErrorKind::bad_data, file.path + ": " + overflow.what());
}

}  // namespace fitcalc
