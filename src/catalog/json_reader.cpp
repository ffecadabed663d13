#include "json_reader.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "bounded_json.hpp"
#include "fitcalc/text.hpp"
#include "fields.hpp"
#include "names.hpp"
#include "packed_dimensions.hpp"
#include "record_faults.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;

constexpr std::size_t most_MiB = 64;
// Of bytes, parameters, bytes per second: nothing has more, and sums of thousands stay within 64 bits.
constexpr std::uint64_t largest_number = 1'000'000'000'000'000;
constexpr std::int64_t most_members = 1024;

// Everything that records view: strings and arrays, at addresses that don't change.
struct Storage {
    std::deque<std::string> strings;
    std::deque<std::vector<std::string_view>> names;
    std::deque<std::vector<std::uint32_t>> dimensions;
    std::deque<std::vector<Score>> scores;
    std::deque<std::vector<BackendRecord>> backends;
    std::deque<std::vector<ReserveRecord>> reserves;
    std::deque<std::vector<DeviceMember>> members;
    std::deque<std::vector<CloudPrice>> prices;
    std::deque<std::vector<PublishedFile>> published_files;
    std::vector<ModelRecord> models;
    std::vector<DeviceRecord> devices;
    std::vector<QuantRecord> quants;
    std::vector<EngineRecord> engines;
    std::vector<QualityRecord> quality;
    std::vector<PublishedSet> published;
    std::vector<std::string>* problems = nullptr;  // where reading goes on after a bad field
    std::vector<SpeedFamily> speed_families;
    std::vector<SpeedBackend> speed_backends;
    std::vector<SpeedEngine> speed_engines;
    std::vector<SpeedTable> speed_tables;
};

[[noreturn]] void reject(const std::string& place, const std::string& what) { throw MalformedText{place + ": " + what}; }

template <class Record>
void read_record(const json& source, const std::string& place, Storage& storage, Record& record);

std::int64_t integer(const json& value, const std::string& place) {
    if (!value.is_number_integer()) reject(place, "not a whole number");
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > largest_number) reject(place, "out of range");
    return value.get<std::int64_t>();
}

double number(const json& value, const std::string& place) {
    if (!value.is_number()) reject(place, "not a number");
    const double real = value.get<double>();
    if (!(std::abs(real) <= static_cast<double>(largest_number))) reject(place, "out of range");
    return real;
}

std::uint32_t dimension(const json& value, const std::string& place) {
    const std::int64_t number = integer(value, place);
    if (number < 0 || number > UINT32_MAX) reject(place, "out of range");
    return static_cast<std::uint32_t>(number);
}

struct DimensionReader {
    const json& source;
    std::string place;

    const json* at(const char* name) const { return member_of(source, name); }
    std::string where(const char* name) const { return place + "." + name; }

    void operator()(const char* name, Dimension& value) const {
        if (const json* v = at(name)) value = dimension(*v, where(name));
    }
    void operator()(const char* name, std::optional<bool>& value) const {
        if (const json* v = at(name)) {
            if (!v->is_boolean()) reject(where(name), "not true or false");
            value = v->get<bool>();
        }
    }
    void operator()(const char* name, PerLayer& value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_array()) {
            value = PerLayer{dimension(*v, where(name))};
            return;
        }
        std::vector<std::uint32_t> each;
        for (const auto& item : *v) each.push_back(dimension(item, where(name)));
        if (each.empty()) reject(where(name), "an empty list");
        value = PerLayer{std::move(each)};
    }
};

// Reads the fields that `visit_all` visits, each by itself: a bad one is a problem and no end. So is a field of the
// source that none of them is.
template <class VisitAll, class Reader>
void read_each(const json& source, const std::string& place, std::vector<std::string>& problems, VisitAll visit_all, const Reader& reader) {
    std::vector<std::string_view> known;
    visit_all([&](const char* name, auto&& field) {
        known.push_back(name);
        try {
            reader(name, std::forward<decltype(field)>(field));
        } catch (const MalformedText& error) {
            problems.push_back(error.what);
        }
    });
    for (const auto& item : source.items())
        if (std::ranges::find(known, item.key()) == known.end()) problems.push_back(place + "." + item.key() + ": no such field");
}

