#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "embedded.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "json_reader.hpp"
#include "model_name.hpp"
#include "names.hpp"

namespace fitcalc {
namespace {

// A published count is that of the file's tensors, to the rounding of billions with a decimal; next-token layers may be
// in the one and not in the other.
constexpr double most_parameters_apart = 0.005;
// Vendors round bus width x data rate, Apple by 2.3 % (400 for 409.6).
constexpr double most_bandwidth_apart = 0.03;
// The driver keeps some memory (up to 7 % with error correction, more on boards that share it with a system).
constexpr double least_reported = 0.85;

using Words = std::initializer_list<std::string_view>;

// The count without the file's next-token layers. Where it has none, with the one that the checkpoint of a model with
// experts may have and the converter drops: a block like the last, a matrix that joins two rows, an embedding and an
// output matrix (DeepSeek-V3, arXiv:2412.19437 §2.2).
std::int64_t other_count(const ModelSpec& model, const TensorInventory& inventory, std::int64_t count) {
    const auto parameters = [&](auto&& counts) {
        std::int64_t sum = 0;
        for (const Tensor& tensor : inventory.tensors)
            if (tensor.layer && counts(static_cast<std::size_t>(*tensor.layer)))
                sum = checked_add(sum, tensor.params().count());
        return sum;
    };
    const std::int64_t there = parameters([&](std::size_t layer) { return model.layers[layer].next_token; });
    if (there > 0 || model.experts() == 0) return count - there;
    const std::int64_t block = parameters([&](std::size_t layer) { return layer + 1 == model.layers.size(); });
    const std::int64_t columns = checked_mul(2, checked_add(model.embedding_length, model.vocab_size));
    return checked_add(count, checked_add(block, checked_mul(model.embedding_length, columns)));
}

bool agree(std::int64_t count, std::int64_t published) {
    return std::abs(static_cast<double>(count - published)) <= most_parameters_apart * static_cast<double>(published);
}

class Checker {
public:
    explicit Checker(CatalogCheck& check) : check_{check} {}

    // `others`: the catalog that the tables are laid over; those of its records that they replace don't count.
    void run(const CatalogTables& others) {
        names(others);
        for (const ModelRecord& model : check_.tables.models) of_model(model);
        for (const DeviceRecord& device : check_.tables.devices) of_device(device, others);
        for (const QuantRecord& quant : check_.tables.quants) of_quant(quant);
        for (const EngineRecord& engine : check_.tables.engines) of_engine(engine);
        for (const QualityRecord& record : check_.tables.quality) of_quality(record, others);
        for (const PublishedSet& set : check_.tables.published) of_published(set, others);
        for (const SpeedFamily& family : check_.tables.speed_families) of_speed_family(family);
        for (const SpeedBackend& backend : check_.tables.speed_backends) of_speed_backend(backend);
        for (const SpeedTable& table : check_.tables.speed_tables) of_speed_table(table);
        once("quants", check_.tables.quants);
        once("engines", check_.tables.engines);
        once("speed_families", check_.tables.speed_families);
        once("speed_backends", check_.tables.speed_backends);
        once("speed_engines", check_.tables.speed_engines);
        once("speed_tables", check_.tables.speed_tables);
    }

private:
    void problem(std::string_view field, const std::string& what) {
        check_.problems.push_back(place_ + (field.empty() ? "" : "." + std::string(field)) + ": " + what);
    }
    void at(std::string_view list, std::string_view record) { place_ = std::string(list) + "." + std::string(record); }

