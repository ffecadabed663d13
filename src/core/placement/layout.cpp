#include "layout.hpp"

#include <algorithm>
#include <numeric>

namespace fitcalc {
namespace {

// Parts that each device takes when it must keep `spare` free; false when some are left over.
bool fill(std::span<const Bytes> costs, std::span<const Bytes> rooms, Bytes spare, std::vector<std::int64_t>& counts) {
    std::size_t next = 0;
    for (std::size_t device = 0; device < rooms.size(); ++device) {
        Bytes left = rooms[device] - spare;
        counts[device] = 0;
        for (; next < costs.size() && costs[next] <= left; ++next) {
            left -= costs[next];
            ++counts[device];
        }
    }
    return next == costs.size();
}

}  // namespace

std::int64_t Layout::gpu_layers() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

std::vector<std::int64_t> dealt_by_shares(std::int64_t parts, std::span<const double> shares) {
    std::vector<float> ends;
    float sum = 0;
    for (const double share : shares) ends.push_back(sum += static_cast<float>(share));
    for (float& end : ends) end /= sum;
    std::vector<std::int64_t> counts(shares.size());
    for (std::int64_t part = 0; part < parts; ++part) {
        const auto place = static_cast<float>(part) / static_cast<float>(parts);
        const auto device = std::ranges::upper_bound(ends, place) - ends.begin();
        ++counts[static_cast<std::size_t>(device)];
    }
    return counts;
}

std::vector<std::int64_t> dealt_evenly(std::span<const Bytes> costs, std::span<const Bytes> rooms) {
    std::vector<std::int64_t> counts(rooms.size());
    // What can be spared everywhere is found by halving, to within a MiB.
    Bytes low, high = *std::ranges::max_element(rooms);
    const bool fits = fill(costs, rooms, low, counts);
    while (fits && high - low > MiB) {
        const Bytes middle = low + (high - low) / 2;
        (fill(costs, rooms, middle, counts) ? low : high) = middle;
    }
    fill(costs, rooms, low, counts);
    const std::int64_t dealt = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    counts.back() += static_cast<std::int64_t>(costs.size()) - dealt;
    return counts;
}

}  // namespace fitcalc
