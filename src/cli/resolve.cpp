#include "resolve.hpp"

#include <algorithm>

#include "catalog/names.hpp"
#include "device_words.hpp"
#include "fitcalc/architecture.hpp"
#include "config_record.hpp"
#include "machine_words.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr Tokens default_context{8192};

Result<FileType> resolve_quant(const std::string& text) {
    if (text.empty()) return FileType::q4_k_m;
    if (const auto type = file_type_from_name(text)) return *type;
    std::vector<std::string_view> names;
    for (const FileTypeTraits& type : file_types()) names.push_back(type.name);
    std::string hint;
    for (const auto name : nearest(text, names, 3)) (hint += hint.empty() ? "did you mean " : ", ") += name;
    return fail(ErrorKind::unknown_name, "no quantization named '" + text + "'",
                hint.empty() ? "fitcalc list quants shows them all" : hint + "?");
}

// Applies `parse` when the option was given.
template <class T, class Parse>
Result<void> take(const std::string& text, T& value, Parse parse) {
    if (text.empty()) return {};
    auto parsed = parse(text);
    if (!parsed) return tl::unexpected(parsed.error());
    value = *parsed;
    return {};
}

Result<void> resolve_cache_types(const RawArgs& args, EngineSettings& settings) {
    const auto type_of = [](std::string_view option) {
        return [option](const std::string& text) { return parse_cache_type(option, text); };
    };
    if (auto ok = take(args.kv_type, settings.type_k, type_of("--kv-type")); !ok) return ok;
    if (!args.kv_type.empty()) settings.type_v = settings.type_k;
    if (auto ok = take(args.kv_type_k, settings.type_k, type_of("--kv-type-k")); !ok) return ok;
    return take(args.kv_type_v, settings.type_v, type_of("--kv-type-v"));
}

Result<EngineSettings> resolve_settings(const RawArgs& args, Tokens model_context) {
    static constexpr Choice<bool> switches[] = {{"on", true}, {"off", false}};
    static constexpr Choice<Outputs> outputs[] = {{"slots", Outputs::slots}, {"batch", Outputs::batch}};
    constexpr std::int64_t most_sequences = 256;  // LLAMA_MAX_SEQ
    EngineSettings settings;
    settings.context = std::min(default_context, model_context);
    settings.kv_unified = args.kv_unified;
    settings.swa_full = args.swa_full;
    const auto context = [&](const std::string& text) -> Result<Tokens> {
        if (text == "max") return model_context;
        return parse_tokens("--ctx", text);
    };
    if (auto ok = take(args.ctx, settings.context, context); !ok) return tl::unexpected(ok.error());
    if (auto ok = take(args.ubatch, settings.ubatch, [](auto& t) { return parse_tokens("--ubatch", t); }); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = take(args.parallel, settings.sequences,
                       [&](auto& t) { return parse_count("--parallel", t, 1, most_sequences); });
        !ok)
        return tl::unexpected(ok.error());
    if (auto ok = take(args.flash_attn, settings.flash_attention,
                       [&](auto& t) { return parse_choice("--flash-attn", t, switches); });
        !ok)
        return tl::unexpected(ok.error());
    if (auto ok = take(args.outputs, settings.outputs, [&](auto& t) { return parse_choice("--outputs", t, outputs); }); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = resolve_cache_types(args, settings); !ok) return tl::unexpected(ok.error());
    // A physical batch is part of a logical one; raising the one raises the other, as users of llama.cpp do with -b.
    settings.batch = std::max(settings.batch, settings.ubatch);
    return settings;
}

// Options of the contract whose work lands with placement and speed.
Result<void> refuse_unfinished(const RawArgs& args) {
    for (const Option& option : options()) {
        const auto* text = std::get_if<std::string RawArgs::*>(&option.target);
        if (!option.ready && text && !(args.**text).empty())
            return fail(ErrorKind::usage, std::string(option.names) + " is not there yet");
    }
    return {};
}

std::string passed_over_warning(std::string_view typed, std::string_view taken, const std::vector<std::string_view>& others) {
    std::string text = "'" + std::string(typed) + "' is taken for " + std::string(taken) + "; there is also ";
    for (std::size_t i = 0; i < others.size(); ++i) (text += i == 0 ? "" : ", ") += others[i];
    return text;
}

template <class Record>
void warn_of_others(std::string_view typed, const Found<Record>& found, std::vector<std::string>& warnings) {
    if (found.passed_over.empty()) return;
    std::vector<std::string_view> others;
    for (const Record* record : found.passed_over) others.push_back(record->id);
    warnings.push_back(passed_over_warning(typed, found.record->id, others));
}

