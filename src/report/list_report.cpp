#include "list_report.hpp"

#include <algorithm>
#include <charconv>
#include <variant>

#include "catalog/fields.hpp"
#include "catalog/model_name.hpp"
#include "catalog/names.hpp"

namespace fitcalc {
namespace {

// What a record is sorted by; nothing where its field is unknown or no single value.
using SortValue = std::variant<std::monostate, double, std::string>;

SortValue sort_value(std::string_view text) { return text.empty() ? SortValue{} : SortValue{std::string(text)}; }
SortValue sort_value(bool flag) { return flag ? 1.0 : 0.0; }
template <class T>
    requires std::is_arithmetic_v<T>
SortValue sort_value(T number) {
    return static_cast<double>(number);
}
template <class T>
    requires std::is_arithmetic_v<T>
SortValue sort_value(const std::optional<T>& number) {
    return number ? SortValue{static_cast<double>(*number)} : SortValue{};
}
template <class T>
SortValue sort_value(const T&) {
    return {};
}

// "671B", "0.6B" and "30B-A3B" as numbers of all parameters; of "8x7B" the number of experts alone says nothing.
SortValue labelled_parameters(std::string_view label) {
    double number = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
    const std::string_view unit = label.substr(static_cast<std::size_t>(end - label.data()));
    if (error != std::errc{} || (unit != "B" && unit != "M" && !unit.starts_with("B-A"))) return {};
    return number * (*end == 'B' ? 1e9 : 1e6);
}

// Short names for what people sort by.
std::string_view field_meant(std::string_view word) {
    struct Short {
        std::string_view word, field;
    };
    static constexpr Short shorts[] = {{"memory", "memory_bytes"}, {"bandwidth", "bandwidth_bytes_per_second"},
                                       {"price", "launch_price_usd"}, {"power", "tdp_watts"},
                                       {"date", "released"}, {"quality", "quality_percent"}};
    const auto found = std::ranges::find(shorts, word, &Short::word);
    return found == std::end(shorts) ? word : found->field;
}

template <class Record>
SortValue value_of(const Record& record, std::string_view field) {
    SortValue value;
    visit_fields(record, [&](const char* name, const auto& each) {
        if (field == name) value = sort_value(each);
    });
    if constexpr (std::same_as<Record, ModelRecord>) {
        if (field == "parameters")
            value = record.published_parameters ? sort_value(record.published_parameters)
                                                : labelled_parameters(record.parameters_label);
        if (field == "context_length") value = sort_value(record.dimensions().context_length);
    }
    return value;
}
SortValue value_of(const Architecture& architecture, std::string_view field) {
    return sort_value(field == "description" ? architecture.description : architecture.name);
}

template <class Record>
std::vector<std::string_view> fields_of() {
    std::vector<std::string_view> names;
    if constexpr (std::same_as<Record, Architecture>) {
        names = {"name", "description"};
    } else {
        const Record record{};
        visit_fields(record, [&](const char* name, const auto&) { names.push_back(name); });
        if constexpr (std::same_as<Record, ModelRecord>) names.insert(names.end(), {"parameters", "context_length"});
    }
    return names;
}

template <class Record>
Result<void> sort_records(std::vector<const Record*>& records, std::string_view order) {
    if (order.empty()) return {};
    constexpr std::string_view downwards = ":desc", upwards = ":asc";
    const bool down = order.ends_with(downwards);
    if (down) order.remove_suffix(downwards.size());
    if (order.ends_with(upwards)) order.remove_suffix(upwards.size());
    const std::string_view field = field_meant(order);
    const auto fields = fields_of<Record>();
    if (std::ranges::find(fields, field) == fields.end())
        return fail(ErrorKind::usage, "--sort '" + std::string(order) + "' is no field of the list", "fields: " + listed(fields));
    std::vector<std::pair<SortValue, const Record*>> keyed;
    keyed.reserve(records.size());
    for (const Record* record : records) keyed.emplace_back(value_of(*record, field), record);
    // What is unknown comes last either way.
    std::ranges::stable_sort(keyed, [down](const auto& a, const auto& b) {
        const bool a_unknown = a.first.index() == 0, b_unknown = b.first.index() == 0;
        if (a_unknown || b_unknown) return !a_unknown && b_unknown;
        return down ? b.first < a.first : a.first < b.first;
    });
    std::ranges::transform(keyed, records.begin(), [](const auto& each) { return each.second; });
    return {};
}

// One text of all that a word may be found in.
std::string searched(const ModelRecord& model) {
    std::string text;
    for (const auto name : texts_of(model)) (text += name_key(name)) += ' ';
    return text + name_key(model.publisher) + ' ' + name_key(model.family) + ' ' + name_key(model.architecture);
}
std::string searched(const DeviceRecord& device) {
    std::string text = name_key(device.id) + ' ' + name_key(device.name) + ' ' + name_key(device.architecture) + ' ';
    for (const auto alias : device.aliases) (text += name_key(alias)) += ' ';
    return text + name_key(device.device_class);
}
std::string searched(const QuantRecord& quant) { return name_key(quant.name) + ' ' + name_key(quant.description); }
std::string searched(const EngineRecord& engine) { return name_key(engine.name); }
std::string searched(const Architecture& architecture) {
    return name_key(architecture.name) + ' ' + name_key(architecture.description);
}

template <class Record>
bool has_words(const Record& record, std::string_view words) {
    const std::string text = searched(record);
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        if (text.find(name_key(words.substr(at, end - at))) == std::string::npos) return false;
        at = end + 1;
    }
    return true;
}

bool same_or_empty(std::string_view wanted, std::string_view value) {
    return wanted.empty() || name_key(wanted) == name_key(value);
}

bool keeps(const ModelRecord& model, const ListRequest& request) {
    return same_or_empty(request.family, model.family) && same_or_empty(request.publisher, model.publisher) &&
           (request.released_after.empty() || model.released >= request.released_after);
}
bool keeps(const DeviceRecord& device, const ListRequest& request) {
    const Count& sold = device.marketed_memory_bytes ? device.marketed_memory_bytes : device.memory_bytes;
    return same_or_empty(request.vendor, device.vendor) &&
           (same_or_empty(request.kind, device.kind) || same_or_empty(request.kind, device.device_class)) &&
           (!request.min_memory || (sold && Bytes{*sold} >= *request.min_memory)) &&
           (request.released_after.empty() || device.released >= request.released_after);
}
template <class Record>
bool keeps(const Record&, const ListRequest&) {
    return true;
}

template <class Record>
std::string_view name_of(const Record& record) {
    if constexpr (requires { record.id; })
        return record.id;
    else
        return record.name;
}

// The record that has exactly this name, where the words aren't part of others' names as well.
template <class Record, class Find>
const Record* named(const std::vector<const Record*>& all, const std::vector<const Record*>& found, std::string_view words, Find find) {
    const std::string key = name_key(words);
    for (const Record* record : all)
        if (matches_key(name_of(*record), key)) return record;
    if (found.size() > 1) return nullptr;
    const auto meant = find();
    return meant && meant->passed_over.empty() ? meant->record : nullptr;
}

template <class Record, class Find>
Result<void> select(const ListRequest& request, const std::vector<const Record*>& all, std::vector<const Record*>& out, bool& whole, Find find) {
    for (const Record* record : all)
        if (keeps(*record, request) && has_words(*record, request.words)) out.push_back(record);
    if (!request.words.empty())
        if (const Record* record = named(all, out, request.words, find); record && keeps(*record, request)) {
            out = {record};
            whole = true;
        }
    return sort_records(out, request.sort);
}

template <class Record>
auto finds_nothing() {
    return [] { return Result<Found<Record>>{tl::unexpected(Error{})}; };
}

Result<void> refuse_foreign_filters(const ListRequest& request) {
    const bool models = request.topic == ListTopic::models, gpus = request.topic == ListTopic::gpus;
    const std::pair<std::string_view, bool> foreign[] = {
        {"--family", !request.family.empty() && !models},
        {"--publisher", !request.publisher.empty() && !models},
        {"--vendor", !request.vendor.empty() && !gpus},
        {"--kind", !request.kind.empty() && !gpus},
        {"--min-memory", request.min_memory && !gpus},
        {"--released-after", !request.released_after.empty() && !models && !gpus},
    };
    for (const auto& [option, given] : foreign)
        if (given) return fail(ErrorKind::usage, std::string(option) + " says nothing of " + std::string(topic_name(request.topic)));
    return {};
}

}  // namespace

