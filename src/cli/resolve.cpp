#include "resolve.hpp"

#include <algorithm>
#include <iterator>

#include "catalog/model_name.hpp"
#include "catalog/names.hpp"
#include "device_words.hpp"
#include "fitcalc/checkpoint_format.hpp"
#include "fitcalc/text.hpp"
#include "others.hpp"
#include "report/most_sequences.hpp"
#include "report/subject.hpp"
#include "resolve_devices.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr Tokens default_context{8192};

std::string quants_of(const std::vector<PublishedChoice>& files) {
    std::vector<std::string_view> quants;
    quants.reserve(files.size());
    for (const PublishedChoice& choice : files) quants.push_back(choice.file->quant);
    return listed(quants);
}

bool published_for_any(const Catalog& catalog, std::string_view key) {
    return std::ranges::any_of(catalog.models(), [&](const ModelRecord* model) {
        const auto files = catalog.published_files(*model);
        return std::ranges::any_of(files, [&](const PublishedChoice& c) { return matches_key(c.file->quant, key); });
    });
}

// A quantization of llama.cpp's, or one of the model's published files with a recipe of their makers' own.
Result<void> choose_quant(const RawArgs& args, const std::string& quant, FitRequest& request) {
    const auto standard = resolve_quant(quant);
    if (standard) {
        request.quant = *standard;
        return {};
    }
    const std::string key = name_key(quant);
    const auto files = request.file ? std::vector<PublishedChoice>{} : request.catalog->published_files(*request.model);
    const auto found = std::ranges::find_if(files, [&](const PublishedChoice& c) { return matches_key(c.file->quant, key); });
    if (found == files.end()) {
        if (!published_for_any(*request.catalog, key)) return tl::unexpected(standard.error());
        return fail(ErrorKind::unknown_name,
                    "no published " + quant + " of " + std::string(request.model->id) +
                        " is known, and its mix is its maker's own: the size can't be computed",
                    files.empty() ? "the model has no such files in the catalog; llama.cpp's types: fitcalc list quants"
                                  : "known: " + quants_of(files));
    }
    if (args.verb != "fit")
        return fail(ErrorKind::usage, args.verb + " can't work with " + quant + ", of which only the size is known",
                    "fitcalc fit MODEL --quant " + quant);
    request.published = *found;
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
    if (auto ok = take(args.parallel == "max" ? "" : args.parallel, settings.sequences,
                       [&](auto& t) { return parse_count("--parallel", t, 1, sequence_limit); });
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

// --parallel max: as many as the devices carry; one where not even that fits.
Result<void> resolve_most_sequences(const RawArgs& args, FitRequest& request) {
    if (args.parallel != "max") return {};
    if (!request.devices.names_memory())
        return fail(ErrorKind::usage, "--parallel max: on which memory?", "--gpu DEVICE, --ram SIZE or both");
    const auto most = most_sequences(request);
    if (!most) return tl::unexpected(most.error());
    request.settings.sequences = std::max<std::int64_t>(1, *most);
    return {};
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

// The quantization that a model's name names ("llama3.1:8b-instruct-q8_0"); "" where it names none that is known here.
std::string quant_in_name(std::string_view typed, std::vector<std::string>& warnings) {
    const ModelName name = model_name(typed);
    if (file_type_from_name(name.quant)) return name.quant;
    const std::string& other = name.quant.empty() ? name.packing : name.quant;
    if (!other.empty())
        warnings.push_back("'" + other + "' in the model's name is no llama.cpp file type: this is about another one, see --quant");
    return {};
}

// What --ctx max means; a file of an unsupported architecture may say it all the same.
Result<Tokens> longest_context(const FitRequest& request) {
    const auto spec = described_model(request);
    if (spec) return spec->context_length;
    if (!request.file || !request.file->file.gguf) return tl::unexpected(spec.error());
    return Tokens{request.model->dimensions().context_length.value_or(static_cast<std::uint32_t>(default_context.count()))};
}

// The memory asked about, and what runs there.
Result<void> resolve_memory(const RawArgs& args, const World& world, FitRequest& request) {
    if (auto ok = check_backend(args.backend, *request.engine); !ok) return ok;
    request.backend = args.backend;
    auto devices = resolve_device_set(args, *request.catalog, *request.engine, world, request.warnings);
    if (!devices) return tl::unexpected(devices.error());
    request.devices = std::move(*devices);
    // Host memory alone is the CPU's, and so is a machine without devices; `gpus` puts it beside devices of its own.
    const bool host_alone = !request.devices && request.devices.ram && args.verb != "gpus";
    if (host_alone && (request.backend.empty() || !args.gpu.empty())) request.backend = "cpu";
    if (request.backend == "cpu") request.settings.device = GraphDevice::cpu;
    return {};
}

Result<void> overlay_file(Catalog& catalog, const std::string& path, const World& world) {
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return catalog.overlay(*text, path);
}

bool utf8_locale(const World& world) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto value = world.variable(name);
        if (!value || value->empty()) continue;
        const std::string lower = lower_case(*value);
        return contains(lower, "utf-8") || contains(lower, "utf8");
    }
    return false;
}

Result<FitRequest> begin_request(const RawArgs& args, const Catalog& catalog) {
    return engine_asked(args, catalog).map([&](const EngineRecord* engine) {
        FitRequest request;
        request.catalog = &catalog;
        request.engine = engine;
        return request;
    });
}

// Types that the text is the beginning of ("Q4"), in their table's order, which has the usual ones first; then those whose
// names are near.
std::vector<std::string_view> near_quants(std::string_view text) {
    constexpr std::size_t most = 3, least_letters = 2;
    const std::string key = name_key(text);
    std::vector<std::string_view> names, found;
    for (const FileTypeTraits& type : file_types()) names.push_back(type.name);
    if (key.size() >= least_letters)
        std::ranges::copy_if(names, std::back_inserter(found), [&](auto name) { return name_key(name).starts_with(key); });
    for (const std::string_view name : nearest(text, names, most))
        if (std::ranges::find(found, name) == found.end()) found.push_back(name);
    if (found.size() > most) found.resize(most);
    return found;
}

}  // namespace

