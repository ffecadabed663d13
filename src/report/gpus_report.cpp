#include "gpus_report.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "device_family.hpp"
#include "device_sets.hpp"
#include "fitcalc/compute.hpp"
#include "speed_rows.hpp"
#include "subject.hpp"

namespace fitcalc {
namespace {

// One kind of device: a card, or what a box is full of.
struct Kind {
    const DeviceRecord* record = nullptr;
    const DeviceRecord* each = nullptr;  // of which the count is
    std::int64_t count = 0;              // a box's; 0: as many as it takes
};

class Finder {
public:
    Finder(const GpusRequest& request, const Subject& subject, const QuantChoice& choice)
        : request_{request},
          subject_{subject},
          quantized_{choice.quantized},
          work_{work_of(subject, planner_of(subject), choice)},
          solver_{subject.estimator, subject.request.settings} {}

    bool wanted(const DeviceRecord& device) const {
        if (device.kind == "host") return false;
        if (!request_.vendor.empty() && device.vendor != request_.vendor) return false;
        return request_.kind.empty() || device.kind == request_.kind || device.device_class == request_.kind;
    }

    // What a record stands for; nullopt where that can't be computed.
    std::optional<Kind> kind_of(const DeviceRecord& device) const {
        Kind kind{&device, &device, several_in_a_machine(device) ? 0 : 1};
        if (!device.members.empty()) {
            const auto inside = request_.question.catalog->find_device(device.members.front().id);
            if (!inside || device.members.size() > 1) return std::nullopt;
            kind = {&device, inside->record, device.members.front().count};
        }
        if (!kind.each->memory_bytes || kind.count > most_devices) return std::nullopt;
        return kind;
    }

    // The smallest count that fits; nullopt where none does.
    Result<std::optional<DeviceRow>> row(const Kind& kind) {
        const Bytes usable = usable_memory(*kind.each, *subject_.request.engine, subject_.request.devices.reserve);
        PlacementDevice device{usable, overhead(*kind.each)};
        if (device.usable <= Bytes{}) return std::optional<DeviceRow>{};
        for (const std::int64_t count : counts_of(kind)) {
            const auto hopeless = too_small(device, count);
            if (!hopeless) return tl::unexpected(hopeless.error());
            if (*hopeless) continue;
            std::optional<Bytes> host = subject_.request.devices.ram;
            if (host && kind.each->unified()) {
                device.shares_host = true;
                host = SharedMemory{device.usable * count, Bytes{*kind.each->memory_bytes} * count}.with(*host);
            }
            PlacementLimits limits = PlacementLimits::equal(device, count);
            limits.host = host;
            const auto placement = solver_.place(quantized_, limits);
            if (!placement) return tl::unexpected(placement.error());
            if (!fits(placement->verdict)) continue;
            DeviceRow row;
            row.record = kind.record;
            row.name = kind.record->id;
            row.count = kind.count > 0 ? 1 : count;
            row.inside = std::max<std::int64_t>(1, kind.count);
            row.memory = Bytes{*kind.each->memory_bytes};
            row.usable = device.usable;
            row.required = placement->fullest().total;
            row.headroom = placement->fullest().free;
            row.verdict = placement->verdict;
            add_speed(row, kind, *placement);
            if (request_.max_context) {
                const auto longest = solver_.max_context(quantized_, limits);
                if (!longest) return tl::unexpected(longest.error());
                row.max_context = *longest;
            }
            return row;
        }
        return std::optional<DeviceRow>{};
    }

private:
    void add_speed(DeviceRow& row, const Kind& kind, const Placement& placement) const {
        row.speed = placed_speed(subject_.request, subject_.request.settings, subject_.estimator.model(), work_, placement,
                                 sites_of(placement, *kind.each));
        if (!row.speed) return;
        row.costs = costs({kind.each, checked_mul(row.count, row.inside)}, *row.speed);
        if (kind.record == kind.each) return;
        // What is known of the box as a whole goes before what its devices come to.
        const CostsReport box = costs({kind.record, row.count}, *row.speed);
        if (box.purchase) row.costs.purchase = box.purchase;
        if (!box.watts) return;
        row.costs.watts = box.watts;
        row.costs.electricity_per_million_tokens = box.electricity_per_million_tokens;
        row.costs.electricity_per_session = box.electricity_per_session;
    }

