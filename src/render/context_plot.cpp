#include "context_plot.hpp"

#include <algorithm>
#include <cmath>

#include "format.hpp"
#include "phrases.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

// A limit that lies further above every curve than this would press them to the ground, and so would a curve a limit.
constexpr std::int64_t farthest_limit = 2, farthest_curve = 3;

Bytes largest_total(const ContextPlot& plot) {
    Bytes most;
    for (const PlotSeries& each : plot.series)
        for (const CurvePoint& point : each.curve->points) most = std::max(most, point.total);
    return most;
}

Bytes smallest_total(const ContextPlot& plot) {
    Bytes least = plot.series.front().curve->points.front().total;
    for (const PlotSeries& each : plot.series) least = std::min(least, each.curve->points.front().total);
    return least;
}

void add_limit(ContextPlot& plot, const DeviceSet& devices, const ContextCurve& curve, Units units) {
    if (!curve.limit) return;
    PlotLimit limit{formatted("{}, {}", device_phrase(devices), usable_phrase(devices, units)), *curve.limit};
    if (devices.count() > 1) limit.label += formatted(", {} in all", size(limit.bytes, units));
    if (std::ranges::find(plot.limits, limit.label, &PlotLimit::label) == plot.limits.end()) plot.limits.push_back(std::move(limit));
}

void lay_out(ContextPlot& plot) {
    plot.contexts = {plot.series.front().curve->points.front().context, Tokens{}};
    for (const PlotSeries& each : plot.series) {
        plot.contexts.first = std::min(plot.contexts.first, each.curve->points.front().context);
        plot.contexts.last = std::max(plot.contexts.last, each.curve->points.back().context);
    }
    const Bytes most = largest_total(plot);
    Bytes top = most, highest_limit;
    for (const PlotLimit& limit : plot.limits) {
        highest_limit = std::max(highest_limit, limit.bytes);
        if (limit.bytes <= most * farthest_limit) top = std::max(top, limit.bytes);
    }
    // What begins above every limit is shown whole: nothing crosses them.
    if (smallest_total(plot) <= highest_limit && most > highest_limit * farthest_curve) top = highest_limit * farthest_curve;
    plot.memory.top = top + top / 20;  // air above the highest point
}

double as_double(Bytes bytes) { return static_cast<double>(bytes.count()); }

}  // namespace

double ContextAxis::at(Tokens context) const {
    if (last <= first) return 0;
    return std::log2(static_cast<double>(context.count()) / static_cast<double>(first.count())) /
           std::log2(static_cast<double>(last.count()) / static_cast<double>(first.count()));
}

double ContextAxis::context_at(double at) const {
    return static_cast<double>(first.count()) *
           std::pow(static_cast<double>(last.count()) / static_cast<double>(first.count()), at);
}

std::vector<Tick> ContextAxis::ticks(std::size_t most) const {
    std::vector<Tokens> contexts;
    std::int64_t power = 1;
    while (Tokens{power} < first) power *= 2;
    for (; Tokens{power} < last; power *= 2) contexts.push_back(Tokens{power});
    // Every second, third, ... where there are too many.
    const std::size_t step = std::max<std::size_t>(1, (contexts.size() + most - 1) / std::max<std::size_t>(1, most));
    std::vector<Tick> ticks;
    const double near_the_end = 1 - 0.7 / static_cast<double>(most);
    for (std::size_t i = 0; i < contexts.size(); i += step)
        if (at(contexts[i]) < near_the_end) ticks.push_back({at(contexts[i]), tokens_short(contexts[i])});
    ticks.push_back({1, tokens_short(last)});
    return ticks;
}

double MemoryAxis::at(double bytes) const { return bytes / as_double(top); }

std::vector<Tick> MemoryAxis::ticks(std::size_t most, Units units) const {
    const Bytes unit = units == Units::gb ? GB : GiB;
    // Steps of 1, 2 or 5 times a power of ten, from a tenth of the unit on.
    std::int64_t tenths = 1;
    const auto count = [&] { return top.count() / checked_mul(unit.count() / 10, tenths); };
    for (int turn = 0; count() > static_cast<std::int64_t>(most); ++turn) tenths = turn % 3 == 1 ? tenths / 2 * 5 : tenths * 2;
    std::vector<Tick> ticks;
    for (std::int64_t i = 0; i <= count(); ++i) {
        const std::int64_t value = i * tenths;
        ticks.push_back({at(as_double(unit) / 10 * static_cast<double>(value)),
                         tenths % 10 == 0 ? grouped(value / 10) : formatted("{}.{}", value / 10, value % 10)});
    }
    return ticks;
}

