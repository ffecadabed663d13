// Compiles the catalog in: reads data/*.json and writes the records as constant tables.
// usage: fitcalc_embed OUTPUT.cpp INPUT.json...
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "../device_name.hpp"
#include "../fields.hpp"
#include "../json_reader.hpp"
#include "../model_name.hpp"
#include "../names.hpp"

namespace fitcalc {
namespace {

std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20 || c == '?')  // '?' could begin a trigraph
            out += c == '?' ? "\\?" : " ";
        else
            out += c;
    }
    return out += '"';
}

std::string number(double value) {
    std::ostringstream out;
    out.precision(17);
    out << value;
    return out.str();
}

// Arrays are written ahead of the record that refers to them.
class TableWriter {
public:
    template <class Record>
    void table(std::string_view type, std::string_view name, std::span<const Record> records) {
        std::string rows;
        for (const Record& record : records) rows += "    " + value(record) + ",\n";
        // An empty array is no valid C++; no catalog file is empty.
        out_ << "constexpr " << type << ' ' << name << "[] = {\n" << rows << "};\n\n";
    }
    std::string take() { return out_.str(); }

private:
    std::string value(std::string_view text) { return literal(text); }
    std::string value(bool flag) { return flag ? "true" : "false"; }
    std::string value(std::int64_t n) { return std::to_string(n); }
    std::string value(double n) { return number(n); }
    std::string value(std::uint32_t n) { return std::to_string(n); }
    std::string value(ConstPackedDimensions packed) { return array("std::uint32_t", packed.values); }
    std::string value(Names names) { return array("std::string_view", names); }
    std::string value(std::span<const Score> scores) { return array("Score", scores); }
    std::string value(std::span<const BackendRecord> backends) { return array("BackendRecord", backends); }
    std::string value(std::span<const ReserveRecord> reserves) { return array("ReserveRecord", reserves); }
    std::string value(std::span<const DeviceMember> members) { return array("DeviceMember", members); }
    std::string value(std::span<const CloudPrice> prices) { return array("CloudPrice", prices); }
    std::string value(std::span<const PublishedFile> files) { return array("PublishedFile", files); }
    std::string value(const ByKernel& values) {
        std::string out;
        for (const double each : values) out += (out.empty() ? "" : ", ") + number(each);
        return "{{" + out + "}}";
    }
    std::string value(const SpeedSpread& spread) { return "{" + number(spread.low) + ", " + number(spread.high) + "}"; }
    std::string value(const ByteRange& range) {
        return "ByteRange{" + std::to_string(range.low) + ", " + std::to_string(range.high) + "}";
    }
    template <class T>
    std::string value(const std::optional<T>& optional) {
        return optional ? value(*optional) : "std::nullopt";
    }
    template <class Record>
        requires std::is_class_v<Record>
    std::string value(const Record& record) {
        std::string out = "{";
        visit_fields(record, [&](const char*, const auto& field) { out += value(field) + ", "; });
        out.resize(out.size() - 2);
        // Inside an optional, the type has to be named.
        return type_name(record) + out + "}";
    }

    static std::string type_name(const HuggingFaceAttention&) { return "HuggingFaceAttention"; }
    static std::string type_name(const ThinkingTokens&) { return "ThinkingTokens"; }
    static std::string type_name(const QuantQuality&) { return "QuantQuality"; }
    static std::string type_name(const LossFit&) { return "LossFit"; }
    template <class Record>
    static std::string type_name(const Record&) {
        return "";
    }

    template <class T>
    std::string array(std::string_view type, std::span<const T> items) {
        if (items.empty()) return "{}";
        std::string body;
        for (const T& item : items) body += value(item) + ", ";
        body.resize(body.size() - 2);
        const std::string name = "list_" + std::to_string(next_++);
        out_ << "constexpr " << type << ' ' << name << "[] = {" << body << "};\n";
        return name;
    }

    std::ostringstream out_;
    int next_ = 0;
};

