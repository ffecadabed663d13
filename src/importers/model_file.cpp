#include "model_file.hpp"

#include "config_dimensions.hpp"

namespace fitcalc {
namespace {

constexpr std::uint64_t longest_config = std::uint64_t{16} << 20;
constexpr std::string_view index_name = "model.safetensors.index.json";

std::string_view last_part(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path.substr(path.rfind('/') + 1);
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

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

Result<void> read_config(ModelFile& model, const ByteSource& source, const std::string& path) {
    const auto text = read_whole(source, path, longest_config);
    if (!text) return tl::unexpected(text.error());
    auto config = dimensions_of_config(*text, path);
    if (!config) {
        // What the file holds can still be told.
        if (config.error().kind != ErrorKind::unsupported) return tl::unexpected(config.error());
        model.no_dimensions = config.error();
        return {};
    }
    model.architecture = config->architecture;
    model.dimensions = config->dimensions;
    model.hf_attention = config->hf_attention;
    if (!config->name.empty()) model.name = config->name;
    model.warnings = std::move(config->warnings);
    return {};
}

// What a checkpoint's tensors show, whatever its config says. Its converter keeps a separate output matrix even where
// the configuration calls the embeddings tied.
void note_checkpoint_tensors(Dimensions& dimensions, const Checkpoint& checkpoint) {
    if (checkpoint.find("lm_head.weight")) dimensions.tied_embeddings = false;
}

Result<ModelFile> open_checkpoint(const std::string& path, const Files& files) {
    auto checkpoint = read_checkpoint(path, files);
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    ModelFile model;
    model.format = ModelFormat::safetensors;
    model.name = stem(path);
    const std::string config = folder_of(path) + "config.json";
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
    ModelFile model;
    model.format = ModelFormat::config;
    // "Qwen3-8B/config.json" is Qwen3-8B; a file of another name goes by its own.
    const std::string folder = folder_of(path);
    const bool by_folder = last_part(path) == "config.json" && !folder.empty();
    model.name = by_folder ? std::string(last_part(folder.substr(0, folder.size() - 1))) : stem(path);
    if (auto ok = read_config(model, **source, path); !ok) return tl::unexpected(ok.error());
    if (model.no_dimensions) return tl::unexpected(*model.no_dimensions);
    return model;
}

Result<ModelFile> open_folder(const std::string& path, const Files& files) {
    const std::string folder = path.ends_with('/') ? path : path + "/";
    for (const std::string_view name : {index_name, std::string_view{"model.safetensors"}}) {
        const std::string inside = folder + std::string(name);
        if (!files.open(inside)) continue;
        auto model = open_checkpoint(inside, files);
        if (model && model->name == stem(inside)) model->name = last_part(path);
        return model;
    }
    if (files.open(folder + "config.json")) return open_config(folder + "config.json", files);
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
    if (word.starts_with('/') || word.starts_with("./") || word.starts_with("../")) return true;
    return word.ends_with(".gguf") || word.ends_with(".safetensors") || word.ends_with(".json");
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