    // Names: one record each, unless exactly one of several devices is marked common.
    struct Owner {
        std::string place, name;
        bool device = false, common = false;
    };
    void names(const CatalogTables& others) {
        std::map<std::string, std::vector<Owner>> model_owners, device_owners;
        std::set<std::string_view> models_here, devices_here;
        for (const ModelRecord& model : check_.tables.models) add_id("models", model.id, models_here);
        for (const DeviceRecord& device : check_.tables.devices) add_id("gpus", device.id, devices_here);
        const auto add_model = [&](const ModelRecord& model) {
            for (const auto text : texts_of(model)) add_owner(model_owners, text, {std::string(model.id), std::string(text), false, false});
        };
        const auto add_device = [&](const DeviceRecord& device) {
            for (const auto text : texts_of_device(device))
                add_owner(device_owners, text, {std::string(device.id), std::string(text), true, device.common});
        };
        for (const ModelRecord& model : others.models)
            if (!models_here.contains(model.id)) add_model(model);
        for (const DeviceRecord& device : others.devices)
            if (!devices_here.contains(device.id)) add_device(device);
        for (const ModelRecord& model : check_.tables.models) add_model(model);
        for (const DeviceRecord& device : check_.tables.devices) add_device(device);
        for (const auto& [key, owners] : model_owners) shared_name("models", owners);
        for (const auto& [key, owners] : device_owners) shared_name("gpus", owners);
    }
    static std::vector<std::string_view> texts_of_device(const DeviceRecord& device) {
        std::vector<std::string_view> texts{device.id, device.name};
        texts.insert(texts.end(), device.aliases.begin(), device.aliases.end());
        std::erase(texts, std::string_view{});
        return texts;
    }
    void add_id(std::string_view list, std::string_view id, std::set<std::string_view>& ids) {
        at(list, id);
        if (!ids.insert(id).second) problem("id", "the id stands twice");
        if (std::ranges::any_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || c == ' '; }))
            problem("id", "is not in lower case without spaces");
    }
    static void add_owner(std::map<std::string, std::vector<Owner>>& owners, std::string_view text, Owner owner) {
        auto& list = owners[name_key(text)];
        if (std::ranges::find(list, owner.place, &Owner::place) == list.end()) list.push_back(std::move(owner));
    }
    void shared_name(std::string_view list, const std::vector<Owner>& owners) {
        if (owners.size() < 2) return;
        if (owners.front().device && std::ranges::count(owners, true, &Owner::common) == 1) return;
        const Owner& last = owners.back();
        at(list, last.place);
        problem("aliases", "the name '" + last.name + "' belongs to " + owners.front().place);
    }

    void one_of(std::string_view field, std::string_view value, Words words) {
        if (value.empty() || std::ranges::find(words, value) != words.end()) return;
        problem(field, "'" + std::string(value) + "' is not one of " + listed(std::vector<std::string_view>(words)));
    }
    void backend_word(std::string_view field, std::string_view value) {
        one_of(field, value, {"cuda", "rocm", "vulkan", "metal", "sycl", "cpu"});
    }
    void required(std::string_view field, std::string_view value) {
        if (value.empty()) problem(field, "is missing");
    }
    template <class T>
    void range(std::string_view field, const std::optional<T>& value, double low, double high) {
        if (value && !(static_cast<double>(*value) >= low && static_cast<double>(*value) <= high))
            problem(field, std::to_string(*value) + " is out of range");
    }
    // A year, a month of it, or a day.
    void date(std::string_view field, std::string_view value) {
        static constexpr std::string_view pattern = "dddd-dd-dd";
        bool sound = value.empty() || value.size() == 4 || value.size() == 7 || value.size() == 10;
        for (std::size_t i = 0; sound && i < value.size(); ++i)
            sound = pattern[i] == 'd' ? value[i] >= '0' && value[i] <= '9' : value[i] == pattern[i];
        if (!sound) problem(field, "'" + std::string(value) + "' is no date (2025, 2025-01 or 2025-01-20)");
    }
    void sources(Names list) {
        if (list.empty() || std::ranges::any_of(list, [](std::string_view s) { return s.empty(); }))
            problem("sources", "has no source");
    }