// One overload for each type of field. Absent and null fields keep their default.
struct FieldReader {
    const json& source;
    const std::string& place;
    Storage& storage;

    const json* at(const char* name) const { return member_of(source, name); }
    std::string where(const char* name) const { return place + "." + name; }

    std::string_view text(const json& value, const std::string& where) const {
        if (!value.is_string()) reject(where, "not a text");
        if (has_control_characters(value.get_ref<const std::string&>())) reject(where, "a text with control characters");
        return storage.strings.emplace_back(value.get<std::string>());
    }
    const json& array(const json& value, const std::string& where) const {
        if (!value.is_array()) reject(where, "not a list");
        return value;
    }

    void operator()(const char* name, std::string_view& value) const {
        if (const json* v = at(name)) value = text(*v, where(name));
    }
    void operator()(const char* name, std::int64_t& value) const {
        if (const json* v = at(name)) value = integer(*v, where(name));
    }
    void operator()(const char* name, double& value) const {
        if (const json* v = at(name)) value = number(*v, where(name));
    }
    void operator()(const char* name, ByKernel& value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_object()) reject(where(name), "not an object");
        const std::string inside = where(name);
        visit_fields(value, FieldReader{*v, inside, storage});
    }
    void operator()(const char* name, SpeedSpread& value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_array() || v->size() != 2) reject(where(name), "not a pair [low, high]");
        value = SpeedSpread{number((*v)[0], where(name)), number((*v)[1], where(name))};
    }
    void operator()(const char* name, Count& value) const {
        if (const json* v = at(name)) value = integer(*v, where(name));
    }
    void operator()(const char* name, std::optional<double>& value) const {
        if (const json* v = at(name)) value = number(*v, where(name));
    }
    void operator()(const char* name, bool& value) const {
        if (const json* v = at(name)) {
            if (!v->is_boolean()) reject(where(name), "not true or false");
            value = v->get<bool>();
        }
    }
    void operator()(const char* name, Names& value) const {
        const json* v = at(name);
        if (!v) return;
        auto& names = storage.names.emplace_back();
        for (const auto& item : array(*v, where(name))) names.push_back(text(item, where(name)));
        value = names;
    }
    void operator()(const char* name, PackedDimensions value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_object()) reject(where(name), "not an object");
        Dimensions dimensions;
        const DimensionReader reader{*v, where(name)};
        if (storage.problems)
            read_each(*v, reader.place, *storage.problems, [&](auto&& visit) { visit_dimensions(dimensions, visit); }, reader);
        else
            visit_dimensions(dimensions, reader);
        value.values = storage.dimensions.emplace_back(pack(dimensions));
    }
    void operator()(const char* name, std::optional<ByteRange>& value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_array() || v->size() != 2) reject(where(name), "not a pair [low, high]");
        value = ByteRange{integer((*v)[0], where(name)), integer((*v)[1], where(name))};
    }
    template <class Record>
    void operator()(const char* name, std::optional<Record>& value) const {
        if (const json* v = at(name)) read_record(*v, where(name), storage, value.emplace());
    }
    void operator()(const char* name, std::span<const Score>& value) const {
        if (const json* v = at(name)) value = records(*v, where(name), storage.scores.emplace_back());
    }
    void operator()(const char* name, std::span<const BackendRecord>& value) const {
        if (const json* v = at(name)) value = records(*v, where(name), storage.backends.emplace_back());
    }
    void operator()(const char* name, std::span<const ReserveRecord>& value) const {
        if (const json* v = at(name)) value = records(*v, where(name), storage.reserves.emplace_back());
    }
    void operator()(const char* name, std::span<const DeviceMember>& value) const {
        const json* v = at(name);
        if (!v) return;
        value = records(*v, where(name), storage.members.emplace_back());
        std::int64_t count = 0;
        for (const DeviceMember& member : value) count += std::min(member.count, most_members + 1);
        if (count > most_members) reject(where(name), "more than 1024 devices");
    }
    void operator()(const char* name, std::span<const CloudPrice>& value) const {
        if (const json* v = at(name)) value = records(*v, where(name), storage.prices.emplace_back());
    }
    void operator()(const char* name, std::span<const PublishedFile>& value) const {
        if (const json* v = at(name)) value = records(*v, where(name), storage.published_files.emplace_back());
    }
    template <class Record>
    std::span<const Record> records(const json& value, const std::string& where, std::vector<Record>& out) const {
        for (const auto& item : array(value, where)) {
            Record record;
            read_record(item, where, storage, record);
            out.push_back(record);
        }
        return out;
    }
};

