#include <algorithm>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t shortest_id = 24;

Table gpus_table(const GpusReport& report, Units units) {
    const auto unit = name_of(units);
    const bool prices = std::ranges::any_of(report.devices, [](const DeviceRow& row) { return launch_price_usd(row).has_value(); });
    std::vector<Column> columns{{""},
                                {"device", Align::left, 0, shortest_id},
                                {"", Align::right},
                                {"usable", Align::decimal, 1},
                                {formatted("needs {}", unit), Align::decimal},
                                {"spare", Align::decimal, 2},
                                {"context", Align::right}};
    const bool fast = std::ranges::any_of(report.devices, [](const DeviceRow& row) { return row.speed.has_value(); });
    if (fast) columns.push_back({"tok/s", Align::right});
    // The last to go where it is what they are sorted by.
    if (prices) columns.push_back({"USD", Align::right, report.order == DeviceOrder::price ? 0 : 3});
    Table table{std::move(columns)};
    for (const DeviceRow& row : report.devices) {
        const VerdictSign sign = sign_of(row.verdict);
        const auto price = launch_price_usd(row);
        std::vector<Cell> cells{{formatted("{} {}", sign.sign, name_of(row.verdict)), sign.style},
                                {row.name},
                                {row.count > 1 ? formatted("× {}", row.count) : ""},
                                {size_number(row.usable, units)},
                                {size_number(row.required, units)},
                                {size_number(row.headroom, units)},
                                {row.max_context ? tokens_short(*row.max_context) : ""}};
        if (fast) cells.push_back(speed_cell(row.speed));
        if (prices) cells.push_back({price ? grouped(*price) : ""});
        table.row(std::move(cells));
    }
    return table;
}

}  // namespace

std::string gpus_text(const GpusReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_model_line(page, report.model);
    add_settings_line(page, report.settings);
    page.blank();
    if (report.devices.empty()) {
        page.paragraph(formatted("None of these devices fits it, not even {}.", report.max_count));
    } else {
        page.heading(formatted("The smallest number of each that fits; {} of one device", name_of(units)));
        page.table(gpus_table(report, units));
    }
    if (!report.too_small.empty()) {
        std::vector<std::string> names;
        for (const DeviceRecord* device : report.too_small) names.emplace_back(device->id);
        page.blank();
        page.paragraph(formatted("{} too small, up to {} of each:", counted(static_cast<std::int64_t>(names.size()), "device"),
                                   report.max_count), Style::faint);
        page.items(names, ", ", {"  "});
    }
    return page.take();
}

std::string gpus_verdict(const GpusReport& report, const Terminal& terminal) {
    Verdict best = Verdict::no;
    for (const DeviceRow& row : report.devices) best = std::min(best, row.verdict);
    Page page{terminal};
    page.line(verdict_lead(best), formatted("{}, {} fits {} of {} devices, up to {} of each", record_of(report.model).name,
                                              quant_name(report.settings), report.devices.size(),
                                              report.devices.size() + report.too_small.size(), report.max_count));
    return page.take();
}

}  // namespace fitcalc
