#include "speed_options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr double giga = 1e9;

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

template <class T, class Parse>
Result<void> take(const std::string& text, std::optional<T>& value, Parse parse) {
    if (text.empty()) return {};
    auto parsed = parse(text);
    if (!parsed) return tl::unexpected(parsed.error());
    value = *parsed;
    return {};
}

// 0 is a number of tokens here: no thinking, an empty cache.
Result<Tokens> parse_some_tokens(std::string_view option, const std::string& text) {
    if (text == "0") return Tokens{};
    return parse_tokens(option, text);
}

Result<void> add_measured(std::string_view line, const Catalog& catalog, std::string_view origin,
                          std::vector<CalibratedRun>& runs) {
    const auto measured = parse_measured(line, catalog, origin);
    if (!measured) return tl::unexpected(measured.error());
    for (const MeasuredRun& run : *measured) {
        const auto compared = compare_run(catalog, run);
        if (!compared) return tl::unexpected(compared.error());
        runs.push_back(*compared);
    }
    return {};
}

Result<std::vector<Calibration>> resolve_calibrations(const std::string& text, const Catalog& catalog, const World& world) {
    constexpr std::size_t least_words = 4;
    std::vector<CalibratedRun> runs;
    if (words_of(text).size() >= least_words) {
        if (auto ok = add_measured(text, catalog, "--calibrate", runs); !ok) return tl::unexpected(ok.error());
        return calibrations_of(runs);
    }
    const auto file = world.read_file(text);
    if (!file) return tl::unexpected(file.error());
    std::size_t number = 0;
    for (std::size_t at = 0; at < file->size();) {
        const std::size_t end = std::min(file->find('\n', at), file->size());
        const std::string_view line = std::string_view(*file).substr(at, end - at);
        ++number;
        at = end + 1;
        if (words_of(line).empty() || words_of(line).front().starts_with('#')) continue;
        if (auto ok = add_measured(line, catalog, text + ":" + std::to_string(number), runs); !ok)
            return tl::unexpected(ok.error());
    }
    if (runs.empty()) return fail(ErrorKind::bad_data, text + ": holds no measured run", "a line is DEVICE MODEL QUANT TOKENS_PER_SECOND");
    return calibrations_of(runs);
}

}  // namespace

Result<double> parse_bandwidth(std::string_view option, std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string_view rest = lower;
    const auto bad = [&] {
        return fail(ErrorKind::usage, std::string(option) + " '" + std::string(text) + "' is not a memory bandwidth",
                    "say 90GB/s, or ddr5-5600x2 for two channels");
    };
    for (const std::string_view memory : {"ddr4-", "ddr5-", "lpddr5-", "lpddr5x-"}) {
        if (!rest.starts_with(memory)) continue;
        constexpr double mega = 1e6, bytes_of_a_channel = 8;
        rest.remove_prefix(memory.size());
        const auto transfers = take_number(rest);
        if (!transfers || *transfers <= 0 || !rest.starts_with('x')) return bad();
        rest.remove_prefix(1);
        const auto channels = take_number(rest);
        if (!channels || *channels <= 0 || !rest.empty()) return bad();
        return *transfers * mega * bytes_of_a_channel * *channels;
    }
    const auto value = take_number(rest);
    if (!value || *value <= 0 || (rest != "gb/s" && rest != "gb" && !rest.empty())) return bad();
    return *value * giga;
}

Result<std::vector<MeasuredRun>> parse_measured(std::string_view line, const Catalog& catalog, std::string_view origin) {
    const std::vector<std::string> words = words_of(line);
    const auto bad = [&](const std::string& what) {
        return fail(ErrorKind::usage, std::string(origin) + ": " + what,
                    "say DEVICE MODEL QUANT TOKENS_PER_SECOND [PROMPT_TOKENS_PER_SECOND], as \"rtx-3090 qwen3-8b Q4_K_M 95\"");
    };
    constexpr std::size_t without_prompt = 4, with_prompt = 5;
    if (words.size() != without_prompt && words.size() != with_prompt)
        return bad("'" + std::string(line) + "' is not a measured run");
    MeasuredRun run;
    const auto device = catalog.find_device(words[0]);
    if (!device) return tl::unexpected(device.error());
    const auto model = catalog.find_model(words[1]);
    if (!model) return tl::unexpected(model.error());
    const auto quant = file_type_from_name(words[2]);
    if (!quant) return bad("no quantization named '" + words[2] + "'");
    run.device = device->record;
    run.model = model->record;
    run.quant = *quant;
    std::vector<MeasuredRun> runs;
    constexpr Tokens usual_generated{128}, usual_prompt{512};  // llama-bench's own
    for (std::size_t i = 3; i < words.size(); ++i) {
        std::string_view rest = words[i];
        const auto rate = take_number(rest);
        if (!rate || *rate <= 0 || !rest.empty()) return bad("'" + words[i] + "' is not tokens per second");
        run.decode = i == 3;
        run.tokens = run.decode ? usual_generated : usual_prompt;
        run.rate = *rate;
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
    if (speed.depth + speed.prompt.value_or(Tokens{}) > request.settings.context)
        return fail(ErrorKind::usage, "--depth and --prompt go beyond the context of " + std::to_string(request.settings.context.count()) + " tokens",
                    "raise --ctx");
    if (!args.calibrate.empty()) {
        auto calibrations = resolve_calibrations(args.calibrate, *request.catalog, world);
        if (!calibrations) return tl::unexpected(calibrations.error());
        speed.calibrations = std::move(*calibrations);
    }
    const bool asks_time = speed.prompt || speed.answer;
    if (asks_time && !speed.thinking && request.model && request.model->thinking_tokens) {
        const ThinkingTokens& stated = *request.model->thinking_tokens;
        speed.thinking = Tokens{stated.mean};
        request.warnings.push_back(std::string(request.model->id) + " is taken to think for " + std::to_string(stated.mean) +
                                   " tokens, its mean for each " + std::string(stated.per) + " (" + std::string(stated.source) +
                                   "); --thinking states another length");
    }
    return {};
}

}  // namespace fitcalc::cli
