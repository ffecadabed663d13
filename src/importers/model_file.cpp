#include "model_file.hpp"

#include "hf_config.hpp"
#include "paths.hpp"

namespace fitcalc {
namespace {

constexpr std::string_view index_name = "model.safetensors.index.json";

// Split files and shards share a name: without extension and number.
std::string stem(std::string_view path) {
    std::string_view name = last_part(path);
    for (const std::string_view extension : {".gguf", ".safetensors", ".json"})
        if (name.ends_with(extension)) name.remove_suffix(extension.size());
    if (const auto of = name.rfind("-of-"); of != std::string_view::npos && of > 6 && name.size() == of + 9)
        name = name.substr(0, of - 6);
    return std::string(name);
}

Result<ModelFile> open_gguf(const std::string& path, const Files& files) {
    auto gguf = read_gguf_set(path, files);
    if (!gguf) return tl::unexpected(gguf.error());
    ModelFile model;
    model.format = ModelFormat::gguf;
    model.name = gguf->name.empty() ? stem(path) : gguf->name;
    model.architecture = gguf->architecture;
    model.dimensions = gguf->dimensions;
    model.gguf = std::move(*gguf);
    return model;
}

// "Qwen/Qwen3-8B" and "models/Qwen3-8B/config.json" are both Qwen3-8B; a file of another name goes by its own.
std::string name_of_config(const ImportedConfig& config, const std::string& path, const Files& files) {
    std::string name = name_of_path(config.name_or_path, {});
    if (name.empty()) name = last_part(path) == "config.json" ? name_of_path(folder_of(path), files) : stem(path);
    return name.empty() ? config.model_class : name;
}

void take_config(ModelFile& model, ImportedConfig config) {
    model.architecture = std::move(config.architecture);
    model.dimensions = std::move(config.dimensions);
    model.hf_attention = config.hf_attention;
    model.warnings = std::move(config.warnings);
}

// The configuration beside a checkpoint.
Result<void> read_config(ModelFile& model, const ByteSource& source, const std::string& path) {
    const auto text = read_whole(source, path, longest_config);
    if (!text) return tl::unexpected(text.error());
    auto config = import_hf_config(*text, path);
    if (!config) {
        // What the file holds can still be told.
        if (config.error().kind != ErrorKind::unsupported) return tl::unexpected(config.error());
        model.no_dimensions = config.error();
        return {};
    }
    if (std::string stated = name_of_path(config->name_or_path, {}); !stated.empty()) model.name = std::move(stated);
    take_config(model, std::move(*config));
    return {};
}

// What a checkpoint's tensors show, whatever its config says. Its converter keeps a separate output matrix even where
// the configuration calls the embeddings tied.
void note_checkpoint_tensors(Dimensions& dimensions, const Checkpoint& checkpoint) {
    if (!checkpoint.find("lm_head.weight")) return;
    if (dimensions.tied_embeddings == true)
        dimensions.tied_output_stored = true;
    else
        dimensions.tied_embeddings = false;
}

Result<ModelFile> open_checkpoint(const std::string& path, const Files& files) {
    auto checkpoint = read_checkpoint(path, files);
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    ModelFile model;
    model.format = ModelFormat::safetensors;
    model.name = stem(path);
    const std::string config = beside(path, "config.json");
    if (const auto source = files.open(config)) {
        if (auto ok = read_config(model, **source, config); !ok) return tl::unexpected(ok.error());
    } else {
        model.no_dimensions = Error{ErrorKind::bad_data, path + ": no config.json beside it",
                                    "a checkpoint's dimensions are in its config.json"};
    }
    note_checkpoint_tensors(model.dimensions, *checkpoint);
    model.checkpoint = std::move(*checkpoint);
    return model;
}

Result<ModelFile> open_config(const std::string& path, const Files& files) {
    const auto source = files.open(path);
    if (!source) return tl::unexpected(source.error());
    const auto text = read_whole(**source, path, longest_config);
    if (!text) return tl::unexpected(text.error());
    return model_of_config(*text, path, files);
}

Result<ModelFile> open_folder(const std::string& path, const Files& files) {
    for (const std::string_view file : {index_name, std::string_view{"model.safetensors"}}) {
        const std::string checkpoint = inside(path, file);
        if (!files.open(checkpoint)) continue;
        auto model = open_checkpoint(checkpoint, files);
        if (std::string name = name_of_path(path, files); model && model->name == stem(checkpoint) && !name.empty())
            model->name = std::move(name);
        return model;
    }
    if (const std::string config = inside(path, "config.json"); files.open(config)) return open_config(config, files);
    return fail(ErrorKind::bad_data, path + ": holds no model.safetensors, no index of one and no config.json",
                "give the .gguf file itself");
}

}  // namespace

std::string_view name_of(ModelFormat format) {
    switch (format) {
        case ModelFormat::gguf: return "gguf";
        case ModelFormat::safetensors: return "safetensors";
        case ModelFormat::config: break;
    }
    return "config";
}

bool names_a_file(std::string_view word) {
    for (const std::string_view start : {"", ".", ".."})
        if (word.starts_with(start) && word.size() > start.size() && separates(word[start.size()])) return true;
    return word.ends_with(".gguf") || word.ends_with(".safetensors") || word.ends_with(".json");
}

Result<ModelFile> model_of_config(std::string_view text, const std::string& path, const Files& files) {
    auto config = import_hf_config(text, path);
    if (!config) return tl::unexpected(config.error());
    ModelFile model;
    model.format = ModelFormat::config;
    model.path = path;
    model.name = name_of_config(*config, path, files);
    take_config(model, std::move(*config));
    return model;
}

Result<ModelFile> open_model_file(const std::string& path, const Files& files) {
    Result<ModelFile> model = [&] {
        if (files.is_folder(path)) return open_folder(path, files);
        if (path.ends_with(".safetensors") || path.ends_with(".safetensors.index.json")) return open_checkpoint(path, files);
        if (path.ends_with(".json")) return open_config(path, files);
        return open_gguf(path, files);
    }();
    if (model) model->path = path;
    return model;
}

}  // namespace fitcalc