Result<FileType> resolve_quant(const std::string& text) {
    if (text.empty()) return FileType::q4_k_m;
    if (const auto type = file_type_from_name(text)) return *type;
    if (name_key(text) == name_key("MXFP4")) return FileType::mxfp4_moe;  // as published files are called
    if (const CheckpointFormat* format = checkpoint_format(text))
        return fail(ErrorKind::usage, std::string(format->name) + " is a checkpoint format of serving engines, not a file type of llama.cpp",
                    "--engine vllm or --engine sglang reads it; llama.cpp's own: fitcalc list quants");
    const std::vector<std::string_view> near = near_quants(text);
    return fail(ErrorKind::unknown_name, "no quantization named '" + text + "'",
                near.empty() ? "fitcalc list quants shows them all" : "did you mean " + listed(near) + "?");
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

Result<void> require_exact(const RawArgs& args) {
    if (args.method.empty() || args.method == "exact") return {};
    return fail(ErrorKind::usage, "fitcalc " + args.verb + " computes with --method exact only");
}

Result<void> check_backend(const std::string& typed, const EngineRecord& engine) {
    if (typed.empty() || typed == "cpu" || engine.backend(typed)) return {};
    std::vector<std::string_view> names;
    for (const BackendRecord& backend : engine.backends) names.push_back(backend.name);
    return no_such_choice("--backend", typed, names);
}

Result<Tokens> resolve_context(const std::string& text, const FitRequest& request) {
    if (text == "max") return longest_context(request);
    return parse_tokens("--ctx", text);
}

Result<Catalog> load_catalog(const RawArgs& args, const World& world) {
    Catalog catalog;
    if (const auto path = world.variable("FITCALC_CATALOG"); path && !path->empty())
        if (auto ok = overlay_file(catalog, *path, world); !ok) return tl::unexpected(ok.error());
    for (const std::string& path : args.catalog)
        if (auto ok = overlay_file(catalog, path, world); !ok) return tl::unexpected(ok.error());
    return catalog;
}

Result<const EngineRecord*> engine_asked(const RawArgs& args, const Catalog& catalog) {
    return catalog.find_engine(args.engine.empty() ? "llama.cpp" : args.engine);
}

Result<FitRequest> resolve_fit(const RawArgs& args, const Catalog& catalog, const World& world) {
    static constexpr Choice<Method> methods[] = {{"exact", Method::exact}, {"nominal", Method::nominal}};
    if (args.positional.empty()) return fail(ErrorKind::usage, "which model?", "fitcalc " + args.verb + " MODEL; fitcalc list models shows them");
    if (args.positional.size() > 1)
        return fail(ErrorKind::usage, "one model at a time, not also '" + args.positional[1] + "'", "quote a name that has spaces; with --gpu several are asked about at once");
    auto begun = begin_request(args, catalog);
    if (!begun) return begun;
    FitRequest& request = *begun;
    if (auto ok = resolve_model(args.positional.front(), world.files, request); !ok) return tl::unexpected(ok.error());
    const auto longest = longest_context(request);
    if (!longest) return tl::unexpected(longest.error());
    const std::string quant = args.quant.empty() && !request.file
                                  ? quant_in_name(args.positional.front(), request.warnings)
                                  : args.quant;
    request.usual_quant = quant.empty();
    if (auto ok = choose_quant(args, quant, request); !ok) return tl::unexpected(ok.error());
    request.as_it_is = request.file && request.file->file.gguf && args.quant.empty();
    request.importance_matrix = !args.no_imatrix;
    if (auto ok = take(args.method, request.method, [&](auto& t) { return parse_choice("--method", t, methods); }); !ok)
        return tl::unexpected(ok.error());
    if (request.published && request.method == Method::nominal)
        return fail(ErrorKind::usage, "hardware pages give no bits for " + quant, "use --method exact");
    const auto settings = resolve_settings(args, *longest);
    if (!settings) return tl::unexpected(settings.error());
    request.settings = *settings;
    if (auto ok = resolve_memory(args, world, request); !ok) return tl::unexpected(ok.error());
    // A machine's host memory is an offer, not a wish.
    if (request.published && request.devices && args.ram.empty()) request.devices.ram.reset();
    if (request.published && (request.devices.ram || request.devices.gpu_layers || request.devices.cpu_moe_layers))
        return fail(ErrorKind::usage, "only the size of " + quant + " is known, not what of it would lie in host memory",
                    "ask without --ram, --ngl and --n-cpu-moe, or for one of llama.cpp's own types");
    if (auto ok = resolve_most_sequences(args, request); !ok) return tl::unexpected(ok.error());
    if (args.check && !request.devices.names_memory()) return fail(ErrorKind::usage, "--check needs a --gpu to check");
    request.explain = args.verb == "explain";
    return begun;
}

Result<FitRequest> resolve_devices_question(const RawArgs& args, const Catalog& catalog, const World& world) {
    if (args.parallel == "max") return fail(ErrorKind::usage, "fitcalc " + args.verb + " needs a number of sequences", "--parallel N");
    if (!args.positional.empty())
        return fail(ErrorKind::usage, "fitcalc " + args.verb + " takes no model, not '" + args.positional.front() + "'",
                    "fitcalc " + args.verb + " --gpu DEVICE looks at all of the catalog");
    if (args.gpu.empty() && args.ram.empty())
        return fail(ErrorKind::usage, "on which device?", "fitcalc " + args.verb + " --gpu DEVICE; fitcalc list gpus shows them");
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    auto begun = begin_request(args, catalog);
    if (!begun) return begun;
    FitRequest& request = *begun;
    const auto quant = resolve_quant(args.quant);
    if (!quant) return tl::unexpected(quant.error());
    request.quant = *quant;
    request.importance_matrix = !args.no_imatrix;
    request.whole_context = args.ctx == "max";
    const auto settings = resolve_settings(args, default_context);
    if (!settings) return tl::unexpected(settings.error());
    request.settings = *settings;
    if (auto ok = resolve_memory(args, world, request); !ok) return tl::unexpected(ok.error());
    return begun;
}

Result<ListRequest> resolve_list(const RawArgs& args, ListTopic topic) {
    ListRequest request;
    request.topic = topic;
    for (std::size_t i = 1; i < args.positional.size(); ++i) (request.words += i == 1 ? "" : " ") += args.positional[i];
    request.family = args.family;
    request.publisher = args.publisher;
    request.vendor = args.vendor;
    request.kind = args.kind;
    request.sort = args.sort;
    if (auto ok = take(args.released_after, request.released_after, [](auto& t) { return parse_date("--released-after", t); }); !ok)
        return tl::unexpected(ok.error());
    std::optional<Bytes> least;
    if (auto ok = take(args.min_memory, least, [](auto& t) { return parse_size("--min-memory", t, MemoryUnits::as_sold); }); !ok)
        return tl::unexpected(ok.error());
    request.min_memory = least;
    return request;
}

Result<OutputOptions> resolve_output(const RawArgs& args, const World& world) {
    enum class When { automatic, always, never };
    static constexpr Choice<Format> formats[] = {{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv},
                                                 {"tsv", Format::tsv}, {"markdown", Format::markdown},
                                                 {"html", Format::html}, {"svg", Format::svg}};
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
    output.unicode = utf8_locale(world) && !dumb && (world.out_is_terminal || color == When::always);
    output.width = world.terminal_width.value_or(80);
    if (const auto columns = world.variable("COLUMNS"); columns && !columns->empty())
        if (const auto width = parse_count("COLUMNS", *columns, 20, 1000)) output.width = static_cast<int>(*width);
    output.header = !args.no_header;
    output.fields = split_list(args.fields);
    output.value = args.value;
    output.plot = args.plot;
    return output;
}

}  // namespace fitcalc::cli
