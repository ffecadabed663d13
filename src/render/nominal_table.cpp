#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {

std::string nominal_text(const FitReport& report, const Terminal& terminal, Units units) {
    const auto unit = name_of(units);
    Table table{{{"  quant"},
                 {"bits", Align::right, 1},
                 {formatted("VRAM {}", unit), Align::right},
                 {formatted("+ Context {}", unit), Align::right},
                 {formatted("recommended {}", unit), Align::right, 3},
                 {formatted("file {}", unit), Align::right, 2}}};
    for (const NominalRow& row : report.nominal_rows) {
        const bool asked = row.type == report.settings.quant;
        const Style style = asked ? Style::strong : Style::plain;
        table.row({{formatted("{}{}", asked ? "› " : "  ", quant_name(row.type)), style},
                   {fixed(row.bits, 2), style},
                   {size_number(row.at_context.total, units, 1), style},
                   {size_number(row.at_full_context.total, units, 1), style},
                   {size_number(row.at_context.recommended, units, 1), style},
                   {size_number(row.at_context.weights, units, 2), style}});
    }
    Page page{terminal};
    add_model_line(page, report.model);
    add_settings_line(page, report.settings);
    page.blank();
    page.table(table);
    page.blank();
    page.paragraph(formatted("This is the arithmetic of hardware pages, parameters × nominal bits ÷ 8, here with {} "
                               "tokens and + Context with {}; it is not what llama.cpp allocates. --method exact is.",
                               tokens(report.settings.engine_settings.context), tokens(report.model.context_length)),
                   Style::faint);
    return page.take();
}

}  // namespace fitcalc
