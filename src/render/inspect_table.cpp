#include <utility>

#include "format.hpp"
#include "json.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

class Inspection {
public:
    Inspection(const InspectReport& report, const Terminal& terminal, Units units)
        : report_{report}, units_{units}, page_{terminal} {}

    std::string text() {
        identity();
        dimensions();
        layers();
        tensors();
        if (report_.recipe) {
            page_.blank();
            page_.paragraph(recipe_sentence(*report_.recipe));
        }
        if (report_.list_tensors) list();
        return page_.take();
    }

private:
    void heading(std::string_view text) {
        page_.blank();
        page_.heading(text);
    }

    void identity() {
        std::vector<std::string> items;
        if (!report_.architecture.empty()) items.push_back(report_.architecture);
        items.push_back(parameters(report_.parameters));
        items.push_back(counted(static_cast<std::int64_t>(report_.tensors.size()), "tensor"));
        items.push_back(format());
        if (report_.gguf && !report_.gguf->license.empty()) items.push_back(report_.gguf->license);
        page_.items(items, " · ", {report_.name + " · ", Style::strong});
        if (report_.gguf) gguf(*report_.gguf);
        page_.line({}, formatted("{}{}", report_.path, size_note()));
    }

    std::string format() const {
        if (report_.gguf) return formatted("GGUF v{}", report_.gguf->version);
        return report_.format == ModelFormat::safetensors ? "safetensors" : "config.json";
    }

    void gguf(const GgufFile& file) {
        std::vector<std::string> items;
        const auto type = file.file_type ? file_type_from_number(*file.file_type) : std::nullopt;
        if (type) items.push_back(formatted("file type {}", quant_name(*type)));
        items.push_back(counted(file.keys, "key"));
        items.push_back(formatted("{} bytes of metadata", grouped(file.metadata.count())));
        if (!file.tokenizer.empty()) items.push_back(formatted("tokenizer {}", file.tokenizer));
        if (!file.quantized_by.empty()) items.push_back("quantized by " + file.quantized_by);
        page_.items(items, ", ");
    }

    std::string size_note() const {
        if (!report_.file_size) return {};
        return formatted(", {}{}", size(*report_.file_size, units_),
                           report_.files > 1 ? formatted(" in {} files", report_.files) : "");
    }

    void dimensions() {
        Table table{{{""}, {"", Align::right}}, 2};
        bool any = false;
        const auto row = [&](const char* name, std::string value) {
            table.row({{name}, {std::move(value)}});
            any = true;
        };
        visit_dimensions(report_.dimensions, [&](const char* name, const auto& value) { add_dimension(row, name, value); });
        if (!any) return;
        heading("Dimensions");
        page_.table(table);
    }

    template <class Row>
    static void add_dimension(const Row& row, const char* name, const Dimension& value) {
        if (value) row(name, grouped(*value));
    }
    template <class Row>
    static void add_dimension(const Row& row, const char* name, const std::optional<bool>& value) {
        if (value) row(name, *value ? "yes" : "no");
    }
    template <class Row>
    static void add_dimension(const Row& row, const char* name, const PerLayer& value) {
        if (!value.known()) return;
        if (value.uniform()) return row(name, grouped(value.at(0)));
        const auto [low, high] = std::ranges::minmax(value.values());
        row(name, low == high ? grouped(low) : formatted("{} to {} by layer", grouped(low), grouped(high)));
    }

    void layers() {
        if (report_.attention.empty() && report_.feed_forward.empty()) return;
        heading("Layers");
        Table table{{{"", Align::right}, {""}}, 2};
        for (const auto* kinds : {&report_.attention, &report_.feed_forward})
            for (const LayerKind& kind : *kinds) table.row({{grouped(kind.layers)}, {kind.kind}});
        page_.table(table);
    }

    void tensors() {
        if (report_.groups.empty()) return;
        heading(report_.tensors_planned ? "Tensors that the converter will write" : "Tensors");
        Table table{{{"role"},
                     {"type"},
                     {"count", Align::right},
                     {"parameters", Align::right, 1},
                     {"bits", Align::right},
                     {std::string(name_of(units_)), Align::decimal}},
                    2};
        for (const TensorGroup& group : report_.groups)
            table.row({{std::string(name_of(group.role))},
                       {group.type},
                       {grouped(group.count)},
                       {grouped(group.parameters.count())},
                       {fixed(bits_per_weight(group.bytes, group.parameters), 2)},
                       {size_number(group.bytes, units_)}});
        table.rule(6);
        table.row({{"all", Style::strong},
                   {},
                   {grouped(static_cast<std::int64_t>(report_.tensors.size()))},
                   {grouped(report_.parameters.count())},
                   {fixed(bits_per_weight(report_.bytes, report_.parameters), 2)},
                   {size_number(report_.bytes, units_), Style::strong}});
        page_.table(table);
    }

    void list() {
        heading("All tensors");
        Table table{{{"name"}, {"type"}, {"shape", Align::right}, {"bytes", Align::right, 1}}, 2};
        for (const InspectedTensor& tensor : report_.tensors) {
            std::string shape;
            for (const std::int64_t n : tensor.shape) shape += (shape.empty() ? "" : " × ") + std::to_string(n);
            table.row({{tensor.name}, {tensor.type}, {std::move(shape)}, {grouped(tensor.bytes.count())}});
        }
        page_.table(table);
    }

    const InspectReport& report_;
    Units units_;
    Page page_;
};

}  // namespace

std::string inspect_text(const InspectReport& report, const Terminal& terminal, Units units) {
    return Inspection{report, terminal, units}.text();
}

}  // namespace fitcalc
