#include "speed_options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "device_words.hpp"
#include "fitcalc/text.hpp"
#include "others.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr double giga = 1e9;
constexpr double least_factor = 0.05, most_factor = 5;  // beyond, a run is of something else
constexpr std::string_view run_words = "DEVICE MODEL QUANT TOKENS_PER_SECOND [PROMPT_TOKENS_PER_SECOND]";

// A decimal number at the start of the text, which is left at what follows.
std::optional<double> take_number(std::string_view& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || !std::isfinite(value) || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

Result<double> parse_positive(std::string_view option, std::string_view text, std::string_view example) {
    std::string_view rest = text;
    if (const auto value = take_number(rest); value && rest.empty() && *value > 0) return *value;
    return fail(ErrorKind::usage, std::string(option) + " '" + std::string(text) + "' is not a number above 0",
                "say " + std::string(example));
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (std::size_t at = line.find_first_not_of(" \t\r"); at != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
        words.emplace_back(line.substr(at, end - at));
        at = line.find_first_not_of(" \t\r", end);
    }
    return words;
}

// 0 is a number of tokens here: no thinking, an empty cache.
Result<Tokens> parse_some_tokens(std::string_view option, const std::string& text) {
    if (text == "0") return Tokens{};
    return parse_tokens(option, text);
}

// Words at the end of a line that are tokens per second: one or two of them.
std::size_t count_rates(const std::vector<std::string>& words) {
    constexpr std::size_t most = 2;
    std::size_t count = 0;
    for (auto word = words.rbegin(); word != words.rend() && count < most; ++word, ++count) {
        std::string_view rest = *word;
        if (!take_number(rest) || !rest.empty()) break;
    }
    return count;
}

Result<void> add_measured(std::string_view line, FitRequest& request, std::string_view origin, std::vector<CalibratedRun>& runs) {
    auto measured = parse_measured(line, *request.catalog, origin, request.warnings);
    if (!measured) return tl::unexpected(measured.error());
    for (MeasuredRun& run : *measured) {
        // It ran as the question is about to.
        run.engine = request.engine->name;
        run.backend = request.backend;
        run.settings.flash_attention = request.settings.flash_attention;
        const auto compared = compare_run(*request.catalog, run);
        if (!compared) return tl::unexpected(compared.error());
        if (compared->factor() < least_factor || compared->factor() > most_factor)
            return fail(ErrorKind::usage, std::string(origin) + ": that is far from the " + std::to_string(std::lround(compared->estimated)) +
                                              " tokens per second estimated", "are device, model and quantization the right ones?");
        runs.push_back(*compared);
    }
    return {};
}

// What was typed is one run, or names a file with a run on each line.
Result<std::vector<Calibration>> resolve_calibrations(const std::string& text, FitRequest& request, const World& world) {
    std::vector<CalibratedRun> runs;
    const auto file = world.read_file(text);
    if (!file) {
        if (words_of(text).size() < 2) return tl::unexpected(file.error());
        if (auto ok = add_measured(text, request, "--calibrate", runs); !ok) return tl::unexpected(ok.error());
        return calibrations_of(runs);
    }
    std::size_t number = 0;
    for (std::size_t at = 0; at < file->size();) {
        const std::size_t end = std::min(file->find('\n', at), file->size());
        const std::string_view line = std::string_view(*file).substr(at, end - at);
        ++number;
        at = end + 1;
        if (words_of(line).empty() || words_of(line).front().starts_with('#')) continue;
        if (auto ok = add_measured(line, request, text + ":" + std::to_string(number), runs); !ok)
            return tl::unexpected(Error{ErrorKind::bad_data, ok.error().message, ok.error().hint});
    }
    if (runs.empty()) return fail(ErrorKind::bad_data, text + ": holds no measured run", "a line is " + std::string(run_words));
    return calibrations_of(runs);
}

}  // namespace

Result<double> parse_bandwidth(std::string_view option, std::string_view text) {
    const std::string lower = lower_case(text);
    std::string_view rest = lower;
    constexpr double most = 1e15;  // no memory is a hundredth as fast
    const auto bad = [&] {
        return fail(ErrorKind::usage, std::string(option) + " '" + std::string(text) + "' is not a memory bandwidth",
                    "say 90GB/s, or ddr5-5600x2 for two channels");
    };
    for (const std::string_view memory : {"ddr3-", "ddr4-", "ddr5-"}) {
        if (!rest.starts_with(memory)) continue;
        constexpr double mega = 1e6, bytes_of_a_channel = 8;
        rest.remove_prefix(memory.size());
        const auto transfers = take_number(rest);
        if (!transfers || *transfers <= 0 || !rest.starts_with('x')) return bad();
        rest.remove_prefix(1);
        const auto channels = take_number(rest);
        if (!channels || *channels <= 0 || !rest.empty()) return bad();
        const double bandwidth = *transfers * mega * bytes_of_a_channel * *channels;
        return bandwidth <= most ? Result<double>{bandwidth} : bad();
    }
    const auto value = take_number(rest);
    if (!value || *value <= 0 || *value * giga > most || (rest != "gb/s" && rest != "gb" && !rest.empty())) return bad();
    return *value * giga;
}

