#include "format.hpp"
#include "page.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t shortest_text = 20;  // to which a description may be cut

std::string size_or_blank(const Count& bytes, Units units) {
    return bytes ? size_number(Bytes{*bytes}, units) : std::string{};
}

Table models_table(const std::vector<const ModelRecord*>& models) {
    Table table{{{"id"},
                 {"parameters", Align::right},
                 {"architecture", Align::left, 3},
                 {"context", Align::right, 1},
                 {"license", Align::left, 2},
                 {"released", Align::left, 1}}};
    for (const ModelRecord* model : models) {
        const Dimension context = model->dimensions().context_length;
        table.row({{std::string(model->id)},
                   {std::string(model->parameters_label)},
                   {std::string(model->architecture)},
                   {context ? tokens_short(Tokens{*context}) : ""},
                   {std::string(model->license)},
                   {std::string(model->released)}});
    }
    return table;
}

// `limit`: what a GPU may use of unified memory unless the user raises it.
Table gpus_table(const std::vector<const DeviceRecord*>& devices, Units units) {
    const auto unit = name_of(units);
    Table table{{{"id"},
                 {"name", Align::left, 3, shortest_text},
                 {formatted("memory {}", unit), Align::decimal},
                 {"limit", Align::decimal, 1},
                 {formatted("{}/s", unit), Align::right, 1},
                 {"kind", Align::left, 2}}};
    for (const DeviceRecord* gpu : devices)
        table.row(
            {{std::string(gpu->id)},
             {std::string(gpu->name)},
             {size_or_blank(gpu->memory_bytes, units)},
             {size_or_blank(gpu->default_limit_bytes, units)},
             {gpu->bandwidth_bytes_per_second ? size_number(Bytes{*gpu->bandwidth_bytes_per_second}, units, 0) : ""},
             {std::string(gpu->kind)}});
    return table;
}

Table quants_table(const std::vector<const QuantRecord*>& quants) {
    Table table{{{"name"},
                 {"nominal bits", Align::right},
                 {"quality %", Align::right},
                 {"description", Align::left, 1, shortest_text}}};
    for (const QuantRecord* quant : quants)
        table.row({{std::string(quant->name)},
                   {quant->nominal_bits ? fixed(*quant->nominal_bits, 2) : ""},
                   {quant->quality_percent ? percent_number(*quant->quality_percent) : ""},
                   {std::string(quant->description)}});
    return table;
}

Table engines_table(const std::vector<const EngineRecord*>& engines) {
    Table table{{{"name"}, {"backends", Align::left, 1, shortest_text}, {"version modelled"}}};
    for (const EngineRecord* engine : engines) {
        std::string backends;
        for (const BackendRecord& backend : engine->backends) (backends += backends.empty() ? "" : " ") += backend.name;
        table.row({{std::string(engine->name)}, {std::move(backends)}, {std::string(engine->version_modelled)}});
    }
    return table;
}

Table architectures_table(const std::vector<const Architecture*>& architectures) {
    Table table{{{"name"}, {"description", Align::left, 1, shortest_text}}};
    for (const Architecture* architecture : architectures)
        table.row({{std::string(architecture->name)}, {std::string(architecture->description)}});
    return table;
}

Table table_of(const ListReport& report, Units units) {
    switch (report.topic) {
        case ListTopic::models: return models_table(report.models);
        case ListTopic::gpus: return gpus_table(report.devices, units);
        case ListTopic::quants: return quants_table(report.quants);
        case ListTopic::engines: return engines_table(report.engines);
        case ListTopic::architectures: break;
    }
    return architectures_table(report.architectures);
}

}  // namespace

std::string list_text(const ListReport& report, const Terminal& terminal, Units units) {
    if (report.size() == 0) return formatted("no {} match\n", topic_name(report.topic));
    if (report.whole) return record_text(report, terminal, units);
    return table_of(report, units).text(terminal);
}

}  // namespace fitcalc