std::string_view topic_name(ListTopic topic) {
    switch (topic) {
        case ListTopic::models: return "models";
        case ListTopic::gpus: return "gpus";
        case ListTopic::quants: return "quants";
        case ListTopic::engines: return "engines";
        case ListTopic::architectures: break;
    }
    return "architectures";
}

std::optional<Params> counted_parameters(const ModelRecord& record) try {
    const auto model = describe_model(record.architecture, record.dimensions());
    return model ? std::optional{tensor_inventory(*model).params()} : std::nullopt;
} catch (const ArithmeticOverflow&) {
    return std::nullopt;
}

std::size_t ListReport::size() const {
    return models.size() + devices.size() + quants.size() + engines.size() + architectures.size();
}

Result<ListReport> build_list_report(const ListRequest& request, const Catalog& catalog) {
    if (auto ok = refuse_foreign_filters(request); !ok) return tl::unexpected(ok.error());
    ListReport report;
    report.topic = request.topic;
    const auto selected = [&]() -> Result<void> {
        switch (request.topic) {
            case ListTopic::models:
                return select(request, catalog.models(), report.models, report.whole, [&] { return catalog.find_model(request.words); });
            case ListTopic::gpus:
                return select(request, catalog.devices(), report.devices, report.whole, [&] { return catalog.find_device(request.words); });
            case ListTopic::quants:
                return select(request, catalog.quants(), report.quants, report.whole, finds_nothing<QuantRecord>());
            case ListTopic::engines:
                return select(request, catalog.engines(), report.engines, report.whole, finds_nothing<EngineRecord>());
            case ListTopic::architectures: break;
        }
        std::vector<const Architecture*> known(architectures_known().begin(), architectures_known().end());
        return select(request, known, report.architectures, report.whole, finds_nothing<Architecture>());
    }();
    if (!selected) return tl::unexpected(selected.error());
    return report;
}

}  // namespace fitcalc