    CostsReport costs(const PricedDevices& devices, const SpeedReport& speed) const {
        return estimate_costs(std::span{&devices, 1}, speed, subject_.request.speed);
    }

    std::vector<std::int64_t> counts_of(const Kind& kind) const {
        if (kind.count > 0) return {kind.count};
        std::vector<std::int64_t> counts;
        for (std::int64_t count = 1; count <= request_.max_count; ++count) counts.push_back(count);
        return counts;
    }

    BackendOverhead overhead(const DeviceRecord& device) const {
        const std::string& asked = subject_.request.backend;
        return overhead_of(*subject_.request.engine, asked.empty() ? device.backend : std::string_view(asked));
    }

    // Whether weights and cache alone are too much. With host memory a part of them may lie there.
    Result<bool> too_small(const PlacementDevice& device, std::int64_t count) {
        if (subject_.request.devices.ram) return false;
        return least_required(count).map([&](Bytes least) { return least + device.overhead.typical() > device.usable; });
    }

    Result<Bytes> least_required(std::int64_t count) {
        const auto known = least_.find(count);
        if (known != least_.end()) return known->second;
        const auto found = solver_.least_required(quantized_, count);
        if (found) least_.emplace(count, *found);
        return found;
    }

    const GpusRequest& request_;
    const Subject& subject_;
    const QuantizedModel& quantized_;
    std::vector<TokenWork> work_;
    PlacementSolver solver_;
    std::map<std::int64_t, Bytes> least_;
};

void sort(std::vector<DeviceRow>& rows, DeviceOrder order) {
    const auto memory = [](const DeviceRow& row) { return row.memory * (row.count * row.inside); };
    const auto key = [order](const DeviceRow& row) -> double {
        constexpr double unknown = std::numeric_limits<double>::infinity();  // goes last
        switch (order) {
            case DeviceOrder::count: return static_cast<double>(row.count);
            case DeviceOrder::price: {
                const auto price = launch_price_usd(row);
                return price ? static_cast<double>(*price) : unknown;
            }
            case DeviceOrder::speed: return row.speed ? -row.speed->decode.rate : unknown;
            case DeviceOrder::memory: break;
        }
        return 0;
    };
    const auto by = [&](const DeviceRow& row) {
        const double first = key(row);
        return std::tuple{first, memory(row), row.count, std::string_view(row.name)};
    };
    std::ranges::sort(rows, {}, by);
}

}  // namespace

std::optional<std::int64_t> launch_price_usd(const DeviceRow& row) {
    if (!row.record || !row.record->launch_price_usd) return std::nullopt;
    return checked_mul(*row.record->launch_price_usd, row.count);
}

Result<GpusReport> build_gpus_report(const GpusRequest& request) {
    const auto subject = open_subject(request.question);
    if (!subject) return tl::unexpected(subject.error());
    const QuantChoice choice = asked_quant(*subject);
    GpusReport report;
    report.model = subject->model;
    report.settings = subject->settings;
    report.file_size = choice.quantized.file_size;
    report.max_count = request.max_count;
    report.warnings = subject->warnings;
    std::set<std::string_view> backends;
    Finder finder{request, *subject, choice};
    for (const DeviceRecord* device : request.question.catalog->devices()) {
        if (!finder.wanted(*device)) continue;
        const auto kind = finder.kind_of(*device);
        if (!kind) {
            report.not_computed.push_back(device);
            continue;
        }
        if (!kind->each->backend.empty()) backends.insert(kind->each->backend);
        auto row = finder.row(*kind);
        if (!row) return tl::unexpected(row.error());
        if (*row)
            report.devices.push_back(std::move(**row));
        else
            report.too_small.push_back(device);
    }
    if (request.question.backend.empty() && !backends.empty()) {
        report.settings.backend = backends.size() == 1 ? *backends.begin() : "";
        if (backends.size() == 1) warn_of_backend(request.question, report.settings, report.warnings);
    }
    report.order = request.order;
    sort(report.devices, request.order);
    return report;
}

}  // namespace fitcalc