    void of_model(const ModelRecord& model) {
        at("models", model.id);
        date("released", model.released);
        sources(model.sources);
        one_of("confidence", model.confidence, {"verbatim", "partial", "recalled"});
        range("published_parameters", model.published_parameters, 1e3, 1e14);
        range("metadata_bytes", model.metadata_bytes, 1, 1e9);
        for (const Score& score : model.scores) {
            if (score.source.empty()) problem("scores", std::string(score.benchmark) + " has no source");
            date("scores", score.date);
        }
        computed(model);
    }
    void computed(const ModelRecord& model) {
        try {
            const auto spec = describe_model(model.architecture, model.dimensions());
            if (!spec) return problem("dimensions", spec.error().message);
            const TensorInventory inventory = tensor_inventory(*spec);
            const std::int64_t count = inventory.params().count();
            std::string line = std::string(model.id) + ": " + std::string(model.architecture) + ", " +
                               std::to_string(spec->layers.size()) + " layers, " + std::to_string(count) + " parameters";
            if (model.published_parameters) {
                line += ", " + std::to_string(*model.published_parameters) + " published";
                if (!agree(count, *model.published_parameters) &&
                    !agree(other_count(*spec, inventory, count), *model.published_parameters))
                    problem("published_parameters",
                            std::to_string(count) + " parameters computed, " + std::to_string(*model.published_parameters) + " published");
            }
            check_.computed.push_back(std::move(line));
        } catch (const ArithmeticOverflow& error) {
            problem("dimensions", error.what());
        }
    }

