#include "together.hpp"

#include <algorithm>
#include <numeric>

namespace fitcalc {
namespace {

// Every way to put models on devices is tried, up to this many.
constexpr std::size_t most_ways = 4096;

class Residence {
public:
    Residence(std::span<const Tenant> tenants, const PlacementLimits& limits) : tenants_{tenants}, limits_{limits} {
        for (const Tenant& tenant : tenants) solvers_.emplace_back(*tenant.estimator, tenant.settings);
    }

    Result<Together> solve() {
        auto split = over_all_devices();
        if (!split) return split;
        if (limits_.devices.size() < 2) return split;
        auto whole = on_devices_of_their_own();
        if (!whole || (fits(whole->verdict) && whole->verdict <= split->verdict)) return whole;
        return split;
    }

private:
    std::size_t devices() const { return limits_.devices.size(); }

    PlacementLimits alone_on(std::size_t device) const { return PlacementLimits::equal(limits_.devices[device], 1); }

    // What each model needs on each device alone: a row for each model.
    Result<std::vector<std::vector<Placement>>> placements_alone() {
        std::vector<std::vector<Placement>> all(tenants_.size());
        for (std::size_t tenant = 0; tenant < tenants_.size(); ++tenant)
            for (std::size_t device = 0; device < devices(); ++device) {
                auto placement = solvers_[tenant].place(*tenants_[tenant].quantized, alone_on(device));
                if (!placement) return tl::unexpected(placement.error());
                all[tenant].push_back(std::move(*placement));
            }
        return all;
    }

    Result<Together> on_devices_of_their_own() {
        const auto alone = placements_alone();
        if (!alone) return tl::unexpected(alone.error());
        std::size_t ways = 1;
        for (std::size_t i = 0; i < tenants_.size() && ways <= most_ways; ++i) ways *= devices();
        std::optional<Together> best;
        std::vector<std::size_t> at(tenants_.size());
        for (std::size_t way = 0; way < std::min(ways, most_ways); ++way) {
            std::size_t rest = way;
            for (std::size_t& device : at) {
                device = rest % devices();
                rest /= devices();
            }
            Together together = gather(*alone, at);
            if (!best || std::pair{together.verdict, least(best->free)} < std::pair{best->verdict, least(together.free)})
                best = std::move(together);
        }
        return std::move(*best);
    }

    static Bytes least(const std::vector<Bytes>& free) { return *std::ranges::min_element(free); }

    Together gather(const std::vector<std::vector<Placement>>& alone, const std::vector<std::size_t>& at) const {
        std::vector<Resident> residents;
        for (std::size_t tenant = 0; tenant < at.size(); ++tenant)
            residents.push_back({tenant, {at[tenant]}, alone[tenant][at[tenant]]});
        return judged(std::move(residents));
    }

    // The engine divides by the memory that it finds free.
    Result<Together> over_all_devices() {
        PlacementLimits left = limits_;
        std::vector<std::size_t> all(devices());
        std::iota(all.begin(), all.end(), std::size_t{0});
        std::vector<Resident> residents;
        for (const std::size_t tenant : largest_first()) {
            const auto placement = solvers_[tenant].place(*tenants_[tenant].quantized, left);
            if (!placement) return tl::unexpected(placement.error());
            for (std::size_t device = 0; device < devices(); ++device)
                left.devices[device].usable =
                    std::max(Bytes{1}, left.devices[device].usable - placement->devices[device].total);
            if (placement->host.free) left.host = std::max(Bytes{}, *placement->host.free);
            residents.push_back({tenant, all, *placement});
        }
        std::ranges::sort(residents, {}, &Resident::column);
        return judged(std::move(residents));
    }

    std::vector<std::size_t> largest_first() const {
        std::vector<std::size_t> order(tenants_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, std::ranges::greater{},
                                 [&](std::size_t i) { return tenants_[i].quantized->weights.file; });
        return order;
    }

    // The bands of all residents count together: one estimate that is too low is made up for by no other.
    Together judged(std::vector<Resident> residents) const {
        Together together;
        together.residents = std::move(residents);
        std::vector<Bytes> errors(devices());
        together.total.resize(devices());
        bool offloaded = false;
        for (const Resident& resident : together.residents) {
            for (std::size_t i = 0; i < resident.devices.size(); ++i) {
                const DevicePlacement& share = resident.placement.devices[i];
                together.total[resident.devices[i]] += share.total;
                errors[resident.devices[i]] += share.error;
            }
            offloaded = offloaded || !resident.placement.all_on_devices();
            together.host_total += resident.placement.host.total;
        }
        Bytes of_host = together.host_total;
        together.verdict = offloaded ? Verdict::offload : Verdict::great;
        for (std::size_t device = 0; device < devices(); ++device) {
            const Bytes usable = limits_.devices[device].usable;
            together.usable.push_back(usable);
            together.free.push_back(usable - together.total[device]);
            together.verdict = std::max(together.verdict, judge(together.total[device], errors[device], usable));
            if (together.free.back() < Bytes{}) together.shortfall -= together.free.back();
            if (limits_.devices[device].shares_host) of_host += together.total[device];
        }
        if (limits_.host) together.host_free = *limits_.host - of_host;
        if (together.host_free && *together.host_free < Bytes{}) {
            together.shortfall -= *together.host_free;
            together.verdict = Verdict::no;
        }
        return together;
    }

    std::span<const Tenant> tenants_;
    const PlacementLimits& limits_;
    std::vector<PlacementSolver> solvers_;
};

}  // namespace

Result<Together> resident_together(std::span<const Tenant> tenants, const PlacementLimits& limits) {
    return Residence{tenants, limits}.solve();
}

}  // namespace fitcalc
