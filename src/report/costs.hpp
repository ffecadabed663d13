// What running a model costs: renting the devices, buying them, their electricity. A price has its date and source;
// without a price there is no cost.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "fitcalc/catalog.hpp"
#include "speed_report.hpp"

namespace fitcalc {

// So many of one device.
struct PricedDevices {
    const DeviceRecord* record = nullptr;  // null: unknown
    std::int64_t count = 1;
};

// In US dollars. Several kinds of devices have their dates and sources one behind the other.
struct RentReport {
    double price_per_hour = 0;        // for all devices
    std::string basis, date, source;  // "lowest listed"; "as given"
    double per_million_tokens = 0;    // generated one after the other, without pause
    std::optional<double> per_session;
};

struct PurchaseReport {
    std::int64_t launch_price = 0;  // of all devices, without the machine around them, in US dollars
    std::string released, confidence, source;
};

struct CostsReport {
    std::optional<RentReport> rent;
    std::optional<PurchaseReport> purchase;
    std::optional<double> watts;  // of all devices, as their maker states
    std::optional<double> electricity_per_million_tokens, electricity_per_session;  // at --power-price, in US dollars
};

CostsReport estimate_costs(std::span<const PricedDevices> devices, const SpeedReport& speed, const SpeedOptions& options);

}  // namespace fitcalc
