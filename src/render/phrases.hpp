// What several texts say in the same words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "page.hpp"
#include "report/fit_report.hpp"

namespace fitcalc {

// How a verdict is marked; colour never stands alone.
struct VerdictSign {
    std::string_view sign;
    Style style;
};
VerdictSign sign_of(Verdict verdict);

Cell verdict_lead(Verdict verdict);  // "✓ great   "
Cell verdict_lead(const DeviceSet& devices, Verdict verdict);  // "! offload" where --ram would have to say that it is a yes

// "98.4", estimated "~98.4", unknown "".
std::string quality_figure(const std::optional<Quality>& quality);

// A quantization that people choose from; tables leave the others out, JSON has them all.
bool is_usual(FileType type);

// The catalog's record of the model; one without facts for a model that is in no catalog.
const ModelRecord& record_of(const ModelSummary& model);

std::string_view quant_name(FileType type);
// The same for a row, the settings or the recommendation, which may be of a file as it is.
std::string_view quant_name(const QuantRow& row);
std::string_view quant_name(const SettingsSummary& settings);
std::string_view quant_name(const Recommendation& recommendation);
// "The file has llama-quantize's standard mix of Q4_K_M."
std::string recipe_sentence(const Recipe& recipe);
std::string_view backend_name(std::string_view backend);  // "CUDA"
// Everything in host memory: what is said of a device is said of that.
bool on_cpu(const SettingsSummary& settings);
// "2× RTX 3090", "24GB": the record's name without its maker, or what was typed where there is no record.
std::string device_phrase(const DeviceRecord* record, std::string_view named, std::int64_t count);
std::string device_phrase(const DeviceRow& device);
// "RTX 4090 + 2× RTX 3060"; "the CPU" without devices.
std::string device_phrase(const DeviceSet& devices);
// What is missing where a part is to lie in host memory of which nothing is known.
inline constexpr std::string_view ram_unstated = "--ram says how much RAM there is";
// The same behind a verdict: "; --ram says …", empty where nothing is missing.
std::string unstated_ram(const DeviceSet& devices, Verdict verdict);
// "25.3 GB usable", "25.3 GB usable each"; of different devices "25.3 and 2 × 12.3 GB usable".
std::string usable_phrase(const DeviceSet& devices, Units units);
// "RTX 3090, 25.3 GB usable and 68.7 GB of RAM"
std::string memory_phrase(const DeviceSet& devices, Units units);

// "DeepSeek R1 0528 · 671B, 37.6B active · 61 layers · …"
void add_model_line(Page& page, const ModelSummary& model);
// "llama.cpp", what the answer states itself, "f16 cache", "1 sequence", "CUDA", and every setting that is not the default
std::vector<std::string> settings_items(const SettingsSummary& settings, std::vector<std::string> stated = {});
std::string joined(const std::vector<std::string>& items, std::string_view separator);
std::string enumerated(const std::vector<std::string>& items);  // "a, b and c"
// "llama.cpp, Q4_K_M, 8,192 context, f16 cache, 1 sequence", and every setting that is not the default
void add_settings_line(Page& page, const SettingsSummary& settings);
std::string_view name_of(Remedy remedy);  // "kv_type"
// What an answer about one model begins with: the verdict where devices were asked for, the model, the settings.
void add_opening(Page& page, const FitReport& report, Units units);
// The verdict in one line, however long.
void add_verdict_line(Page& page, const FitReport& report, Units units);
// "0–31 + output": the layers on a device.
std::string layers_phrase(const DevicePlacement& device);
// What lies on each device and in host memory.
Table placement_table(const Placement& placement, const DeviceSet& set, Units units);

}  // namespace fitcalc
