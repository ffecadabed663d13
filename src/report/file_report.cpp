#include "file_report.hpp"

#include <algorithm>
#include <map>

#include "catalog/packed_dimensions.hpp"
#include "fitcalc/architecture.hpp"
#include "groups.hpp"

namespace fitcalc {
namespace {

constexpr std::string_view nameless = "as it is";

bool is_quantized(const TensorInventory& inventory) {
    return std::ranges::any_of(inventory.tensors, [](const Tensor& tensor) { return traits(tensor.type).quantized; });
}

std::vector<Recipe::Difference> differences(const Estimator& estimator, FileType type, bool importance_matrix) {
    std::vector<Recipe::Difference> found;
    const auto standard = estimator.types(type, importance_matrix);
    const auto& tensors = estimator.inventory().tensors;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (tensors[i].type != standard[i]) found.push_back({tensors[i].name.str(), standard[i], tensors[i].type});
    return found;
}

Recipe recipe_of(const Estimator& estimator, const GgufFile& gguf) {
    Recipe recipe;
    if (gguf.file_type) recipe.declared = file_type_from_number(*gguf.file_type);
    if (recipe.declared) {
        const auto with = differences(estimator, *recipe.declared, true);
        const auto without = differences(estimator, *recipe.declared, false);
        recipe.differing = without.size() < with.size() ? without : with;
        if (recipe.differing.empty()) recipe.standard = recipe.declared;
        return recipe;
    }
    for (const FileTypeTraits& type : file_types())
        for (const bool importance_matrix : {true, false})
            if (!recipe.standard && differences(estimator, type.type, importance_matrix).empty())
                recipe.standard = type.type;
    return recipe;
}

std::string count_and_first(std::size_t count, const std::string& first) {
    return std::to_string(count) + (count == 1 ? " tensor (" : " tensors (the first is ") + first + ")";
}

// The engine checks every tensor's name and shape when it loads a file.
std::vector<std::string> tensor_warnings(const ModelSpec& model, const TensorInventory& own) {
    const TensorInventory expected = tensor_inventory(model);
    std::map<std::string_view, const Tensor*> left;
    for (const Tensor& tensor : own.tensors) left.emplace(tensor.name, &tensor);
    std::vector<std::string> missing, reshaped;
    for (const Tensor& tensor : expected.tensors) {
        const auto found = left.find(tensor.name);
        if (found == left.end()) {
            missing.push_back(tensor.name.str());
            continue;
        }
        if (found->second->shape != tensor.shape) reshaped.push_back(tensor.name.str());
        left.erase(found);
    }
    std::vector<std::string> warnings;
    const auto warn = [&](const std::string& before, std::size_t count, const std::string& first,
                          std::string_view after) {
        if (count > 0) warnings.push_back(before + count_and_first(count, first) + std::string(after));
    };
    const std::string file = "the file ";
    warn(file + "lacks ", missing.size(), missing.empty() ? "" : missing.front(),
         " that its architecture '" + model.architecture + "' has");
    warn(file + "has other shapes than its dimensions say in ", reshaped.size(), reshaped.empty() ? "" : reshaped.front(), "");
    warn(file + "has ", left.size(), left.empty() ? "" : std::string(left.begin()->first),
         " that fitcalc does not know of this architecture: counted as weights, without an effect on cache and compute");
    return warnings;
}

}  // namespace

FileModel::FileModel(ModelFile model) : file{std::move(model)}, packed_dimensions_{pack(file.dimensions)}, sources_{file.path} {
    record.id = record.name = file.name;
    record.architecture = file.architecture;
    record.packed_dimensions = packed_dimensions_;
    record.hf_attention = file.hf_attention;
    record.sources = sources_;
    record.confidence = "verbatim";
    if (file.gguf) {
        record.publisher = file.gguf->organization;
        record.license = file.gguf->license;
        record.metadata_bytes = file.gguf->metadata.count();
    }
}

FileSummary summarize(const ModelFile& file, const Estimator& estimator) {
    FileSummary summary;
    summary.path = file.path;
    summary.format = file.format;
    if (!file.gguf) return summary;
    summary.quantized = is_quantized(file.gguf->inventory);
    summary.recipe = recipe_of(estimator, *file.gguf);
    const auto type = summary.recipe->standard ? summary.recipe->standard : summary.recipe->declared;
    summary.label = type ? traits(*type).name : nameless;
    return summary;
}

QuantizedModel file_as_it_is(const Estimator& estimator, const GgufFile& gguf, const FileSummary& summary) {
    const auto type = summary.recipe->standard ? summary.recipe->standard : summary.recipe->declared;
    QuantizedModel quantized = estimator.as_it_is(type.value_or(FileType::f16));
    quantized.file_size = gguf.file_size;
    return quantized;
}

void note_file(Subject& subject) {
    FitRequest& request = subject.request;
    const ModelFile& file = request.file->file;
    subject.warnings.insert(subject.warnings.end(), file.warnings.begin(), file.warnings.end());
    if (!file.gguf) return;
    const FileSummary& summary = *subject.file;
    request.as_it_is = request.method == Method::exact && (request.as_it_is || summary.recipe->standard == request.quant);
    if (request.as_it_is) {
        request.quant = summary.recipe->standard.value_or(summary.recipe->declared.value_or(FileType::f16));
        subject.settings.quant = request.quant;
        subject.settings.quant_label = summary.label;
    } else if (summary.quantized) {
        subject.warnings.push_back("the file is quantized already (" + summary.label + "): " +
                                   std::string(traits(request.quant).name) +
                                   " made from it loses more than one made from the original");
    }
    for (std::string& warning : tensor_warnings(subject.estimator.model(), subject.estimator.inventory()))
        subject.warnings.push_back(std::move(warning));
}

Result<FitReport> weights_only_report(const FitRequest& request, const Error& reason, FitReport report) {
    const GgufFile& gguf = *request.file->file.gguf;
    if (gguf.inventory.tensors.empty()) return fail(ErrorKind::bad_data, request.file->file.path + ": holds no tensors");
    if (request.devices.names_memory()) return fail(reason.kind, reason.message, "only its weights are known: ask without --gpu");
    report.weights_only = true;
    report.warnings = request.warnings;
    report.warnings.push_back(reason.message + ": only weights and file size are known" +
                              (reason.hint.empty() ? "" : "; " + reason.hint));
    const auto declared = gguf.file_type ? file_type_from_number(*gguf.file_type) : std::nullopt;
    report.file = FileSummary{request.file->file.path, request.file->file.format, is_quantized(gguf.inventory),
                              std::string(declared ? traits(*declared).name : nameless), Recipe{declared, {}, {}}};
    report.settings.quant = declared.value_or(FileType::f16);
    report.settings.quant_label = report.file->label;
    report.model.record = request.model;
    report.model.parameters = report.model.active_parameters = gguf.inventory.params();
    report.model.layers = gguf.dimensions.block_count.value_or(0);
    report.model.context_length = Tokens{gguf.dimensions.context_length.value_or(0)};
    report.model.vocab_size = gguf.dimensions.vocab_size.value_or(0);
    std::vector<GgmlType> types;
    for (const Tensor& tensor : gguf.inventory.tensors) {
        types.push_back(tensor.type);
        report.estimate.weights += tensor.bytes();
    }
    report.estimate.file_size = gguf.file_size;
    report.estimate.bits_per_weight = 8.0 * static_cast<double>(report.estimate.weights.count()) /
                                      static_cast<double>(report.model.parameters.count());
    report.full_context = report.estimate;
    QuantRow row;
    row.type = report.settings.quant;
    row.label = report.file->label;
    row.bits_per_weight = report.estimate.bits_per_weight;
    row.weights = report.estimate.weights;
    row.file_size = report.estimate.file_size;
    row.asked = row.recommended = true;
    report.recommendation = {row.type, "what the file holds", row.label};
    report.quants.push_back(std::move(row));
    if (request.explain) report.weight_groups = weight_groups(gguf.inventory, types);
    return report;
}

}  // namespace fitcalc
