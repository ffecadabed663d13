// One catalog record for people: every field, what is unknown too, and where it comes from.

#include <algorithm>

#include "catalog/fields.hpp"
#include "catalog/packed_dimensions.hpp"
#include "format.hpp"
#include "page.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::string_view bytes_suffix = "_bytes", rate_suffix = "_bytes_per_second";

std::string spaced(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', ' ');
    return text;
}

// Fields that a source entry "recalled: a, b" names, or all of them.
bool recalled(Names sources, std::string_view field) {
    constexpr std::string_view lead = "recalled: ";
    for (const std::string_view source : sources) {
        const auto at = source.find(lead);
        if (at == std::string_view::npos) continue;
        std::string_view rest = source.substr(at + lead.size());
        if (rest == "every field") return true;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(", "), rest.size());
            if (rest.substr(0, end) == field) return true;
            rest.remove_prefix(std::min(end + 2, rest.size()));
        }
    }
    return false;
}

class Writer {
public:
    Writer(Page& page, Units units, Names sources) : page_{page}, units_{units}, sources_{sources} {}

    void operator()(const char* name, std::string_view text) { row(name, text.empty() ? "" : std::string(text)); }
    void operator()(const char* name, bool flag) { row(name, flag ? "yes" : "no"); }
    void operator()(const char* name, std::int64_t number) { row(label(name), number_text(name, number), name); }
    void operator()(const char* name, const Count& number) {
        row(label(name), number ? number_text(name, *number) : "", name);
    }
    void operator()(const char* name, const std::optional<double>& number) { row(name, number ? formatted("{}", *number) : ""); }
    void operator()(const char* name, const std::optional<ByteRange>& range) {
        row(label(name), range ? size(Bytes{range->low}, units_) + " to " + size(Bytes{range->high}, units_) : "", name);
    }
    void operator()(const char* name, Names names) {
        // A list of sources reads best one below the other.
        const bool one_each = std::string_view{name} == "sources";
        std::string text;
        for (const auto each : names) {
            if (one_each)
                add(text.empty() ? spaced(name) : "", std::string(each));
            else
                text += text.empty() ? "" : ", ";
            text += each;
        }
        if (!one_each || text.empty()) row(spaced(name), text, name, "none");
    }
    void operator()(const char* name, ConstPackedDimensions packed) {
        if (packed.values.empty()) return row(name, "");
        const Dimensions dimensions = unpack(packed.values);
        visit_dimensions(dimensions, [this](const char* dimension, const auto& value) { add_dimension(dimension, value); });
    }
    template <class Record>
    void operator()(const char* name, const std::optional<Record>& record) {
        if (!record) return row(name, "");
        add(spaced(name), fields_of(*record));
    }
    template <class Record>
    void operator()(const char* name, std::span<const Record> records) {
        if (records.empty()) return row(spaced(name), "", name, "none");
        for (const Record& record : records) add(&record == &records.front() ? spaced(name) : "", fields_of(record));
    }

    void write() {
        std::size_t widest = 0;
        for (const auto& [label, text] : rows_) widest = std::max(widest, label.size());
        const std::size_t lead = widest + 2;
        const std::size_t width = page_.terminal().width > lead + 20 ? page_.terminal().width - lead : 20;
        for (const auto& [label, text] : rows_) {
            std::string left = label + std::string(lead - label.size(), ' ');
            for (const std::string& line : folded(text, width)) {
                page_.line({left, Style::faint}, line);
                left.assign(lead, ' ');
            }
        }
    }

private:
    static std::string label(std::string_view name) {
        if (name.ends_with(rate_suffix)) return spaced(name.substr(0, name.size() - rate_suffix.size()));
        if (name.ends_with(bytes_suffix)) return spaced(name.substr(0, name.size() - bytes_suffix.size()));
        return spaced(name);
    }
    std::string number_text(std::string_view name, std::int64_t number) const {
        if (name.ends_with(rate_suffix)) return size(Bytes{number}, units_) + "/s";
        if (name.ends_with(bytes_suffix)) return size(Bytes{number}, units_) + formatted(" ({} bytes)", grouped(number));
        return grouped(number);
    }
    // Of an entry of a list: what is known of it, in one line.
    template <class Record>
    std::string fields_of(const Record& record) const {
        std::string text;
        visit_fields(record, [&](const char* name, const auto& value) {
            const std::string shown = short_text(name, value);
            if (!shown.empty()) text += formatted("{}{} {}", text.empty() ? "" : ", ", label(name), shown);
        });
        return text;
    }
    std::string short_text(std::string_view, std::string_view text) const { return std::string(text); }
    std::string short_text(std::string_view name, std::int64_t number) const { return number_text(name, number); }
    std::string short_text(std::string_view name, const Count& number) const { return number ? number_text(name, *number) : ""; }
    std::string short_text(std::string_view, const std::optional<double>& number) const {
        return number ? formatted("{}", *number) : "";
    }
    std::string short_text(std::string_view, const std::optional<ByteRange>& range) const {
        return range ? size(Bytes{range->low}, units_) + " to " + size(Bytes{range->high}, units_) : "";
    }
    template <class T>
    std::string short_text(std::string_view, const T&) const {
        return "";
    }

    void add_dimension(const char* name, const Dimension& value) {
        if (value) add(name, grouped(*value));
    }
    void add_dimension(const char* name, const std::optional<bool>& value) {
        if (value) add(name, *value ? "yes" : "no");
    }
    void add_dimension(const char* name, const PerLayer& value) {
        if (!value.known()) return;
        if (value.uniform()) return add(name, grouped(value.values().front()));
        std::string text;
        for (const auto each : value.values()) text += (text.empty() ? "" : " ") + std::to_string(each);
        add(name, text);
    }

    void row(std::string_view name, std::string text) { row(spaced(name), std::move(text), name); }
    void row(std::string label, std::string text, std::string_view field, std::string_view none = "unknown") {
        if (text.empty())
            text = none;
        else if (recalled(sources_, field))
            text += " (recalled)";
        add(std::move(label), std::move(text));
    }
    void add(std::string label, std::string text) { rows_.emplace_back(std::move(label), std::move(text)); }

    Page& page_;
    Units units_;
    Names sources_;
    std::vector<std::pair<std::string, std::string>> rows_;
};

template <class Record>
Names sources_of(const Record& record) {
    if constexpr (requires { record.sources; })
        return record.sources;
    else
        return {};
}

template <class Record>
std::string text_of(const Record& record, const Terminal& terminal, Units units) {
    Page page{terminal};
    Writer writer{page, units, sources_of(record)};
    visit_fields(record, writer);
    writer.write();
    return page.take();
}

std::string text_of(const Architecture& architecture, const Terminal& terminal, Units units) {
    Page page{terminal};
    Writer writer{page, units, {}};
    writer("name", architecture.name);
    writer("description", architecture.description);
    writer("source", architecture.source);
    writer.write();
    return page.take();
}

}  // namespace

std::string record_text(const ListReport& report, const Terminal& terminal, Units units) {
    switch (report.topic) {
        case ListTopic::models: return text_of(*report.models.front(), terminal, units);
        case ListTopic::gpus: return text_of(*report.devices.front(), terminal, units);
        case ListTopic::quants: return text_of(*report.quants.front(), terminal, units);
        case ListTopic::engines: return text_of(*report.engines.front(), terminal, units);
        case ListTopic::architectures: break;
    }
    return text_of(*report.architectures.front(), terminal, units);
}

}  // namespace fitcalc