    void of_device(const DeviceRecord& device, const CatalogTables& others) {
        at("gpus", device.id);
        one_of("kind", device.kind, {"gpu", "unified", "system", "host"});
        one_of("class", device.device_class, {"consumer", "workstation", "datacenter", "laptop", "desktop", "box", "server"});
        one_of("vendor", device.vendor, {"nvidia", "amd", "intel", "apple"});
        backend_word("backend", device.backend);
        one_of("memory_basis", device.memory_basis, {"log", "pattern", "nominal", "recalled"});
        one_of("confidence", device.confidence, {"datasheet", "dataset", "recalled"});
        one_of("launch_price_confidence", device.launch_price_confidence, {"datasheet", "dataset", "recalled"});
        sources(device.sources);
        date("released", device.released);
        memory(device);
        range("fp32_tflops", device.fp32_tflops, 0.01, 1e7);
        range("fp16_dense_tflops", device.fp16_dense_tflops, 0.01, 1e7);
        range("int8_dense_tops", device.int8_dense_tops, 0.01, 1e7);
        range("fp8_dense_tflops", device.fp8_dense_tflops, 0.01, 1e7);
        range("fp4_dense_tflops", device.fp4_dense_tflops, 0.01, 1e7);
        range("interconnect_bytes_per_second", device.interconnect_bytes_per_second, 1e8, 1e14);
        range("pcie_gen", device.pcie_gen, 1, 8);
        range("pcie_lanes", device.pcie_lanes, 1, 32);
        range("tdp_watts", device.tdp_watts, 1, 1e6);
        range("launch_price_usd", device.launch_price_usd, 1, 1e8);
        if (device.launch_price_usd && device.launch_price_confidence.empty())
            problem("launch_price_confidence", "is missing where there is a launch_price_usd");
        for (const CloudPrice& price : device.cloud_prices) cloud_price(price);
        for (const auto id : device.pci_ids) pci_id(id);
        box(device, others);
    }
    void memory(const DeviceRecord& device) {
        const bool host = device.kind == "host";
        if (!device.memory_bytes && device.members.empty() && !host) problem("memory_bytes", "is missing, and there are no members");
        range("memory_bytes", device.memory_bytes, 1, 1e15);
        range("marketed_memory_bytes", device.marketed_memory_bytes, 1, 1e15);
        range("bandwidth_bytes_per_second", device.bandwidth_bytes_per_second, 1e9, 1e16);
        range("memory_bus_bits", device.memory_bus_bits, 16, 65536);
        range("memory_data_rate_gbps", device.memory_data_rate_gbps, 0.1, 100);
        if (device.memory_bytes && device.marketed_memory_bytes) {
            const double part = static_cast<double>(*device.memory_bytes) / static_cast<double>(*device.marketed_memory_bytes);
            // 288 decimal GB are sold of a chip that reports a little more.
            if (part < least_reported || part > 1.01) problem("memory_bytes", "is not what a device sold with marketed_memory_bytes reports");
        }
        if (device.default_limit_bytes) {
            range("default_limit_bytes", device.default_limit_bytes, 1, 1e15);
            if (device.memory_bytes && *device.default_limit_bytes > *device.memory_bytes)
                problem("default_limit_bytes", "is more than memory_bytes");
            if (device.limit_basis.empty()) problem("limit_basis", "is missing where there is a default_limit_bytes");
        }
        if (device.memory_bus_bits && device.memory_data_rate_gbps && device.bandwidth_bytes_per_second) {
            const double product = static_cast<double>(*device.memory_bus_bits) * *device.memory_data_rate_gbps * 1e9 / 8;
            const auto stated = static_cast<double>(*device.bandwidth_bytes_per_second);
            if (std::abs(product - stated) > most_bandwidth_apart * stated)
                problem("bandwidth_bytes_per_second", std::to_string(std::llround(stated / 1e9)) + " GB/s, but memory_bus_bits x memory_data_rate_gbps / 8 is " +
                                                          std::to_string(std::llround(product / 1e9)));
        }
    }
    void cloud_price(const CloudPrice& price) {
        range("cloud_prices", price.usd_per_hour_low, 0.001, 1000);
        range("cloud_prices", price.usd_per_hour_high, 0.001, 1000);
        if (!price.usd_per_hour_low || !price.usd_per_hour_high || *price.usd_per_hour_low > *price.usd_per_hour_high)
            problem("cloud_prices", "usd_per_hour_low and usd_per_hour_high are no range");
        if (price.source.empty() || price.date.empty()) problem("cloud_prices", "a price has no source or no date");
        date("cloud_prices", price.date);
    }
    void pci_id(std::string_view id) {
        bool sound = id.size() == 9 && id[4] == ':';
        for (std::size_t i = 0; sound && i < id.size(); ++i)
            sound = i == 4 || (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
        if (!sound) problem("pci_ids", "'" + std::string(id) + "' is not vendor:device in four hexadecimal digits each");
    }
    // A box is the sum of what it holds.
    void box(const DeviceRecord& device, const CatalogTables& others) {
        if (device.members.empty()) {
            if (device.kind == "system") problem("members", "is missing in a system");
            return;
        }
        std::int64_t memory = 0, bandwidth = 0;
        for (const DeviceMember& member : device.members) {
            const DeviceRecord* inside = find(check_.tables.devices, member.id);
            if (!inside) inside = find(others.devices, member.id);
            if (!inside) return problem("members", "no gpu has the id '" + std::string(member.id) + "'");
            if (member.count < 1) return problem("members", "a count is out of range");
            memory = checked_add(memory, checked_mul(inside->memory_bytes.value_or(0), member.count));
            bandwidth = checked_add(bandwidth, checked_mul(inside->bandwidth_bytes_per_second.value_or(0), member.count));
        }
        if (device.memory_bytes && *device.memory_bytes != memory) problem("memory_bytes", "is not the sum of the members'");
        if (device.bandwidth_bytes_per_second && *device.bandwidth_bytes_per_second != bandwidth)
            problem("bandwidth_bytes_per_second", "is not the sum of the members'");
    }
    template <class Record>
    static const Record* find(std::span<const Record> records, std::string_view id) {
        const auto found = std::ranges::find(records, id, &Record::id);
        return found == records.end() ? nullptr : &*found;
    }

    void of_quant(const QuantRecord& quant) {
        at("quants", quant.name);
        range("nominal_bits", quant.nominal_bits, 1, 32);
        range("quality_percent", quant.quality_percent, 1, 100);
        if (quant.nominal_bits) required("nominal_bits_source", quant.nominal_bits_source);
        if (quant.quality_percent) required("quality_source", quant.quality_source);
    }

    void of_engine(const EngineRecord& engine) {
        at("engines", engine.name);
        for (const BackendRecord& backend : engine.backends) {
            spread("context_range_bytes", backend.context_bytes, backend.context_range_bytes);
            spread("pool_range_bytes", backend.pool_bytes, backend.pool_range_bytes);
            if (backend.source.empty()) problem("backends", std::string(backend.name) + " has no source");
        }
        for (const ReserveRecord& reserve : engine.reserve) {
            spread("driver_range_bytes", reserve.driver_bytes, reserve.driver_range_bytes);
            spread("desktop_range_bytes", reserve.desktop_bytes, reserve.desktop_range_bytes);
            if (reserve.source.empty()) problem("reserve", std::string(reserve.vendor) + " has no source");
        }
    }
    void spread(std::string_view field, const Count& typical, const std::optional<ByteRange>& spread) {
        if (typical && *typical < 0) problem(field, "a size below zero");
        if (spread && (spread->low > spread->high || (typical && (*typical < spread->low || *typical > spread->high))))
            problem(field, "is no range around the typical size");
    }

    // Of records that a later one of the same name replaces.
    template <class Record>
    void once(std::string_view list, std::span<const Record> records) {
        std::set<std::string_view> names;
        for (const Record& record : records) {
            at(list, record.name);
            if (!names.insert(record.name).second) problem("name", "the name stands twice");
        }
    }
    void known_model(std::string_view model, const CatalogTables& others) {
        if (!find(check_.tables.models, model) && !find(others.models, model)) problem("model", "no model has that id");
    }
    void of_quality(const QualityRecord& record, const CatalogTables& others) {
        at("quality", record.model);
        known_model(record.model, others);
        required("quant", record.quant);
        required("source", record.source);
        range("top1_match", record.top1_match, 0, 100);
        if (record.ppl.has_value() != record.ppl_base.has_value()) problem("ppl", "ppl and ppl_base go together");
    }
    void of_published(const PublishedSet& set, const CatalogTables& others) {
        at("published", set.model);
        known_model(set.model, others);
        required("publisher", set.publisher);
        required("source", set.source);
        date("date", set.date);
        std::set<std::string_view> quants;
        for (const PublishedFile& file : set.files)
            if (!quants.insert(file.quant).second) problem("files", "'" + std::string(file.quant) + "' stands twice");
    }
    void of_speed_family(const SpeedFamily& family) {
        at("speed_families", family.name);
        one_of("vendor", family.vendor, {"nvidia", "amd", "intel", "apple", "host"});
        required("vendor", family.vendor);
        required("source", family.source);
    }
    void of_speed_backend(const SpeedBackend& backend) {
        at("speed_backends", backend.name);
        backend_word("name", backend.name);
    }
    void of_speed_table(const SpeedTable& table) {
        at("speed_tables", table.name);
        required("source", table.source);
        date("date", table.date);
    }

    CatalogCheck& check_;
    std::string place_;
};

}  // namespace

CatalogCheck check_built_in() {
    CatalogCheck check;
    check.tables = embedded_tables();
    Checker{check}.run({});
    return check;
}

Result<CatalogCheck> check_overlay(std::string_view json_text, std::string_view origin) {
    CatalogCheck check;
    auto parsed = parse_catalog(json_text, origin, &check.problems);
    if (!parsed) return tl::unexpected(parsed.error());
    check.tables = parsed->tables;
    check.storage = std::move(parsed->storage);
    Checker{check}.run(embedded_tables());
    return check;
}

}  // namespace fitcalc
