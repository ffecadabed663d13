#include "machine_file.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "catalog/bounded_json.hpp"
#include "fitcalc/text.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;

constexpr std::size_t most_text = 4u << 20;
constexpr int most_depth = 16;
constexpr std::int64_t most_bytes = std::int64_t{1} << 50;
constexpr std::size_t most_gpus = 1024;

// Absent and null fields keep their default.
struct FieldReader {
    const json& source;
    std::string place;

    const json* at(const char* name) const { return member_of(source, name); }
    [[noreturn]] void reject(const char* name, const char* what) const { throw MalformedText{place + "." + name + ": " + what}; }

    void operator()(const char* name, std::string& value) const {
        const json* v = at(name);
        if (v && !v->is_string()) reject(name, "not a text");
        if (v) value = clean_text(v->get_ref<const std::string&>());
    }
    void operator()(const char* name, std::optional<std::int64_t>& value) const {
        const json* v = at(name);
        if (!v) return;
        if (!v->is_number_integer() || (v->is_number_unsigned() && v->get<std::uint64_t>() > INT64_MAX) || v->get<std::int64_t>() < 0)
            reject(name, "not a whole number from 0");
        value = v->get<std::int64_t>();
    }
    void operator()(const char* name, std::optional<Bytes>& value) const {
        std::optional<std::int64_t> count;
        (*this)(name, count);
        if (count && *count > most_bytes) reject(name, "not a believable size");
        if (count) value = Bytes{*count};
    }
    void operator()(const char* name, GpuKind& value) const {
        if (!at(name)) return;
        std::string text;
        (*this)(name, text);
        const auto kind = gpu_kind(text);
        if (!kind) reject(name, "not discrete, integrated or slice");
        value = *kind;
    }
};

template <class Record>
void read_object(const json& file, const char* name, Record& record) {
    const json* found = member_of(file, name);
    if (!found) return;
    if (!found->is_object()) throw MalformedText{std::string(name) + ": not an object"};
    visit_fields(record, FieldReader{*found, name});
}

template <class Record>
void read_list(const json& file, const char* name, std::vector<Record>& records) {
    const json* found = member_of(file, name);
    if (!found) return;
    if (!found->is_array() || found->size() > most_gpus) throw MalformedText{std::string(name) + ": not a list of at most 1024"};
    for (const json& item : *found) {
        const std::string place = std::string(name) + "[" + std::to_string(records.size()) + "]";
        if (!item.is_object()) throw MalformedText{place + ": not an object"};
        visit_fields(records.emplace_back(), FieldReader{item, place});
    }
}

json parse_machine(std::string_view text) {
    if (text.size() > most_text) throw MalformedText{"larger than 4 MiB"};
    json file = parse_shallow(text, most_depth);
    const bool ours = file.is_object() && file.value("schema", json{}) == "fitcalc/1" && file.value("command", json{}) == "detect";
    if (!ours) throw MalformedText{"not an answer of fitcalc detect --json"};
    return file;
}

}  // namespace

Result<Machine> read_machine(std::string_view text, std::string_view origin) {
    const auto malformed = [&](const std::string& what) {
        return fail(ErrorKind::bad_data, std::string(origin) + ": " + what, "fitcalc detect --json > machine.json makes one");
    };
    try {
        const json file = parse_machine(text);
        Machine machine;
        read_object(file, "system", machine.system);
        read_object(file, "cpu", machine.cpu);
        read_object(file, "memory", machine.memory);
        read_list(file, "devices", machine.gpus);
        read_list(file, "unread", machine.unread);
        return machine;
    } catch (const MalformedText& error) {
        return malformed(error.what);
    } catch (const json::parse_error& error) {
        return malformed("no valid JSON at byte " + std::to_string(error.byte));
    } catch (const json::exception&) {
        return malformed("a number too large");
    }
}

}  // namespace fitcalc
