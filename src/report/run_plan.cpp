#include "run_plan.hpp"

#include <cctype>

#include "fitcalc/text.hpp"
#include "importers/paths.hpp"

namespace fitcalc {
namespace {

// Names that Ollama takes: letters, digits, dots, dashes and underscores.
std::string plain_name(std::string_view text) {
    std::string out = lower_case(text);
    for (char& c : out)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_') c = '-';
    return out;
}

// As publishers have it in the names of their files.
std::string_view name_on_hubs(FileType quant) { return quant == FileType::mxfp4_moe ? "MXFP4" : traits(quant).name; }

void place(RunPlan& plan, const Placement& placement) {
    plan.layers = placement.layers;
    plan.gpu_layers = placement.gpu_layers;
    plan.cpu_moe_layers = placement.cpu_moe_layers;
    if (!placement.default_split) plan.tensor_split = placement.tensor_split;
}

// The source of a plan is one of three.

// A model of the catalog, in llama.cpp's own types.
void take_catalog(RunPlan& plan, const Catalog& catalog, const ModelRecord& record, FileType quant) {
    const std::string_view type = name_on_hubs(quant);
    const std::string_view title = record.huggingface.empty() ? record.id : last_part(record.huggingface);
    // Publishers call the mix of MXFP4 experts by the experts' type.
    plan.repository = catalog.repository_of(record, type);
    if (plan.repository.empty()) plan.repository = catalog.repository_of(record, traits(quant).name);
    if (plan.repository.empty())
        plan.file_note = "fitcalc knows no repository with its " + std::string(type) +
                         " file: search for one, or make it with convert_hf_to_gguf.py and llama-quantize";
    plan.file = std::string(title) + "-" + std::string(type) + ".gguf";
    plan.quant = type;
    for (const std::string_view tag : record.ollama)
        if (lower_case(tag).ends_with("-" + lower_case(type))) plan.ollama_tag = tag;
    // A tag that doesn't name a quantization is usually Q4_K_M's, or the release's own.
    if ((quant == FileType::q4_k_m || quant == FileType::mxfp4_moe) && !record.ollama.empty()) plan.ollama_library_tag = record.ollama.front();
    plan.name = plain_name(record.id) + "-" + lower_case(type);
}

// A mix of its maker's own is in its maker's repository only.
void take_published(RunPlan& plan, const PublishedChoice& choice) {
    plan.repository = choice.set->repository;
    plan.quant = choice.file->quant;
    std::string_view title = last_part(plan.repository);
    if (lower_case(title).ends_with("-gguf")) title.remove_suffix(5);
    plan.name = plain_name(std::string(title) + "-" + plan.quant);
    plan.file = std::string(title) + "-" + plan.quant + ".gguf";
}

// A file that is there.
void take_file(RunPlan& plan, const std::string& path) {
    plan.file = path;
    plan.name = plain_name(last_part(path));
    if (plan.name.ends_with(".gguf")) plan.name.resize(plan.name.size() - 5);
}

RunPlan without_source(Bytes file_size, Layers expert_layers, const EngineSettings& settings,
                       const Placement& placement) {
    RunPlan plan;
    plan.file_size = file_size;
    plan.settings = settings;
    plan.expert_layers = expert_layers;
    place(plan, placement);
    return plan;
}

// The files of Ollama's library are no repository's.
bool in_a_repository(const PublishedChoice& choice) {
    return choice.set->publisher != "Ollama";
}

}  // namespace

RunPlan run_plan(const Catalog& catalog, const ModelRecord& record, FileType quant, Bytes file_size,
                 Layers expert_layers, const EngineSettings& settings, const Placement& placement) {
    RunPlan plan = without_source(file_size, expert_layers, settings, placement);
    take_catalog(plan, catalog, record, quant);
    return plan;
}

RunPlan run_plan(const FitRequest& request, const ModelSpec& model, Bytes file_size, const Placement& placement) {
    RunPlan plan = without_source(file_size, routed_layers(model).end, request.settings, placement);
    if (request.file && request.as_it_is)
        take_file(plan, request.file->file.path);
    else if (request.published && in_a_repository(*request.published))
        take_published(plan, *request.published);
    else
        take_catalog(plan, *request.catalog, *request.model, request.quant);
    return plan;
}

}  // namespace fitcalc
