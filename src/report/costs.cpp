#include "costs.hpp"

#include <algorithm>
#include <utility>

namespace fitcalc {
namespace {

constexpr double seconds_per_hour = 3600, million = 1e6, watts_per_kilowatt = 1000;

// Adds what isn't in the list yet.
void add_to(std::string& list, std::string_view item) {
    if (item.empty() || list.find(item) != std::string::npos) return;
    if (!list.empty()) list += "; ";
    list += item;
}

// Of the offers; the low end of a range is none, and serves where there is nothing else.
const CloudPrice* lowest_price(const DeviceRecord& device) {
    const CloudPrice* lowest = nullptr;
    const auto rank = [](const CloudPrice& price) {
        const bool range = price.usd_per_hour_high && *price.usd_per_hour_high > *price.usd_per_hour_low;
        return std::pair{range, *price.usd_per_hour_low};
    };
    for (const CloudPrice& price : device.cloud_prices)
        if (price.usd_per_hour_low && (!lowest || rank(price) < rank(*lowest))) lowest = &price;
    return lowest;
}

std::optional<RentReport> listed_rent(std::span<const PricedDevices> devices) {
    RentReport rent;
    for (const PricedDevices& each : devices) {
        const CloudPrice* price = lowest_price(*each.record);
        if (!price) return std::nullopt;
        rent.price_per_hour += *price->usd_per_hour_low * static_cast<double>(each.count);
        add_to(rent.basis, price->tier);
        add_to(rent.date, price->date);
        add_to(rent.source, price->source);
    }
    return rent;
}

std::optional<PurchaseReport> purchase_of(std::span<const PricedDevices> devices) {
    PurchaseReport purchase;
    for (const PricedDevices& each : devices) {
        if (!each.record->launch_price_usd) return std::nullopt;
        purchase.launch_price = checked_add(purchase.launch_price, checked_mul(*each.record->launch_price_usd, each.count));
        add_to(purchase.released, each.record->released);
        add_to(purchase.confidence, each.record->launch_price_confidence);
        for (const std::string_view source : each.record->sources) add_to(purchase.source, source);
    }
    return purchase;
}

std::optional<double> watts_of(std::span<const PricedDevices> devices) {
    double watts = 0;
    for (const PricedDevices& each : devices) {
        if (!each.record->tdp_watts) return std::nullopt;
        watts += static_cast<double>(*each.record->tdp_watts) * static_cast<double>(each.count);
    }
    return watts;
}

// Hours for the question asked; nullopt without one, or where a part of it is unknown.
std::optional<double> session_hours(const SpeedReport& speed, const SpeedOptions& options) {
    if (!options.asks_time() || (options.prompt && !speed.first_token_seconds)) return std::nullopt;
    return (speed.first_token_seconds.value_or(0) + speed.thinking_seconds.value_or(0) + speed.answer_seconds.value_or(0)) /
           seconds_per_hour;
}

}  // namespace

CostsReport estimate_costs(std::span<const PricedDevices> devices, const SpeedReport& speed, const SpeedOptions& options) {
    const double hours_per_million = million / speed.decode.rate / seconds_per_hour;
    const std::optional<double> session = session_hours(speed, options);
    const bool known = !devices.empty() && std::ranges::all_of(devices, [](const PricedDevices& d) { return d.record != nullptr; });
    CostsReport costs;
    if (options.price_per_hour)
        costs.rent = RentReport{*options.price_per_hour, "as given", {}, {}, 0, {}};
    else if (known)
        costs.rent = listed_rent(devices);
    if (costs.rent) {
        costs.rent->per_million_tokens = costs.rent->price_per_hour * hours_per_million;
        if (session) costs.rent->per_session = costs.rent->price_per_hour * *session;
    }
    if (!known) return costs;
    costs.purchase = purchase_of(devices);
    costs.watts = watts_of(devices);
    if (costs.watts && options.power_price) {
        const double price_per_hour = *costs.watts / watts_per_kilowatt * *options.power_price;
        costs.electricity_per_million_tokens = price_per_hour * hours_per_million;
        if (session) costs.electricity_per_session = price_per_hour * *session;
    }
    return costs;
}

}  // namespace fitcalc