// The model of the catalog or of the file that this word means.
Result<void> resolve_model(const std::string& word, const Files& files, FitRequest& request) {
    if (!names_a_file(word)) {
        const auto found = request.catalog->find_model(word);
        if (found) {
            request.model = found->record;
            warn_of_others(word, *found, request.warnings);
            return {};
        }
        if (!files.is_folder(word)) return tl::unexpected(found.error());
    }
    auto file = open_model_file(word, files);
    if (!file) return tl::unexpected(file.error());
    if (file->no_dimensions) return tl::unexpected(*file->no_dimensions);
    if (file->architecture.empty())
        return fail(ErrorKind::bad_data, word + ": names no architecture", "fitcalc inspect shows what is in it");
    if (file->gguf && !file->gguf->type.empty() && file->gguf->type != "model")
        return fail(ErrorKind::unsupported, word + ": is of type '" + file->gguf->type + "', not a model by itself",
                    "fitcalc inspect shows what is in it");
    request.file = std::make_shared<const FileModel>(std::move(*file));
    request.model = &request.file->record;
    return {};
}

// What --ctx max means; a file of an unsupported architecture may say it all the same.
Result<Tokens> longest_context(const FitRequest& request) {
    const Dimensions dimensions = request.model->dimensions();
    const auto spec = describe_model(request.model->architecture, dimensions);
    if (spec) return spec->context_length;
    if (!request.file || !request.file->file.gguf) return tl::unexpected(spec.error());
    return Tokens{dimensions.context_length.value_or(static_cast<std::uint32_t>(default_context.count()))};
}

Result<DeviceChoice> resolve_device(const std::string& typed, const Catalog& catalog, const EngineRecord& engine,
                                    std::optional<Bytes> reserve, std::vector<std::string>& warnings) {
    const auto words = split_device_words(typed);
    if (!words) return tl::unexpected(words.error());
    DeviceChoice choice;
    choice.count = words->count;
    if (words->size) {
        choice.name = words->name;
        choice.memory = *words->size;
        choice.usable = choice.memory - reserve.value_or(engine.driver_reserve("nvidia"));
        if (choice.usable <= Bytes{}) return fail(ErrorKind::usage, "--gpu " + typed + " leaves nothing after the reserve");
        return choice;
    }
    auto found = catalog.find_device(words->name);
    if (!found) return tl::unexpected(found.error());
    warn_of_others(words->name, *found, warnings);
    choice.record = found->record;
    choice.name = found->record->id;
    if (!choice.record->members.empty()) {
        // A box is as many of its member as it holds.
        const DeviceMember& member = choice.record->members.front();
        const auto inside = catalog.find_device(member.id);
        if (!inside || choice.record->members.size() > 1)
            return fail(ErrorKind::unsupported, std::string(choice.record->id) + " is a mixed box, which is not there yet");
        choice.count *= member.count;
        choice.record = inside->record;
    }
    if (!choice.record->memory_bytes)
        return fail(ErrorKind::bad_data, "the memory of " + std::string(choice.record->id) + " is unknown");
    choice.memory = Bytes{*choice.record->memory_bytes};
    choice.usable = usable_memory(*choice.record, engine, reserve);
    return choice;
}

Result<void> resolve_devices(const RawArgs& args, const World& world, FitRequest& request) {
    const bool cpu = args.backend == "cpu";
    if (args.total && (args.gpu.empty() || !names_a_machine(args.gpu.front())))
        return fail(ErrorKind::usage, "--total goes with --gpu auto");
    if (args.gpu.empty() && !cpu) return {};
    if (args.gpu.size() > 1) return fail(ErrorKind::usage, "mixed sets of devices are not there yet", "give one --gpu, with a count: 2x rtx-3090");
    std::optional<Bytes> reserve;
    const auto size = [](const std::string& text) { return parse_size("--reserve", text, MemoryUnits::decimal); };
    if (auto ok = take(args.reserve, reserve, size); !ok) return ok;
    const std::string& word = args.gpu.empty() ? "auto" : args.gpu.front();
    const MemoryChoice memory{args.total, reserve};
    if (names_a_machine(word)) return cpu ? resolve_cpu(word, memory, world, request) : resolve_machine(args, word, memory, world, request);
    if (cpu) return fail(ErrorKind::usage, "--backend cpu runs in host memory, not on --gpu " + word, "--gpu auto takes this machine's");
    auto choice = resolve_device(word, *request.catalog, *request.engine, reserve, request.warnings);
    if (!choice) return tl::unexpected(choice.error());
    request.devices = std::move(*choice);
    return {};
}

Result<void> resolve_backend(const RawArgs& args, FitRequest& request) {
    if (args.backend.empty()) return {};
    if (!request.engine->backend(args.backend)) {
        std::string names;
        for (const BackendRecord& backend : request.engine->backends) (names += names.empty() ? "" : ", ") += backend.name;
        return no_such_choice("--backend", args.backend, names);
    }
    request.backend = args.backend;
    return {};
}

