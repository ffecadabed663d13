#include "record_faults.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <type_traits>

#include "fields.hpp"

namespace fitcalc {
namespace {

std::string fault(std::string_view field, std::string_view reason) {
    return "." + std::string(field) + ": " + std::string(reason);
}

void above_zero(Faults& faults, std::string_view field, std::optional<double> value) {
    if (value && !(*value > 0)) faults.push_back(fault(field, "must be above 0"));
}

void from_zero(Faults& faults, std::string_view field, double value) {
    if (!(value >= 0)) faults.push_back(fault(field, "must not be below 0"));
}

void spread(Faults& faults, std::string_view field, const SpeedSpread& value) {
    if (!(value.low > 0 && value.low <= value.high)) faults.push_back(fault(field, "is no range above 0"));
}

// Seconds, and launches in plain layers: may be nothing. All other coefficients are factors and shares.
constexpr std::array<std::string_view, 6> may_be_zero{"launch", "expert_launch", "recurrent_launch", "hop", "linked", "unlinked"};

template <class Record>
Faults faults_of_speed(const Record& record) {
    Faults faults;
    visit_fields(record, [&](const char* name, const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, double>) {
            if (std::ranges::find(may_be_zero, std::string_view(name)) != may_be_zero.end())
                from_zero(faults, name, value);
            else
                above_zero(faults, name, value);
        } else if constexpr (std::is_same_v<Value, std::optional<double>>) {
            above_zero(faults, name, value);
        } else if constexpr (std::is_same_v<Value, ByKernel>) {
            visit_fields(value, [&](const char* kind, double factor) {
                above_zero(faults, std::string(name) + "." + kind, factor);
            });
        } else if constexpr (std::is_same_v<Value, SpeedSpread>) {
            spread(faults, name, value);
        }
    });
    return faults;
}

template <class Record>
Faults faults_of_perplexities(const Record& record) {
    Faults faults;
    above_zero(faults, "ppl", record.ppl);
    above_zero(faults, "ppl_base", record.ppl_base);
    return faults;
}

}  // namespace

Faults faults_of(const HuggingFaceAttention& attention) {
    if (attention.layers > 0 && attention.kv_heads > 0 && attention.heads > 0 && attention.hidden > 0) return {};
    return {": layers, kv_heads, heads and hidden are all needed"};
}

Faults faults_of(const PublishedFile& file) {
    Faults faults;
    if (file.quant.empty()) faults.push_back(fault("quant", "is missing"));
    above_zero(faults, "bytes", static_cast<double>(file.bytes));
    return faults;
}

Faults faults_of(const QualityRecord& record) { return faults_of_perplexities(record); }

Faults faults_of(const QuantQuality& quality) { return faults_of_perplexities(quality); }

Faults faults_of(const LossFit& fit) {
    Faults faults;
    above_zero(faults, "spread_factor", fit.spread_factor);
    return faults;
}

Faults faults_of(const SpeedFamily& family) { return faults_of_speed(family); }

Faults faults_of(const SpeedBackend& backend) { return faults_of_speed(backend); }

Faults faults_of(const SpeedEngine& engine) { return faults_of_speed(engine); }

Faults faults_of(const SpeedTable& table) { return faults_of_speed(table); }

}  // namespace fitcalc