std::string ContextPlot::title(Units units) const {
    return formatted("{} needed by tokens of context, with everything {}", name_of(units),
                     cpu ? "in RAM" : limits.empty() ? "on one device" : "on the devices");
}

ContextPlot plot_of(const FitReport& report, Units units) {
    ContextPlot plot;
    plot.asked = report.settings.engine_settings.context;
    plot.cpu = on_cpu(report.settings);
    for (const QuantCurve& each : report.curves) {
        plot.series.push_back({each.quant, &each.curve});
        add_limit(plot, report.asked_set, each.curve, units);
    }
    lay_out(plot);
    return plot;
}

ContextPlot plot_of(const CompareReport& report, Units units) {
    ContextPlot plot;
    plot.asked = report.columns.front().settings.engine_settings.context;
    plot.cpu = on_cpu(report.columns.front().settings);
    const auto differ = [&](const auto& text_of) {
        return std::ranges::any_of(report.columns, [&](const CompareColumn& c) { return text_of(c) != text_of(report.columns.front()); });
    };
    const auto model = [](const CompareColumn& c) { return std::string(record_of(c.model).name); };
    const auto quant = [](const CompareColumn& c) { return std::string(quant_name(c.settings)); };
    const auto device = [](const CompareColumn& c) { return c.devices.names_memory() ? device_phrase(c.devices) : std::string(); };
    const bool models = differ(model), quants = differ(quant), devices = differ(device);
    for (const CompareColumn& column : report.columns) {
        std::string label = models || (!quants && !devices) ? model(column) : "";
        if (quants) (label += label.empty() ? "" : " ") += quant(column);
        if (devices) (label += label.empty() ? "on " : " on ") += device(column);
        plot.series.push_back({std::move(label), &*column.curve});
        add_limit(plot, column.devices, *column.curve, units);
    }
    lay_out(plot);
    return plot;
}

double total_at(const ContextCurve& curve, double context) {
    const auto after = std::ranges::find_if(
        curve.points, [&](const CurvePoint& p) { return static_cast<double>(p.context.count()) >= context; });
    if (after == curve.points.begin()) return as_double(curve.points.front().total);
    if (after == curve.points.end()) return as_double(curve.points.back().total);
    const CurvePoint &left = *(after - 1), &right = *after;
    const double share = (context - static_cast<double>(left.context.count())) / static_cast<double>((right.context - left.context).count());
    return as_double(left.total) + share * as_double(right.total - left.total);
}

Tokens fits_up_to(const ContextCurve& curve) {
    if (!curve.limit) return curve.points.back().context;
    return curve.max_context.value_or(Tokens{});
}

Table plot_legend(const ContextPlot& plot, const std::vector<std::string>& signs, Units units) {
    const auto unit = name_of(units);
    std::vector<Column> columns{{""},
                                {"", Align::left, 0, 12},
                                {formatted("{} at {}", unit, tokens_short(plot.asked)), Align::decimal},
                                {formatted("{} at its whole context", unit), Align::decimal},
                                {"", Align::right, 1}};
    if (!plot.limits.empty()) columns.push_back({"fits up to", Align::right});
    Table table{std::move(columns), 2};
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const ContextCurve& curve = *plot.series[i].curve;
        const auto asked = std::ranges::find(curve.points, plot.asked, &CurvePoint::context);
        std::vector<Cell> cells{{signs[i]},
                                {plot.series[i].label, Style::strong},
                                {asked == curve.points.end() ? "" : size_number(asked->total, units)},
                                {size_number(curve.points.back().total, units)},
                                {tokens_short(curve.points.back().context), Style::faint}};
        if (!plot.limits.empty()) {
            const bool whole = curve.max_context && *curve.max_context >= curve.points.back().context;
            cells.push_back({!curve.max_context ? "✗ none" : whole ? "✓ all" : tokens(*curve.max_context),
                             !curve.max_context ? Style::bad : whole ? Style::good : Style::plain});
        }
        table.row(std::move(cells));
    }
    return table;
}

}  // namespace fitcalc