template <class Record>
void read_record(const json& source, const std::string& place, Storage& storage, Record& record) {
    if (!source.is_object()) reject(place, "not an object");
    const FieldReader reader{source, place, storage};
    if (storage.problems)
        read_each(source, place, *storage.problems, [&](auto&& visit) { visit_fields(record, visit); }, reader);
    else
        visit_fields(record, reader);
    if constexpr (requires { faults_of(record); })
        for (const std::string& fault : faults_of(record)) {
            if (!storage.problems) throw MalformedText{place + fault};
            storage.problems->push_back(place + fault);
        }
}

template <class Record>
void read_list(const json& file, const char* list, const char* key, Storage& storage, std::vector<Record>& out) {
    const auto found = file.find(list);
    if (found == file.end()) return;
    if (!found->is_array()) reject(list, "not a list");
    std::size_t index = 0;
    for (const auto& item : *found) {
        std::string place = std::string(list) + "[" + std::to_string(index++) + "]";
        if (!item.is_object() || !item.contains(key) || !item[key].is_string() || item[key].get_ref<const std::string&>().empty())
            reject(place, std::string("has no '") + key + "'");
        place = std::string(list) + "." + item[key].get<std::string>();
        Record record;
        read_record(item, place, storage, record);
        out.push_back(record);
    }
}

std::vector<std::string_view> list_names(const CatalogTables& tables, bool with_records) {
    std::vector<std::string_view> names;
    visit_lists(tables, [&](const char* name, const auto& records) {
        if (!with_records || !records.empty()) names.push_back(name);
    });
    return names;
}

void add_unknown_lists(const json& file, std::vector<std::string>& problems) {
    std::vector<std::string_view> known = list_names({}, false);
    known.push_back("schema");
    for (const auto& item : file.items())
        if (std::ranges::find(known, item.key()) == known.end()) problems.push_back(item.key() + ": no such list");
}

}  // namespace

Result<ParsedCatalog> parse_catalog(std::string_view text, std::string_view origin, std::vector<std::string>* problems) {
    return read_json(text, origin, most_MiB, [&](const json& file) -> Result<ParsedCatalog> {
        auto storage = std::make_shared<Storage>();
        storage->problems = problems;
        read_list(file, "models", "id", *storage, storage->models);
        read_list(file, "gpus", "id", *storage, storage->devices);
        read_list(file, "quants", "name", *storage, storage->quants);
        read_list(file, "engines", "name", *storage, storage->engines);
        read_list(file, "quality", "model", *storage, storage->quality);
        read_list(file, "published", "model", *storage, storage->published);
        read_list(file, "speed_families", "name", *storage, storage->speed_families);
        read_list(file, "speed_backends", "name", *storage, storage->speed_backends);
        read_list(file, "speed_engines", "name", *storage, storage->speed_engines);
        read_list(file, "speed_tables", "name", *storage, storage->speed_tables);
        std::ranges::stable_sort(storage->quality, {}, &QualityRecord::model);
        storage->problems = nullptr;  // it outlives the caller's list
        const CatalogTables tables{storage->models,         storage->devices,        storage->quants,
                                   storage->engines,        storage->quality,        storage->published,
                                   storage->speed_families, storage->speed_backends, storage->speed_engines,
                                   storage->speed_tables};
        if (problems) add_unknown_lists(file, *problems);
        if (list_names(tables, true).empty() && (!problems || problems->empty()))
            throw MalformedText{"holds no " + listed(list_names(tables, false))};
        return ParsedCatalog{tables, std::move(storage)};
    });
}

}  // namespace fitcalc
