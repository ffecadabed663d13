#include "names.hpp"

#include <algorithm>
#include <numeric>

#include "fitcalc/text.hpp"

namespace fitcalc {
namespace {

// Characters that people leave out or swap: spaces, dashes, underscores, slashes, colons, dots, brackets.
bool separator(char c) {
    return c == ' ' || c == '-' || c == '_' || c == '/' || c == ':' || c == '.' || c == '(' || c == ')' || c == ',';
}

}  // namespace

std::string name_key(std::string_view name) {
    std::string key;
    key.reserve(name.size());
    for (const char c : name)
        if (!separator(c)) key += lower_case(c);
    return key;
}

bool matches_key(std::string_view name, std::string_view key) {
    std::size_t at = 0;
    for (const char c : name) {
        if (separator(c)) continue;
        if (at == key.size() || key[at] != lower_case(c)) return false;
        ++at;
    }
    return at == key.size();
}

std::vector<NamePart> name_parts(std::string_view name) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    std::vector<NamePart> parts;
    bool attached = false;
    for (std::size_t at = 0; at < name.size();) {
        const char first = lower_case(name[at]);
        if (first == '+') {
            parts.push_back({"plus", false, false});
            attached = false;
            ++at;
        } else if (digit(first)) {
            std::size_t end = at;
            while (end < name.size() && (digit(name[end]) || (name[end] == '.' && end + 1 < name.size() && digit(name[end + 1]))))
                ++end;
            parts.push_back({std::string(name.substr(at, end - at)), true, attached});
            attached = true;
            at = end;
        } else if (letter(first)) {
            NamePart part{{}, false, attached};
            while (at < name.size() && letter(lower_case(name[at]))) part.text += lower_case(name[at++]);
            parts.push_back(std::move(part));
            attached = true;
        } else {
            attached = false;
            ++at;
        }
    }
    return parts;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::vector<std::string_view> nearest(std::string_view name, const std::vector<std::string_view>& candidates,
                                      std::size_t count) {
    const std::string key = name_key(name).substr(0, 128);
    struct Ranked {
        std::size_t distance;
        std::string_view name;
    };
    std::vector<Ranked> ranked;
    for (const auto candidate : candidates) {
        const std::string other = name_key(candidate);
        // A name typed in part ("r1-distill") is nearer to the full one than the letters it lacks.
        const bool part = key.size() >= 3 && other.find(key) != std::string::npos;
        const std::size_t distance = part ? (other.size() - key.size() + 7) / 8 : edit_distance(key, other);
        if (distance <= std::max<std::size_t>(2, std::max(key.size(), other.size()) / 2)) ranked.push_back({distance, candidate});
    }
    std::ranges::stable_sort(ranked, {}, &Ranked::distance);
    std::vector<std::string_view> best;
    for (const auto& each : ranked) {
        if (best.size() == count) break;
        best.push_back(each.name);
    }
    return best;
}

std::vector<std::string_view> nearest_ids(std::string_view name, const std::vector<NameOf>& known, std::size_t count) {
    std::vector<std::string_view> names, ids;
    for (const NameOf& each : known) names.push_back(each.name);
    for (const std::string_view near : nearest(name, names, names.size())) {
        if (ids.size() == count) break;
        const std::string_view id = std::ranges::find(known, near, &NameOf::name)->id;
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    return ids;
}

std::string listed(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names) (out += out.empty() ? "" : ", ") += name;
    return out;
}

std::span<const NameEntry> entries_of(std::span<const NameEntry> table, std::string_view key) {
    // Not equal_range: clang 14 cannot compile libstdc++ 12's subranges.
    return {std::ranges::lower_bound(table, key, {}, &NameEntry::key), std::ranges::upper_bound(table, key, {}, &NameEntry::key)};
}

}  // namespace fitcalc
