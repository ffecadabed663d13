#include "cli/device_words.hpp"
#include "cli/machine_words.hpp"
#include "cli/others.hpp"
#include "cli/resolve.hpp"
#include "cli/verbs/verbs.hpp"
#include "fitcalc/text.hpp"
#include "importers/llama_bench.hpp"
#include "render/render.hpp"
#include "report/calibration.hpp"

namespace fitcalc::cli {
namespace {

// "models/Qwen2.5-7B-Instruct-Q4_K_M.gguf" -> "Qwen2.5-7B-Instruct" and Q4_K_M; a part's number is left out.
struct FileWords {
    std::string model;
    std::optional<FileType> quant;
};

FileWords words_of(const std::string& path) {
    std::string name = path.substr(path.find_last_of("/\\") + 1);
    if (name.ends_with(".gguf")) name.resize(name.size() - 5);
    if (const std::size_t part = name.rfind("-00001-of-"); part != std::string::npos) name.resize(part);
    FileWords words{name, {}};
    for (const char separator : {'-', '.'}) {
        const std::size_t at = name.rfind(separator);
        if (at == std::string::npos) continue;
        if (const auto quant = file_type_from_name(name.substr(at + 1))) return {name.substr(0, at), quant};
    }
    return words;
}

struct Devices {
    const DeviceRecord* record = nullptr;
    std::int64_t count = 1;
};

Result<Devices> devices_named(const std::string& name, std::int64_t count, const Catalog& catalog,
                              std::vector<std::string>& warnings) {
    const auto found = catalog.find_device(name);
    if (!found) return tl::unexpected(found.error());
    warn_of_others(name, *found, warnings);
    return Devices{found->record, count};
}

// --gpu: "2x rtx-3090".
Result<Devices> devices_typed(const std::vector<std::string>& typed, const Catalog& catalog, std::vector<std::string>& warnings) {
    if (typed.size() > 1)
        return fail(ErrorKind::usage, "calibrate takes one --gpu, not also '" + typed[1] + "'",
                    "of several equal ones: --gpu \"2x rtx-3090\"");
    if (names_a_machine(typed.front()))
        return fail(ErrorKind::usage, "calibrate takes no --gpu " + typed.front(), "name the device of the runs: --gpu rtx-3090");
    const auto words = split_device_words(typed.front());
    if (!words) return tl::unexpected(words.error());
    return devices_named(words->name, words->count, catalog, warnings);
}

// "NVIDIA GeForce RTX 3090, NVIDIA GeForce RTX 3090"
Result<Devices> devices_of(const std::string& names, const Catalog& catalog, std::vector<std::string>& warnings) {
    const std::size_t comma = names.find(", ");
    const std::string first = names.substr(0, comma);
    auto found = devices_named(first, 1, catalog, warnings);
    if (!found) return found;
    Devices devices = *found;
    for (std::size_t at = comma; at != std::string::npos;) {
        const std::size_t next = names.find(", ", at + 2);
        const std::size_t length = next == std::string::npos ? std::string::npos : next - at - 2;
        if (names.substr(at + 2, length) != first)
            return fail(ErrorKind::unsupported, "a run on different devices at once fixes no factor: " + names);
        ++devices.count;
        at = next;
    }
    return devices;
}

std::string backend_of(const std::string& backends) {
    const std::string first = lower_case(backends.substr(0, backends.find(',')));
    return first == "mtl" ? "metal" : first;
}

Result<MeasuredRun> measured_run(const BenchRun& bench, const RawArgs& args, const Catalog& catalog,
                                 std::vector<std::string>& warnings) {
    MeasuredRun run;
    const FileWords words = words_of(bench.model_file);
    const std::string& name = args.positional.size() > 1 ? args.positional[1] : words.model;
    const auto model = catalog.find_model(name);
    if (!model) return tl::unexpected(model.error());
    warn_of_others(name, *model, warnings);
    run.model = model->record;
    if (args.quant.empty() && !words.quant)
        return fail(ErrorKind::usage, bench.model_file + ": its name does not say the quantization", "name it with --quant");
    const auto quant = args.quant.empty() ? Result<FileType>{*words.quant} : resolve_quant(args.quant);
    if (!quant) return tl::unexpected(quant.error());
    run.quant = *quant;
    const auto devices = args.gpu.empty() ? devices_of(bench.devices, catalog, warnings)
                                          : devices_typed(args.gpu, catalog, warnings);
    if (!devices) return tl::unexpected(devices.error());
    run.device = devices->record;
    run.count = devices->count;
    run.backend = args.backend.empty() ? backend_of(bench.backends) : args.backend;
    run.settings.flash_attention = bench.flash_attention;
    run.settings.ubatch = Tokens{bench.ubatch};
    run.settings.type_k = bench.type_k;
    run.settings.type_v = bench.type_v;
    run.decode = bench.generated > 0;
    run.tokens = Tokens{run.decode ? bench.generated : bench.prompt};
    run.depth = Tokens{bench.depth};
    run.rate = bench.rate;
    return run;
}

}  // namespace

Result<Answer> answer_calibrate(const Question& question) {
    const RawArgs& args = question.args;
    if (args.positional.empty() || args.positional.size() > 2)
        return fail(ErrorKind::usage, args.positional.empty() ? "calibrate by which file?" : "calibrate takes a file and a model",
                    "fitcalc calibrate FILE [MODEL]: what llama-bench -o json printed");
    const auto engine = engine_asked(args, question.catalog);
    if (!engine) return tl::unexpected(engine.error());
    if (auto ok = check_backend(args.backend, **engine); !ok) return tl::unexpected(ok.error());
    const std::string& path = args.positional.front();
    const auto text = question.world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    const auto benches = parse_llama_bench(*text, path);
    if (!benches) return tl::unexpected(benches.error());
    CalibrationReport report;
    for (const BenchRun& bench : *benches) {
        constexpr std::int64_t all_layers = 99;  // what people say for all, as llama-bench once did
        const bool all_on_devices = (bench.gpu_layers < 0 || bench.gpu_layers >= all_layers) && bench.cpu_moe_layers == 0;
        const bool mixed = bench.generated > 0 && bench.prompt > 0;
        if (!all_on_devices || mixed || bench.rate <= 0) {
            report.warnings.push_back("a run of " + bench.model_file + " is left out: " +
                                      (mixed ? "prompt and answer in one" : !all_on_devices ? "not all of it on the devices" : "no speed"));
            continue;
        }
        const auto run = measured_run(bench, args, question.catalog, report.warnings);
        if (!run) return tl::unexpected(run.error());
        const auto compared = compare_run(question.catalog, *run);
        if (!compared) return tl::unexpected(compared.error());
        report.runs.push_back(*compared);
    }
    if (report.runs.empty()) return fail(ErrorKind::bad_data, path + ": holds no run that says how fast the devices are",
                                         "llama-bench -ngl 99 -p 512 -n 128 -o json");
    report.calibrations = calibrations_of(report.runs);
    auto out = render_calibration(report, question.output);
    if (!out) return tl::unexpected(out.error());
    return Answer{std::move(*out), true, report.warnings};
}

}  // namespace fitcalc::cli
