// What several texts say in the same words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "page.hpp"
#include "report/fit_report.hpp"

namespace fitcalc {

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
std::string device_phrase(const DeviceRow& device);       // "2× NVIDIA GeForce RTX 3090", "24GB"

// "DeepSeek R1 0528 · 671B, 37.6B active · 61 layers · …"
void add_model_line(Page& page, const ModelSummary& model);
// "llama.cpp, Q4_K_M, 8,192 context, f16 cache, 1 sequence", and every setting that is not the default
void add_settings_line(Page& page, const SettingsSummary& settings);
// One paragraph for each device asked for: a sign, the verdict, what is needed and what is there.
void add_verdicts(Page& page, const FitReport& report, Units units);
// The same, one line each, however long.
void add_verdict_lines(Page& page, const FitReport& report, Units units);

}  // namespace fitcalc
