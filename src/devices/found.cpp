#include "found.hpp"

#include "text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t most_gpus = 1024;

// One line a field: its name, a tab, its value. Values never hold control characters; see clean().
struct Encoder {
    std::string& out;

    void line(std::string_view name, std::string_view value) const {
        if (value.empty()) return;
        out += name;
        out += '\t';
        out += clean(value);
        out += '\n';
    }
    void operator()(const char* name, const std::string& value) const { line(name, value); }
    void operator()(const char* name, GpuKind value) const { line(name, name_of(value)); }
    void operator()(const char* name, const std::optional<std::int64_t>& value) const {
        if (value) line(name, std::to_string(*value));
    }
    void operator()(const char* name, const std::optional<Bytes>& value) const {
        if (value) line(name, std::to_string(value->count()));
    }
};

struct Decoder {
    std::string_view name, value;

    void operator()(const char* field, std::string& into) const {
        if (field == name) into = clean(value);
    }
    void operator()(const char* field, GpuKind& into) const {
        if (field == name) into = gpu_kind(value).value_or(into);
    }
    void operator()(const char* field, std::optional<std::int64_t>& into) const {
        if (field == name) into = whole_number(value);
    }
    void operator()(const char* field, std::optional<Bytes>& into) const {
        if (field == name) into = size_in(value);
    }
};

}  // namespace

std::string encode(const FoundGpus& found) {
    std::string out;
    for (const Gpu& gpu : found.gpus) {
        out += "gpu\n";
        visit_fields(gpu, Encoder{out});
    }
    for (const Unread& unread : found.unread) {
        out += "unread\n";
        visit_fields(unread, Encoder{out});
    }
    return out;
}

FoundGpus decode(std::string_view text) {
    FoundGpus found;
    bool in_gpu = false;
    for (const std::string_view line : lines_of(text)) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos) {
            in_gpu = line == "gpu";
            if (in_gpu && found.gpus.size() < most_gpus) found.gpus.emplace_back();
            if (line == "unread" && found.unread.size() < most_gpus) found.unread.emplace_back();
            continue;
        }
        const Decoder decode{line.substr(0, tab), line.substr(tab + 1)};
        if (in_gpu && !found.gpus.empty()) visit_fields(found.gpus.back(), decode);
        if (!in_gpu && !found.unread.empty()) visit_fields(found.unread.back(), decode);
    }
    return found;
}

}  // namespace fitcalc
