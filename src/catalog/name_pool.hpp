// The records that a key may belong to: those compiled in by their tables, those of overlays one by one.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <string_view>
#include <vector>

#include "names.hpp"

namespace fitcalc {

template <class Record>
class NamePool {
public:
    NamePool(const std::vector<const Record*>& records, std::span<const Record> built_in)
        : records_{records}, built_in_{built_in} {}

    // `answers`: whether a record that no table covers has the key.
    template <std::predicate<const Record&> Answers>
    std::vector<const Record*> with_key(std::span<const NameEntry> table, std::string_view key, Answers answers) const {
        std::vector<const Record*> found;
        if (key.empty()) return found;
        for (const NameEntry& entry : entries_of(table, key))
            if (in_place(entry.record)) add_once(found, records_[entry.record]);
        for (std::size_t i = 0; i < records_.size(); ++i)
            if (!in_place(i) && answers(*records_[i])) add_once(found, records_[i]);
        return found;
    }

private:
    // False where an overlay put a record of its own.
    bool in_place(std::size_t index) const { return index < built_in_.size() && records_[index] == &built_in_[index]; }

    static void add_once(std::vector<const Record*>& to, const Record* record) {
        if (std::ranges::find(to, record) == to.end()) to.push_back(record);
    }

    const std::vector<const Record*>& records_;
    std::span<const Record> built_in_;
};

}  // namespace fitcalc
