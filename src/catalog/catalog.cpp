#include "fitcalc/catalog.hpp"

#include <algorithm>
#include <cmath>

#include "embedded.hpp"
#include "json_reader.hpp"
#include "lookup.hpp"
#include "names.hpp"
#include "packed_dimensions.hpp"

namespace fitcalc {
namespace {

template <class Record>
std::string_view id_of(const Record& record) {
    if constexpr (requires { record.id; })
        return record.id;
    else
        return record.name;
}

template <class Record>
void lay_over(std::vector<const Record*>& records, std::span<const Record> upper) {
    const bool first = records.empty();  // ids are unique within one catalog
    for (const Record& record : upper) {
        if (first) {
            records.push_back(&record);
            continue;
        }
        const auto same = std::ranges::find_if(records, [&](const Record* r) { return id_of(*r) == id_of(record); });
        if (same == records.end())
            records.push_back(&record);
        else
            *same = &record;
    }
}

}  // namespace

Dimensions ModelRecord::dimensions() const { return packed_dimensions.empty() ? Dimensions{} : unpack(packed_dimensions); }

std::optional<NominalBits> QuantRecord::nominal() const {
    if (!nominal_bits) return std::nullopt;
    return NominalBits{std::llround(*nominal_bits * 100)};
}

BackendOverhead BackendRecord::overhead(const BackendRecord& stand_in) const {
    const auto measured = [](const Count& typical, const std::optional<ByteRange>& range) {
        const ByteRange spread = range.value_or(ByteRange{typical.value_or(0), typical.value_or(0)});
        return MeasuredBytes{Bytes{typical.value_or(0)}, Bytes{spread.low}, Bytes{spread.high}};
    };
    const BackendRecord& context_of = context_bytes ? *this : stand_in;
    const BackendRecord& pool_of = pool_bytes ? *this : stand_in;
    return {measured(context_of.context_bytes, context_of.context_range_bytes),
            measured(pool_of.pool_bytes, pool_of.pool_range_bytes)};
}

const BackendRecord* EngineRecord::backend(std::string_view backend_name) const {
    const auto found = std::ranges::find(backends, backend_name, &BackendRecord::name);
    return found == backends.end() ? nullptr : &*found;
}

Bytes EngineRecord::driver_reserve(std::string_view vendor) const {
    const auto found = std::ranges::find(reserve, vendor, &ReserveRecord::vendor);
    return Bytes{found == reserve.end() ? 0 : found->driver_bytes.value_or(0)};
}

Catalog::Catalog() {
    const CatalogTables tables = embedded_tables();
    lay_over(models_, tables.models);
    lay_over(devices_, tables.devices);
    lay_over(quants_, tables.quants);
    lay_over(engines_, tables.engines);
    quality_.push_back(tables.quality);
    published_.push_back(tables.published);
    lay_over(speed_families_, tables.speed_families);
    lay_over(speed_backends_, tables.speed_backends);
    lay_over(speed_engines_, tables.speed_engines);
    lay_over(speed_tables_, tables.speed_tables);
}

Result<void> Catalog::overlay(std::string_view json_text, std::string_view origin) {
    auto parsed = parse_catalog(json_text, origin);
    if (!parsed) return tl::unexpected(parsed.error());
    lay_over(models_, parsed->tables.models);
    lay_over(devices_, parsed->tables.devices);
    lay_over(quants_, parsed->tables.quants);
    lay_over(engines_, parsed->tables.engines);
    quality_.insert(quality_.begin(), parsed->tables.quality);
    published_.insert(published_.begin(), parsed->tables.published);
    lay_over(speed_families_, parsed->tables.speed_families);
    lay_over(speed_backends_, parsed->tables.speed_backends);
    lay_over(speed_engines_, parsed->tables.speed_engines);
    lay_over(speed_tables_, parsed->tables.speed_tables);
    storage_.push_back(std::move(parsed->storage));
    return {};
}

Result<Found<ModelRecord>> Catalog::find_model(std::string_view name) const { return look_up(models_, name); }

Result<Found<DeviceRecord>> Catalog::find_device(std::string_view name) const { return look_up(devices_, name); }

Result<const EngineRecord*> Catalog::find_engine(std::string_view name) const {
    const std::string key = name_key(name);
    const auto found = std::ranges::find_if(engines_, [&](const EngineRecord* e) { return matches_key(e->name, key); });
    if (found != engines_.end()) return *found;
    std::vector<std::string_view> names;
    for (const EngineRecord* engine : engines_) names.push_back(engine->name);
    return fail(ErrorKind::unknown_name, "no engine named '" + std::string(name) + "'", "known: " + listed(names));
}

const QuantRecord* Catalog::find_quant(std::string_view name) const {
    const auto found = std::ranges::find_if(quants_, [&](const QuantRecord* q) { return q->name == name; });
    return found == quants_.end() ? nullptr : *found;
}

}  // namespace fitcalc
