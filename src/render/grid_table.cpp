#include <algorithm>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

// In a grid the sign stands without its word.
std::string_view sign_in_grid(Verdict verdict) { return verdict == Verdict::offload ? "◐" : sign_of(verdict).sign; }

bool shown(const GridRow& row) { return row.asked || !row.label.empty() || is_usual(row.type); }

Bytes needed(const GridCell& cell) { return cell.verdict ? cell.required : cell.total; }

// Of all figures: thousands need no tenths.
int decimals_of(const GridReport& report, Units units) {
    const Bytes most = (units == Units::gb ? GB : GiB) * 1000;
    return std::ranges::any_of(report.rows, [&](const GridRow& row) {
        return shown(row) && std::ranges::any_of(row.cells, [&](const GridCell& cell) { return needed(cell) >= most; });
    }) ? 0 : 1;
}

std::string_view quant_name(const GridRow& row) { return row.label.empty() ? quant_name(row.type) : std::string_view(row.label); }

// A terminal that is too narrow for all contexts loses every second one first, from the right; never the whole one.
int expendable(std::size_t column, std::size_t columns) {
    if (column + 1 == columns) return 0;
    return static_cast<int>(column % 2 == 1 ? columns + column : column + 1);
}

// A figure below what the device has, and still a no.
bool short_of_ram(const GridReport& report, const GridCell& cell) {
    return report.devices && report.devices.ram && cell.verdict == Verdict::no && cell.headroom >= Bytes{};
}

}  // namespace

Table grid_table(const GridReport& report, Units units) {
    std::vector<Column> columns{{"quant"}, {"quality %", Align::right, 100}};
    for (std::size_t c = 0; c < report.contexts.size(); ++c)
        columns.push_back({tokens_short(report.contexts[c]), Align::right, expendable(c, report.contexts.size())});
    const auto speed = [](const GridRow& row) {  // does not depend on the context, but for what of the model is in RAM
        const auto cell = std::ranges::find_if(row.cells, [](const GridCell& c) { return c.decode.has_value(); });
        return cell == row.cells.end() ? std::nullopt : cell->decode;
    };
    const bool fast = std::ranges::any_of(report.rows, [&](const GridRow& row) { return speed(row).has_value(); });
    if (fast) columns.push_back({"tok/s", Align::right, 101});
    Table table{std::move(columns)};
    const int decimals = decimals_of(report, units);
    const auto figure = [&](const GridCell& cell) { return size_number(needed(cell), units, decimals); };
    std::vector<std::size_t> widths(report.contexts.size());
    for (const GridRow& row : report.rows)
        for (std::size_t c = 0; c < row.cells.size() && shown(row); ++c)
            widths[c] = std::max(widths[c], figure(row.cells[c]).size());
    for (const GridRow& row : report.rows) {
        if (!shown(row)) continue;
        std::vector<Cell> cells{{std::string(quant_name(row))},
                                {quality_figure(row.quality), Style::faint}};
        for (std::size_t c = 0; c < row.cells.size(); ++c) {
            const GridCell& cell = row.cells[c];
            // The sign stands left of the longest number, so that signs make columns of their own.
            if (cell.verdict)
                cells.push_back({formatted("{} {:>{}}", sign_in_grid(*cell.verdict), figure(cell), widths[c]),
                                 sign_of(*cell.verdict).style});
            else
                cells.push_back({figure(cell)});
        }
        if (fast) cells.push_back(speed_cell(speed(row)));
        table.row(std::move(cells));
    }
    return table;
}

std::string grid_caption(const GridReport& report, Units units) {
    if (!report.devices.names_memory()) return formatted("{} needed with everything on one device", name_of(units));
    return formatted("{} needed {} {}", name_of(units), report.devices.count() > 1 ? "on the fullest of" : "on",
                       memory_phrase(report.devices, units));
}

std::string grid_text(const GridReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_model_line(page, report.model);
    page.items(settings_items(report.settings), ", ");
    page.blank();
    page.heading(grid_caption(report, units));
    page.table(grid_table(report, units));
    if (report.devices.names_memory()) {
        page.blank();
        page.items(grid_legend(report), "   ");
    }
    return page.take();
}

std::string grid_markdown(const GridReport& report, Units units) {
    Page page{Terminal::document()};
    std::vector<std::string> items = settings_items(report.settings);
    items.insert(items.begin(), std::string(record_of(report.model).name));
    page.items(items, ", ");
    page.blank();
    page.line({}, grid_caption(report, units));
    page.blank();
    page.markdown(grid_table(report, units));
    if (report.devices.names_memory()) {
        page.blank();
        page.items(grid_legend(report), "   ");
    }
    return page.take();
}

std::vector<std::string> grid_legend(const GridReport& report) {
    struct Meaning {
        Verdict verdict;
        std::string_view text;
    };
    const std::string with_ram = "with a part in RAM" + unstated_ram(report.devices, Verdict::offload);
    const bool any_short_of_ram = std::ranges::any_of(report.rows, [&](const GridRow& row) {
        return shown(row) && std::ranges::any_of(row.cells, [&](const GridCell& cell) { return short_of_ram(report, cell); });
    });
    const Meaning meanings[] = {{Verdict::great, "fits"},
                                {Verdict::tight, "tight: the error band crosses the limit"},
                                {Verdict::offload, report.devices ? std::string_view(with_ram) : "in RAM"},
                                {Verdict::no, any_short_of_ram ? "does not fit; where the figure would, RAM is short" : "does not fit"}};
    std::vector<std::string> items;
    for (const Meaning& meaning : meanings) {
        const bool there = std::ranges::any_of(report.rows, [&](const GridRow& row) {
            return shown(row) && std::ranges::any_of(row.cells, [&](const GridCell& cell) {
                return sign_in_grid(*cell.verdict) == sign_in_grid(meaning.verdict);
            });
        });
        if (there) items.push_back(formatted("{} {}", sign_in_grid(meaning.verdict), meaning.text));
    }
    return items;
}

GridCounts grid_counts(const GridReport& report) {
    GridCounts counts;
    for (const GridRow& row : report.rows)
        for (const GridCell& cell : row.cells) {
            ++counts.cells;
            if (report.devices.yes(*cell.verdict)) ++counts.fitting;
            counts.best = std::min(counts.best, *cell.verdict);
        }
    return counts;
}

std::string grid_verdict(const GridReport& report, const Terminal& terminal) {
    const GridCounts counts = grid_counts(report);
    Page page{terminal};
    page.line(verdict_lead(report.devices, counts.best),
              formatted("{} on {}: {} of {} combinations of quantization and context fit{}", record_of(report.model).name,
                        device_phrase(report.devices), counts.fitting, counts.cells, unstated_ram(report.devices, counts.best)));
    return page.take();
}

}  // namespace fitcalc
