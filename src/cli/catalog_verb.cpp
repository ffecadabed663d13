#include "catalog_verb.hpp"

#include <optional>

#include "catalog/check.hpp"
#include "fitcalc/text.hpp"
#include "fitcalc/architecture.hpp"
#include "importers/hf_config.hpp"
#include "importers/model_file.hpp"
#include "config_record.hpp"
#include "render/catalog_json.hpp"
#include "render/format.hpp"

namespace fitcalc::cli {
namespace {

Result<CatalogAnswer> check(const std::string& path, const World& world) {
    const auto checked = [&]() -> Result<CatalogCheck> {
        if (path.empty()) return check_built_in();
        const auto text = world.read_file(path);
        if (!text) return tl::unexpected(text.error());
        return check_overlay(*text, path);
    }();
    if (!checked) return tl::unexpected(checked.error());
    const std::string name = path.empty() ? "the built-in catalog" : path;
    if (!checked->problems.empty()) {
        std::string all;
        for (const std::string& problem : checked->problems) (all += all.empty() ? "" : "\n  ") += clean_text(problem);
        const auto count = checked->problems.size();
        return fail(ErrorKind::bad_data, formatted("{}: {} {}", name, count, count == 1 ? "problem" : "problems"), all);
    }
    CatalogAnswer answer;
    if (!path.empty())
        for (const std::string& line : checked->computed) answer.text += line + "\n";
    const CatalogTables& tables = checked->tables;
    answer.text += formatted("{}: sound; models {}, gpus {}, quants {}, engines {}\n", name, tables.models.size(),
                               tables.devices.size(), tables.quants.size(), tables.engines.size());
    return answer;
}

// What a GGUF file's header says, as far as a record holds it.
Result<ImportedConfig> import_gguf(const std::string& path, const Files& files) {
    auto model = open_model_file(path, files);
    if (!model) return tl::unexpected(model.error());
    if (!model->gguf->type.empty() && model->gguf->type != "model")
        return fail(ErrorKind::unsupported, path + ": holds no model of its own but a part of one (" + model->gguf->type + ")",
                    "give the file of the model itself");
    if (model->architecture.empty())
        return fail(ErrorKind::bad_data, path + ": general.architecture is missing");
    ImportedConfig out;
    out.name_or_path = model->name;
    out.architecture = std::move(model->architecture);
    out.dimensions = std::move(model->dimensions);
    out.warnings = std::move(model->warnings);
    return out;
}

// Why this version can't compute the model; nullopt when it can.
std::optional<std::string> not_computable(std::string_view architecture, const Dimensions& dimensions) {
    try {
        const auto model = describe_model(architecture, dimensions);
        if (!model) return model.error().message;
        tensor_inventory(*model).params();
        return std::nullopt;
    } catch (const ArithmeticOverflow& error) {
        return error.what();
    }
}

Result<ImportedConfig> import_record(const std::string& path, const World& world) {
    if (path.ends_with(".gguf")) return import_gguf(path, world.files);
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return import_hf_config(*text, path);
}

Result<CatalogAnswer> add(const std::string& path, const RawArgs& args, const World& world) {
    if (args.source.empty())
        return fail(ErrorKind::usage, "catalog add needs --source: where the configuration or the file is from",
                    "--source https://huggingface.co/OWNER/MODEL/blob/main/config.json");
    auto config = import_record(path, world);
    if (!config) return tl::unexpected(config.error());
    const auto owned = make_record(*config, path, args.id, args.source);
    if (const auto why = not_computable(config->architecture, config->dimensions))
        config->warnings.push_back("this version can't compute the record: " + *why);
    return CatalogAnswer{render_catalog(owned->record), std::move(config->warnings)};
}

CatalogAnswer path_of(const RawArgs& args, const World& world) {
    CatalogAnswer answer{"built in\n", {}};
    if (const auto path = world.variable("FITCALC_CATALOG"); path && !path->empty())
        answer.text += *path + " (FITCALC_CATALOG)\n";
    for (const std::string& path : args.catalog) answer.text += path + "\n";
    return answer;
}

}  // namespace

Result<CatalogAnswer> catalog_verb(const RawArgs& args, const World& world) {
    const std::string what = args.positional.empty() ? "" : args.positional.front();
    if (what == "path" && args.positional.size() == 1) return path_of(args, world);
    if (what == "check" && args.positional.size() <= 2)
        return check(args.positional.size() == 2 ? args.positional[1] : "", world);
    if (what == "add" && args.positional.size() == 2) return add(args.positional[1], args, world);
    return fail(ErrorKind::usage, "catalog what?",
                "fitcalc catalog check [FILE], catalog add CONFIG|GGUF --source TEXT, catalog path");
}

}  // namespace fitcalc::cli
