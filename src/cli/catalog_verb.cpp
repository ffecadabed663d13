#include "catalog_verb.hpp"

#include <optional>

#include "catalog/check.hpp"
#include "catalog/fields.hpp"
#include "fitcalc/text.hpp"
#include "fitcalc/architecture.hpp"
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
    std::string counts;
    visit_lists(checked->tables, [&](const char* list, const auto& records) {
        if (!records.empty()) counts += formatted("{}{} {}", counts.empty() ? "" : ", ", list, records.size());
    });
    answer.text += formatted("{}: sound; {}\n", name, counts);
    return answer;
}

// What a GGUF file's header says. A folder of that name is what is in it.
Result<ModelFile> import_gguf(const std::string& path, const Files& files) {
    auto model = open_model_file(path, files);
    if (!model) return model;
    if (model->no_dimensions) return tl::unexpected(*model->no_dimensions);
    if (model->gguf && !model->gguf->type.empty() && model->gguf->type != "model")
        return fail(ErrorKind::unsupported, path + ": holds no model of its own but a part of one (" + model->gguf->type + ")",
                    "give the file of the model itself");
    if (model->architecture.empty())
        return fail(ErrorKind::bad_data, path + ": general.architecture is missing");
    return model;
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

Result<ModelFile> import_record(const std::string& path, const World& world) {
    if (path.ends_with(".gguf")) return import_gguf(path, world.files);
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return model_of_config(*text, path, world.files);
}

Result<CatalogAnswer> add(const std::string& path, const RawArgs& args, const World& world) {
    if (args.source.empty())
        return fail(ErrorKind::usage, "catalog add needs --source: where the configuration or the file is from",
                    "--source https://huggingface.co/OWNER/MODEL/blob/main/config.json");
    auto model = import_record(path, world);
    if (!model) return tl::unexpected(model.error());
    const auto owned = make_record(*model, args.id, args.source);
    if (const auto why = not_computable(model->architecture, model->dimensions))
        model->warnings.push_back("this version can't compute the record: " + *why);
    return CatalogAnswer{render_catalog(owned->record), std::move(model->warnings)};
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