Result<void> overlay_file(Catalog& catalog, const std::string& path, const World& world) {
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return catalog.overlay(*text, path);
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        if (end > at) items.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return items;
}

bool utf8_locale(const World& world) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto value = world.variable(name);
        if (!value || value->empty()) continue;
        std::string lower = *value;
        std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
    return false;
}

}  // namespace

Result<Catalog> load_catalog(const RawArgs& args, const World& world) {
    Catalog catalog;
    if (const auto path = world.variable("FITCALC_CATALOG"); path && !path->empty())
        if (auto ok = overlay_file(catalog, *path, world); !ok) return tl::unexpected(ok.error());
    for (const std::string& path : args.catalog)
        if (auto ok = overlay_file(catalog, path, world); !ok) return tl::unexpected(ok.error());
    return catalog;
}

Result<FitRequest> resolve_fit(const RawArgs& args, const Catalog& catalog, const World& world) {
    static constexpr Choice<Method> methods[] = {{"exact", Method::exact}, {"nominal", Method::nominal}};
    if (args.positional.empty()) return fail(ErrorKind::usage, "which model?", "fitcalc " + args.verb + " MODEL; fitcalc list models shows them");
    if (args.positional.size() > 1)
        return fail(ErrorKind::usage, "one model at a time, not also '" + args.positional[1] + "'", "quote a name that has spaces");
    if (auto ok = refuse_unfinished(args); !ok) return tl::unexpected(ok.error());
    FitRequest request;
    request.catalog = &catalog;
    const auto engine = catalog.find_engine(args.engine.empty() ? "llama.cpp" : args.engine);
    if (!engine) return tl::unexpected(engine.error());
    request.engine = *engine;
    if (auto ok = resolve_model(args.positional.front(), world.files, request); !ok) return tl::unexpected(ok.error());
    const auto longest = longest_context(request);
    if (!longest) return tl::unexpected(longest.error());
    const auto quant = resolve_quant(args.quant);
    if (!quant) return tl::unexpected(quant.error());
    request.quant = *quant;
    request.as_it_is = request.file && request.file->file.gguf && args.quant.empty();
    request.importance_matrix = !args.no_imatrix;
    if (auto ok = take(args.method, request.method, [&](auto& t) { return parse_choice("--method", t, methods); }); !ok)
        return tl::unexpected(ok.error());
    const auto settings = resolve_settings(args, *longest);
    if (!settings) return tl::unexpected(settings.error());
    request.settings = *settings;
    if (auto ok = resolve_backend(args, request); !ok) return tl::unexpected(ok.error());
    if (auto ok = resolve_devices(args, world, request); !ok) return tl::unexpected(ok.error());
    if (args.check && !request.devices) return fail(ErrorKind::usage, "--check needs a --gpu to check");
    request.explain = args.verb == "explain";
    return request;
}

Result<OutputOptions> resolve_output(const RawArgs& args, const World& world) {
    enum class When { automatic, always, never };
    static constexpr Choice<Format> formats[] = {{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv},
                                                 {"tsv", Format::tsv}, {"markdown", Format::markdown}};
    static constexpr Choice<Units> units[] = {{"gb", Units::gb}, {"gib", Units::gib}};
    static constexpr Choice<When> when[] = {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}};
    OutputOptions output;
    When color = When::automatic;
    if (auto ok = take(args.format, output.format, [&](auto& t) { return parse_choice("--format", t, formats); }); !ok)
        return tl::unexpected(ok.error());
    if (args.json) output.format = Format::json;
    if (auto ok = take(args.units, output.units, [&](auto& t) { return parse_choice("--units", t, units); }); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = take(args.color, color, [&](auto& t) { return parse_choice("--color", t, when); }); !ok)
        return tl::unexpected(ok.error());
    const auto no_color = world.variable("NO_COLOR");
    const bool dumb = world.variable("TERM") == std::optional<std::string>{"dumb"};
    const bool wanted = world.out_is_terminal && !dumb && !(no_color && !no_color->empty());
    output.color = color == When::always || (color == When::automatic && wanted);
    output.unicode = utf8_locale(world) && (world.out_is_terminal || color == When::always);
    output.width = world.terminal_width.value_or(80);
    if (const auto columns = world.variable("COLUMNS"); columns && !columns->empty())
        if (const auto width = parse_count("COLUMNS", *columns, 20, 1000)) output.width = static_cast<int>(*width);
    output.header = !args.no_header;
    output.fields = split_list(args.fields);
    output.value = args.value;
    return output;
}

}  // namespace fitcalc::cli