// Keys and the records that answer to them, in the order in which a lookup searches.
using KeySet = std::set<std::pair<std::string, std::size_t>>;

std::string name_table(std::string_view name, const KeySet& keys) {
    std::string out = "constexpr NameEntry " + std::string(name) + "[] = {\n";
    for (const auto& [key, record] : keys)
        if (!key.empty()) out += "    {" + literal(key) + ", " + std::to_string(record) + "},\n";
    return out + "};\n\n";
}

std::string name_tables(const CatalogTables& all) {
    KeySet device_keys, device_identities, model_keys, model_identities;
    for (std::size_t i = 0; i < all.devices.size(); ++i) {
        const DeviceRecord& device = all.devices[i];
        device_keys.emplace(name_key(device.id), i);
        device_keys.emplace(name_key(device.name), i);
        for (const auto alias : device.aliases) device_keys.emplace(name_key(alias), i);
        for (const DeviceName& name : names_of(device)) device_identities.emplace(name.identity, i);
    }
    for (std::size_t i = 0; i < all.models.size(); ++i)
        for (const auto text : texts_of(all.models[i])) {
            model_keys.emplace(name_key(text), i);
            model_identities.emplace(model_name(text).identity(), i);
        }
    return name_table("device_keys", device_keys) + name_table("device_identities", device_identities) +
           name_table("model_keys", model_keys) + name_table("model_identities", model_identities);
}

int embed(const std::string& output, const std::vector<std::string>& inputs) {
    std::vector<ParsedCatalog> parsed;
    CatalogTables all;
    for (const auto& input : inputs) {
        std::ifstream file(input, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        auto catalog = parse_catalog(text, input);
        if (!catalog) {
            std::cerr << catalog.error().message << '\n';
            return 1;
        }
        const CatalogTables& tables = catalog->tables;
        if (!tables.models.empty()) all.models = tables.models;
        if (!tables.devices.empty()) all.devices = tables.devices;
        if (!tables.quants.empty()) all.quants = tables.quants;
        if (!tables.engines.empty()) all.engines = tables.engines;
        if (!tables.quality.empty()) all.quality = tables.quality;
        if (!tables.published.empty()) all.published = tables.published;
        if (!tables.speed_families.empty()) all.speed_families = tables.speed_families;
        if (!tables.speed_backends.empty()) all.speed_backends = tables.speed_backends;
        if (!tables.speed_engines.empty()) all.speed_engines = tables.speed_engines;
        if (!tables.speed_tables.empty()) all.speed_tables = tables.speed_tables;
        parsed.push_back(std::move(*catalog));
    }
    TableWriter writer;
    writer.table("ModelRecord", "models", all.models);
    writer.table("DeviceRecord", "devices", all.devices);
    writer.table("QuantRecord", "quants", all.quants);
    writer.table("EngineRecord", "engines", all.engines);
    writer.table("QualityRecord", "quality", all.quality);
    writer.table("PublishedSet", "published", all.published);
    writer.table("SpeedFamily", "speed_families", all.speed_families);
    writer.table("SpeedBackend", "speed_backends", all.speed_backends);
    writer.table("SpeedEngine", "speed_engines", all.speed_engines);
    writer.table("SpeedTable", "speed_tables", all.speed_tables);

    std::ofstream out(output);
    out << "// Written by fitcalc_embed from data/*.json.\n#include \"embedded.hpp\"\n\nnamespace fitcalc {\nnamespace {\n\n"
        << writer.take() << name_tables(all)
        << "}  // namespace\n\nCatalogTables embedded_tables() { return {models, devices, quants, engines, quality, published, "
           "speed_families, speed_backends, speed_engines, speed_tables}; }\n\n"
           "NameTables embedded_names() { return {device_keys, device_identities, model_keys, model_identities}; }\n\n"
           "}  // namespace fitcalc\n";
    return out.good() ? 0 : 1;
}

}  // namespace
}  // namespace fitcalc

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    return fitcalc::embed(argv[1], std::vector<std::string>(argv + 2, argv + argc));
}
