#include "speed_report.hpp"

#include <algorithm>
#include <cmath>

namespace fitcalc {
namespace {

constexpr std::int64_t few_rows = 3;   // below so many measurements a family's figures are rough
constexpr double usual_prompt = 512;   // what benchmarks state
constexpr double linked_bandwidth = 1e11;  // bytes per second, both ways: NVLink, not PCIe

template <class Record>
const Record* named(const std::vector<const Record*>& records, std::string_view name) {
    const auto found = std::ranges::find_if(records, [&](const Record* record) { return record->name == name; });
    return found == records.end() ? nullptr : *found;
}

std::optional<SpeedDevice> device_of(const SpeedQuestion& question, const DeviceRecord& record, const SpeedEngine& engine) {
    const Catalog& catalog = *question.catalog;
    const SpeedBackend* backend = named(catalog.speed_backends(), question.backend.empty() ? record.backend : question.backend);
    if (!backend || !record.bandwidth_bytes_per_second) return std::nullopt;
    const SpeedFamily* family = find_family(catalog.speed_families(), record.vendor, record.name, record.compute_capability,
                                            record.gfx_target);
    if (!family) return std::nullopt;
    SpeedDevice device;
    device.bandwidth = static_cast<double>(*record.bandwidth_bytes_per_second);
    device.operations = matrix_operations(*family, record.name, record.fp16_dense_tflops, device.bandwidth);
    device.linked = record.interconnect_bytes_per_second &&
                    static_cast<double>(*record.interconnect_bytes_per_second) >= linked_bandwidth;
    device.family = family;
    device.backend = backend;
    device.engine = &engine;
    return device;
}

// A layer's routed experts, and the rest of it.
TokenWork take_experts(TokenWork& work) {
    TokenWork experts;
    experts.expert_bytes = std::exchange(work.expert_bytes, {});
    experts.expert_weights = std::exchange(work.expert_weights, {});
    experts.all_expert_bytes = std::exchange(work.all_expert_bytes, 0);
    experts.experts_per_token = std::exchange(work.experts_per_token, 0);
    experts.expert_layers = work.expert_layers;
    return experts;
}

struct Parts {
    std::vector<SpeedPart> devices;
    TokenWork host;
    bool uses_host = false;
};

// What lies where. `devices`: of each site.
Parts parts_of(const SpeedQuestion& question, const std::vector<SpeedDevice>& devices) {
    Parts parts;
    for (const SpeedDevice& device : devices) parts.devices.push_back({device, {}});
    const std::size_t output = question.work->size() - 1;
    for (std::size_t layer = 0; layer <= output; ++layer) {
        const TokenWork& work = (*question.work)[layer];
        const auto index = static_cast<std::int64_t>(layer);
        const auto holder = std::ranges::find_if(question.sites, [&](const SpeedSite& site) {
            return layer == output ? site.output : index >= site.first_layer && index <= site.last_layer;
        });
        if (holder == question.sites.end()) {
            parts.host += work;
            parts.uses_host = true;
            continue;
        }
        TokenWork& there = parts.devices[static_cast<std::size_t>(holder - question.sites.begin())].work;
        if (index < question.cpu_moe_layers && work.all_expert_bytes > 0) {
            TokenWork rest = work;
            parts.host += take_experts(rest);
            parts.uses_host = true;
            there += rest;
        } else {
            there += work;
        }
    }
    return parts;
}

const Calibration* calibration_of(const SpeedQuestion& question) {
    if (question.sites.empty()) return nullptr;
    for (const Calibration& each : question.options->calibrations)
        if (std::ranges::all_of(question.sites, [&](const SpeedSite& site) { return site.record->id == each.device; })) return &each;
    return nullptr;
}

SpeedFigure figure(double rate, double factor, SpeedSpread spread, bool rough) {
    return {rate * factor, rate * factor * spread.low, rate * factor * spread.high, rough};
}

std::string gigabytes(double bytes_per_second) {
    constexpr double giga = 1e9;
    return std::to_string(std::llround(bytes_per_second / giga));
}

// The reasons for which a figure is no more than rough; none where it isn't.
std::vector<std::string> doubts(const SpeedQuestion& question, const std::vector<SpeedDevice>& devices, bool uses_host) {
    std::vector<std::string> notes;
    for (const SpeedDevice& device : devices)
        if (device.family->rows < few_rows) {
            notes.push_back("few measurements of " + std::string(device.family->name) + " devices: rough");
            break;
        }
    if (question.settings->sequences > 1)
        notes.emplace_back("the speed of one sequence while the others wait; how several share a device is not modelled");
    if (!uses_host) return notes;
    const bool given = question.options->ram_bandwidth.has_value();
    notes.push_back("what the CPU runs is rough: host memory at " +
                    gigabytes(question.options->ram_bandwidth.value_or(assumed_ram_bandwidth(question.ram))) + " GB/s" +
                    (given ? "" : ", assumed: --ram-bandwidth states it"));
    return notes;
}

// How long the question takes: the prompt, then each part generated behind what came before.
void add_times(const SpeedQuestion& question, const std::vector<SpeedPart>& parts, const SpeedSettings& settings,
               double decode_factor, double prefill_factor, SpeedReport& report) {
    const SpeedOptions& options = *question.options;
    double depth = static_cast<double>(options.depth.count());
    if (options.prompt) {
        const auto tokens = static_cast<double>(options.prompt->count());
        if (const auto seconds = prompt_seconds(parts, settings, tokens, depth))
            report.first_token_seconds = *seconds / prefill_factor + token_time(parts, settings, depth + tokens).total() / decode_factor;
        depth += tokens;
    }
    const auto generate = [&](Tokens count) {
        const auto tokens = static_cast<double>(count.count());
        const double seconds = tokens * token_time(parts, settings, depth + tokens / 2).total() / decode_factor;
        depth += tokens;
        return seconds;
    };
    report.thinking = options.thinking;
    report.answer = options.answer;
    if (options.thinking) report.thinking_seconds = generate(*options.thinking);
    if (options.answer) report.answer_seconds = generate(*options.answer);
}

}  // namespace

std::vector<SpeedSite> equal_sites(const DeviceRecord& record, std::int64_t count, std::int64_t layers) {
    std::vector<SpeedSite> sites;
    for (std::int64_t i = 0; i < count; ++i)
        sites.push_back({&record, layers * i / count, layers * (i + 1) / count - 1, i == count - 1});
    return sites;
}

double assumed_ram_bandwidth(std::optional<Bytes> ram) {
    constexpr double channel = 5600e6 * 8;  // DDR5-5600: transfers per second of 8 bytes
    constexpr Bytes most_of_a_desktop = GiB * 256;
    return ram && *ram > most_of_a_desktop ? 8 * channel : 2 * channel;
}

std::optional<SpeedReport> estimate_speed(const SpeedQuestion& question) {
    const Catalog& catalog = *question.catalog;
    const SpeedBackend* host_backend = named(catalog.speed_backends(), "cpu");
    const SpeedFamily* host_family = named(catalog.speed_families(), "CPU");
    const SpeedEngine* engine = named(catalog.speed_engines(), question.engine);
    if (!engine || !host_backend || !host_family || question.work->empty()) return std::nullopt;
    const SpeedOptions& options = *question.options;
    if (options.depth + options.prompt.value_or(Tokens{}) > question.settings->context) return std::nullopt;

    std::vector<SpeedDevice> devices;
    for (std::size_t i = 0; i < question.sites.size(); ++i) {
        const DeviceRecord* record = question.sites[i].record;
        const bool again = i > 0 && record == question.sites[i - 1].record;
        const auto device = again    ? std::optional{devices.back()}
                            : record ? device_of(question, *record, *engine)
                                     : std::nullopt;
        if (!device) return std::nullopt;
        devices.push_back(*device);
    }
    Parts placed = parts_of(question, devices);
    std::vector<SpeedPart> parts = std::move(placed.devices);
    if (placed.uses_host) {
        SpeedDevice host;
        host.host = true;
        host.bandwidth = options.ram_bandwidth.value_or(assumed_ram_bandwidth(question.ram));
        host.family = host_family;
        host.backend = host_backend;
        host.engine = engine;
        parts.push_back({host, std::move(placed.host)});
    }

    SpeedReport report;
    report.notes = doubts(question, devices, placed.uses_host);
    const bool rough = !report.notes.empty();
    const Calibration* calibration = placed.uses_host ? nullptr : calibration_of(question);
    report.calibrated = calibration != nullptr;
    const bool wide = rough && !report.calibrated;
    const SpeedTable& table = catalog.speed_table();
    const double decode_factor = calibration ? calibration->decode : 1;
    const double prefill_factor = calibration ? calibration->prefill.value_or(1) : 1;

    SpeedSettings settings;
    settings.flash_attention = question.flash_attention;
    settings.ubatch = static_cast<double>(question.settings->ubatch.count());
    report.depth = options.depth;
    const auto depth = static_cast<double>(report.depth.count());
    report.time = token_time(parts, settings, depth);
    report.decode = figure(1 / report.time.total(), decode_factor, wide ? table.rough_decode : table.decode, rough);
    report.prompt = options.prompt.value_or(Tokens{static_cast<std::int64_t>(usual_prompt)});
    const auto prompt = static_cast<double>(report.prompt.count());
    if (const auto seconds = prompt_seconds(parts, settings, prompt, depth))
        report.prefill = figure(prompt / *seconds, prefill_factor, wide ? table.rough_prefill : table.prefill, rough);
    if (options.asks_time()) add_times(question, parts, settings, decode_factor, prefill_factor, report);
    return report;
}

std::string limit_text(const TokenTime& time) {
    const std::pair<const char*, double> terms[] = {
        {"host memory", time.host}, {"weights", time.weights},   {"cache", time.cache},
        {"launch", time.launch}, {"transfer", time.transfer}};
    std::string text;
    for (const auto& [name, seconds] : terms) {
        const auto percent = std::lround(100 * seconds / time.total());
        if (percent > 0) text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(percent) + " %";
    }
    return text;
}

}  // namespace fitcalc