Result<std::vector<MeasuredRun>> parse_measured(std::string_view line, const Catalog& catalog, std::string_view origin,
                                                std::vector<std::string>& warnings) {
    const std::vector<std::string> words = words_of(line);
    const auto bad = [&](const std::string& what) {
        return fail(ErrorKind::usage, std::string(origin) + ": " + what,
                    "say " + std::string(run_words) + ", as \"rtx-3090 qwen3-8b Q4_K_M 95\"");
    };
    const std::size_t rates = count_rates(words);
    constexpr std::size_t least_names = 3;
    if (rates == 0 || words.size() < least_names + rates) return bad("'" + std::string(line) + "' is not a measured run");
    const auto rate = words.end() - static_cast<std::ptrdiff_t>(rates), quant_word = rate - 1, model_word = rate - 2;
    std::string device_name;  // of one word or several
    for (auto word = words.begin(); word != model_word; ++word) device_name += (word == words.begin() ? "" : " ") + *word;
    const auto quant = file_type_from_name(*quant_word);
    if (!quant) return bad("no quantization named '" + *quant_word + "'");
    const auto device_words = split_device_words(device_name);
    if (!device_words) return tl::unexpected(device_words.error());
    const auto device = catalog.find_device(device_words->name);
    if (!device) return tl::unexpected(device.error());
    const auto model = catalog.find_model(*model_word);
    if (!model) return tl::unexpected(model.error());
    warn_of_others(device_words->name, *device, warnings);
    warn_of_others(*model_word, *model, warnings);
    MeasuredRun run;
    run.device = device->record;
    run.count = device_words->count;
    run.model = model->record;
    run.quant = *quant;
    std::vector<MeasuredRun> runs;
    constexpr Tokens usual_generated{128}, usual_prompt{512};  // llama-bench's own
    for (auto word = rate; word != words.end(); ++word) {
        std::string_view rest = *word;
        run.rate = take_number(rest).value_or(0);
        if (run.rate <= 0) return bad("'" + *word + "' is not tokens per second");
        run.decode = word == rate;
        run.tokens = run.decode ? usual_generated : usual_prompt;
        runs.push_back(run);
    }
    return runs;
}

Result<void> resolve_speed(const RawArgs& args, const World& world, FitRequest& request) {
    SpeedOptions& speed = request.speed;
    std::optional<Tokens> depth;
    const auto tokens_of = [](std::string_view option) {
        return [option](const std::string& text) { return parse_some_tokens(option, text); };
    };
    if (auto ok = take(args.depth, depth, tokens_of("--depth")); !ok) return ok;
    speed.depth = depth.value_or(Tokens{});
    if (auto ok = take(args.prompt, speed.prompt, [](auto& t) { return parse_tokens("--prompt", t); }); !ok) return ok;
    if (auto ok = take(args.answer, speed.answer, [](auto& t) { return parse_tokens("--answer", t); }); !ok) return ok;
    if (auto ok = take(args.thinking, speed.thinking, tokens_of("--thinking")); !ok) return ok;
    const auto bandwidth = [](const std::string& text) { return parse_bandwidth("--ram-bandwidth", text); };
    if (auto ok = take(args.ram_bandwidth, speed.ram_bandwidth, bandwidth); !ok) return ok;
    const auto price = [](const std::string& text) { return parse_positive("--price", text, "0.34 for US dollars an hour"); };
    if (auto ok = take(args.price, speed.price_per_hour, price); !ok) return ok;
    const auto power = [](const std::string& text) { return parse_positive("--power-price", text, "0.30 for US dollars a kWh"); };
    if (auto ok = take(args.power_price, speed.power_price, power); !ok) return ok;
    // Other commands ask about several contexts, and leave the speed out of those that are too short.
    const bool one_context = args.verb != "grid" && !request.whole_context;
    const std::string context = grouped(request.settings.context.count());
    if (one_context && speed.depth + speed.prompt.value_or(Tokens{}) > request.settings.context)
        return fail(ErrorKind::usage, "--depth and --prompt go beyond the context of " + context + " tokens", "raise --ctx");
    if (!args.calibrate.empty()) {
        auto calibrations = resolve_calibrations(args.calibrate, request, world);
        if (!calibrations) return tl::unexpected(calibrations.error());
        speed.calibrations = std::move(*calibrations);
    }
    const bool asks_time = speed.prompt || speed.answer;
    if (asks_time && !speed.thinking && request.model && request.model->thinking_tokens) {
        const ThinkingTokens& stated = *request.model->thinking_tokens;
        speed.thinking = Tokens{stated.mean};
        request.warnings.push_back(std::string(request.model->id) + " is taken to think for " + grouped(stated.mean) +
                                   " tokens, its mean for each " + std::string(stated.per) + " (" + std::string(stated.source) +
                                   "); --thinking states another length");
    }
    const Tokens all = speed.depth + speed.prompt.value_or(Tokens{}) + speed.thinking.value_or(Tokens{}) +
                       speed.answer.value_or(Tokens{});
    if (speed.asks_time() && one_context && all > request.settings.context)
        request.warnings.push_back("the question takes " + grouped(all.count()) +
                                   " tokens in all, more than the context of " + context + "; --ctx states a longer one");
    return {};
}

}  // namespace fitcalc::cli
