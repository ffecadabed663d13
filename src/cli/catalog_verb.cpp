#include "catalog_verb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalog/json_reader.hpp"
#include "catalog/names.hpp"
#include "fitcalc/architecture.hpp"
#include "importers/hf_config.hpp"
#include "config_record.hpp"
#include "render/catalog_json.hpp"

namespace fitcalc::cli {
namespace {

// A model's published count includes a next-token layer that its file may lack: up to 2 % (DeepSeek R1).
constexpr double most_parameters_apart = 0.03;

std::vector<std::string_view> names_of(const ModelRecord& record) {
    std::vector<std::string_view> names{record.id, record.name, record.huggingface, record.gguf};
    names.insert(names.end(), record.ollama.begin(), record.ollama.end());
    names.insert(names.end(), record.aliases.begin(), record.aliases.end());
    names.insert(names.end(), record.derivatives.begin(), record.derivatives.end());
    std::erase_if(names, [](std::string_view name) { return name.empty(); });
    return names;
}

std::vector<std::string_view> names_of(const DeviceRecord& record) {
    std::vector<std::string_view> names{record.id, record.name};
    names.insert(names.end(), record.aliases.begin(), record.aliases.end());
    return names;
}

// Names under which another record of the catalog, or of the same file, is already found.
template <class Record>
void find_clashes(std::string_view list, std::span<const Record> added, const std::vector<const Record*>& there,
                  std::vector<std::string>& problems) {
    std::vector<const Record*> owners;
    for (const Record* record : there)
        if (std::ranges::find(added, record->id, &Record::id) == added.end()) owners.push_back(record);
    for (const Record& record : added) {
        if (std::ranges::count(added, record.id, &Record::id) > 1) {
            problems.push_back(fmt::format("{}.{}: the id stands twice", list, record.id));
            continue;
        }
        for (const std::string_view name : names_of(record)) {
            const std::string key = name_key(name);
            for (const Record* owner : owners) {
                const auto theirs = names_of(*owner);
                if (std::ranges::any_of(theirs, [&](std::string_view other) { return matches_key(other, key); }))
                    problems.push_back(
                        fmt::format("{}.{}: the name '{}' belongs to {}", list, record.id, name, owner->id));
            }
        }
        owners.push_back(&record);
    }
}

struct Described {
    std::size_t layers = 0;
    std::int64_t parameters = 0;
};

Result<Described> describe(std::string_view architecture, const Dimensions& dimensions) {
    try {
        const auto model = describe_model(architecture, dimensions);
        if (!model) return tl::unexpected(model.error());
        return Described{model->layers.size(), tensor_inventory(*model).params().count()};
    } catch (const ArithmeticOverflow& error) {
        return fail(ErrorKind::bad_data, error.what());
    }
}

// What the architecture makes of a model's dimensions, as a line for the answer.
std::string check_model(const ModelRecord& record, std::vector<std::string>& problems) {
    const std::string place = fmt::format("models.{}: ", record.id);
    const auto model = describe(record.architecture, record.dimensions());
    if (!model) {
        problems.push_back(place + model.error().message);
        return {};
    }
    const std::int64_t computed = model->parameters;
    std::string line =
        fmt::format("{}: {}, {} layers, {} parameters", record.id, record.architecture, model->layers, computed);
    if (record.published_parameters) {
        const auto published = static_cast<double>(*record.published_parameters);
        if (std::abs(static_cast<double>(computed) - published) > most_parameters_apart * published)
            problems.push_back(
                fmt::format("{}{} parameters computed, {} published", place, computed, *record.published_parameters));
        line += fmt::format(", {} published", *record.published_parameters);
    }
    if (record.sources.empty()) problems.push_back(place + "has no source");
    return line + "\n";
}

Result<CatalogAnswer> check(const std::string& path, const World& world) {
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    const auto parsed = parse_catalog(*text, path);
    if (!parsed) return tl::unexpected(parsed.error());
    const CatalogTables& tables = parsed->tables;
    const Catalog built_in;
    std::vector<std::string> problems;
    CatalogAnswer answer;
    find_clashes("models", tables.models, built_in.models(), problems);
    find_clashes("gpus", tables.devices, built_in.devices(), problems);
    for (const ModelRecord& record : tables.models) answer.text += check_model(record, problems);
    for (const DeviceRecord& record : tables.devices)
        if (!record.memory_bytes && record.members.empty())
            problems.push_back(fmt::format("gpus.{}: has neither memory_bytes nor members", record.id));
    if (!problems.empty()) {
        std::string all;
        for (const std::string& problem : problems) (all += all.empty() ? "" : "; ") += problem;
        return fail(ErrorKind::bad_data, path + ": " + all);
    }
    answer.text += fmt::format("{}: sound; models {}, gpus {}, quants {}, engines {}\n", path, tables.models.size(),
                               tables.devices.size(), tables.quants.size(), tables.engines.size());
    return answer;
}

Result<CatalogAnswer> add(const std::string& path, const RawArgs& args, const World& world) {
    if (args.source.empty())
        return fail(ErrorKind::usage, "catalog add needs --source: where the configuration is from",
                    "--source https://huggingface.co/OWNER/MODEL/blob/main/config.json");
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    auto config = import_hf_config(*text, path);
    if (!config) return tl::unexpected(config.error());
    const auto owned = make_record(*config, path, args.id, args.source);
    if (const auto model = describe(config->architecture, config->dimensions); !model)
        config->warnings.push_back("this version can't compute the record: " + model.error().message);
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
    if ((what == "check" || what == "add") && args.positional.size() == 2)
        return what == "check" ? check(args.positional[1], world) : add(args.positional[1], args, world);
    return fail(ErrorKind::usage, "catalog what?",
                "fitcalc catalog check FILE, catalog add CONFIG --source TEXT, catalog path");
}

}  // namespace fitcalc::cli
