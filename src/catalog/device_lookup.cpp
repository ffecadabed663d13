#include <algorithm>

#include "device_name.hpp"
#include "embedded.hpp"
#include "lookup.hpp"
#include "name_pool.hpp"

namespace fitcalc {
namespace {

using Devices = std::vector<const DeviceRecord*>;

struct Match {
    const DeviceRecord* device;
    std::size_t unsaid;
};

class DeviceLookup {
public:
    explicit DeviceLookup(const Devices& devices)
        : devices_{devices}, pool_{devices, embedded_tables().devices}, tables_{embedded_names()} {}

    Result<Found<DeviceRecord>> find(std::string_view name) const {
        const std::string key = name_key(name);
        const Devices literal = pool_.with_key(tables_.device_keys, key, [&](const DeviceRecord& device) {
            return matches_key(device.id, key) || matches_key(device.name, key) ||
                   std::ranges::any_of(device.aliases, [&](std::string_view alias) { return matches_key(alias, key); });
        });
        for (const DeviceRecord* device : literal)
            if (matches_key(device->id, key)) return Found<DeviceRecord>{device, {}};
        if (!literal.empty()) {
            std::vector<Match> matches;
            for (const DeviceRecord* device : literal) matches.push_back({device, 0});
            return choose(name, matches);
        }
        const std::vector<DeviceName> typed = device_names(name);
        if (typed.empty()) return unknown(name, {});
        Devices of_identity;
        std::vector<Match> matches = matching(typed, of_identity);
        if (matches.empty() && typed.size() == 1 && typed.front().number_at_end > 0 && !typed.front().memory_gb)
            matches = matching({typed.front().with_number_as_memory()}, of_identity);
        if (matches.empty() && typed.size() == 1) matches = matching(taken_apart(typed.front()), of_identity);
        if (matches.empty()) return unknown(name, of_identity);
        return choose(name, matches);
    }

private:
    Devices with_identity(std::string_view identity) const {
        return pool_.with_key(tables_.device_identities, identity, [&](const DeviceRecord& device) {
            const auto names = names_of(device);
            return std::ranges::find(names, identity, &DeviceName::identity) != names.end();
        });
    }

    // The records that fit all names. `of_identity` keeps those of which only the rest is wrong.
    std::vector<Match> matching(const std::vector<DeviceName>& typed, Devices& of_identity) const {
        std::vector<Match> matches;
        if (typed.empty()) return matches;
        for (const DeviceRecord* device : with_identity(typed.front().identity)) {
            if (std::ranges::find(of_identity, device) == of_identity.end()) of_identity.push_back(device);
            const auto names = names_of(*device);
            std::size_t least = SIZE_MAX;
            const bool fits = std::ranges::all_of(typed, [&](const DeviceName& each) {
                const auto missing = unsaid(each, *device, names);
                least = std::min(least, missing.value_or(SIZE_MAX));
                return missing.has_value();
            });
            if (fits) matches.push_back({device, least});
        }
        return matches;
    }

    // Two names of one device without anything between them ("GB10 DGX Spark").
    std::vector<DeviceName> taken_apart(const DeviceName& typed) const {
        for (std::size_t length = typed.identity.size() - 1; length > 0; --length) {
            DeviceName first = typed, second = typed;
            first.identity.resize(length);
            second.identity.erase(0, length);
            const Devices of_first = with_identity(first.identity);
            if (of_first.empty()) continue;
            const Devices of_second = with_identity(second.identity);
            if (std::ranges::any_of(of_first, [&](const DeviceRecord* d) { return std::ranges::find(of_second, d) != of_second.end(); }))
                return {std::move(first), std::move(second)};
        }
        return {};
    }

    // The very name wins, then what the catalog marks.
    static Result<Found<DeviceRecord>> choose(std::string_view name, std::vector<Match> matches) {
        // A box of cards that are meant themselves.
        std::erase_if(matches, [&, all = matches](const Match& box) {
            return std::ranges::any_of(box.device->members, [&](const DeviceMember& member) {
                return std::ranges::any_of(all, [&](const Match& m) { return m.device->id == member.id; });
            });
        });
        std::ranges::stable_sort(matches, {}, &Match::unsaid);
        if (matches.size() == 1 || (matches[0].unsaid == 0 && matches[1].unsaid > 0))
            return Found<DeviceRecord>{matches.front().device, {}};
        const auto marked = [&](bool DeviceRecord::*mark) -> const DeviceRecord* {
            const DeviceRecord* best = nullptr;
            std::size_t least = SIZE_MAX;
            for (const Match& match : matches) {
                if (!(match.device->*mark) || match.unsaid > least) continue;
                best = match.unsaid == least ? nullptr : match.device;  // two of the same rank are none
                least = match.unsaid;
            }
            return best;
        };
        const DeviceRecord* chosen = marked(&DeviceRecord::common);
        if (!chosen) chosen = marked(&DeviceRecord::common_variant);
        Found<DeviceRecord> found{chosen, {}};
        std::vector<std::string_view> ids;
        for (const Match& match : matches) {
            ids.push_back(match.device->id);
            if (match.device != chosen) found.passed_over.push_back(match.device);
        }
        if (!chosen)
            return fail(ErrorKind::unknown_name, "'" + std::string(name) + "' could be several gpus", "name one of " + listed(ids));
        return found;
    }

    tl::unexpected<Error> unknown(std::string_view name, const Devices& of_identity) const {
        constexpr std::size_t shown = 3;
        std::vector<std::string_view> near;
        for (const DeviceRecord* device : of_identity)
            if (near.size() < shown) near.push_back(device->id);
        if (near.empty()) {
            std::vector<NameOf> known;
            for (const DeviceRecord* device : devices_) {
                known.push_back({device->id, device->id});
                for (const auto alias : device->aliases) known.push_back({alias, device->id});
            }
            near = nearest_ids(name, known, shown);
        }
        return fail(ErrorKind::unknown_name, "no gpu named '" + std::string(name) + "'",
                    near.empty() ? "fitcalc list gpus shows them all" : "did you mean " + listed(near) + "?");
    }

    const Devices& devices_;
    NamePool<DeviceRecord> pool_;
    NameTables tables_;
};

}  // namespace

Result<Found<DeviceRecord>> look_up(const Devices& devices, std::string_view name) { return DeviceLookup{devices}.find(name); }

}  // namespace fitcalc
