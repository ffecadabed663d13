#include "charts.hpp"

#include <algorithm>

#include "format.hpp"
#include "markup.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t most_devices_drawn = 12;

template <class Parts>
std::vector<Segment> parts_of(const Parts& p, Bytes weights, Bytes overhead) {
    return {{"weights", "weights", weights},
            {"cache", "cache", p.kv_cache},
            {"state", "state", p.recurrent_state},
            {"compute", "compute", p.compute},
            {"overhead", "overhead", overhead}};
}

std::string listed(const std::vector<Segment>& segments, Units units) {
    std::string text;
    for (const Segment& segment : segments)
        if (segment.bytes > Bytes{}) text += formatted("{}{} {}", text.empty() ? "" : ", ", segment.name, size(segment.bytes, units));
    return text;
}

double share(Bytes part, Bytes whole) { return static_cast<double>(part.count()) / static_cast<double>(whole.count()); }

// A row of bars: a label above, figures at the right end of the same line, the bar below.
double draw_labelled_bar(Pen& pen, double y, double width, const std::string& label, const std::string& figure, std::string_view style,
                         const std::vector<Segment>& segments, Bytes whole) {
    const bool together = text_width(label) + text_width(figure) + 12 < width;
    pen.text(0, y + 13, label, "strong");
    if (!together) y += 18;
    pen.text(together ? width : 0, y + 13, figure, style, together ? Anchor::end : Anchor::start);
    draw_bar(pen, 0, y + 20, width, segments, whole);
    return y + 20 + bar_height + 14;
}

// As --n-cpu-moe counts: the first so many layers, whether they have experts or not.
std::string host_layers(const Placement& placement) {
    const std::int64_t below = std::min((placement.layers - placement.gpu_layers).count(), placement.layers.count() - 1);
    const std::int64_t experts = placement.cpu_moe_layers.count();
    std::string text = below > 0 ? formatted("layers 0–{}", below - 1) : "";
    if (placement.host_expert_layers == Layers{}) return text;
    if (!text.empty()) text += ", and ";
    text += formatted("routed experts of layers {}–{}", below, experts - 1);
    if (placement.host_expert_layers.count() < experts - below)
        text += formatted(" ({} of them have any)", placement.host_expert_layers.count());
    return text;
}

// Every layer as a cell in the colour of where it lies; the lower half is where its experts are.
double draw_layers(Pen& pen, double y, double width, const Placement& placement, const DeviceSet& set) {
    constexpr double height = 22;
    const auto layers = static_cast<double>(placement.layers.count());
    const std::int64_t in_host = (placement.layers - placement.gpu_layers).count();
    const double cell = width / layers, gap = cell > 5 ? 1 : 0;
    const auto color = [](std::size_t device) { return formatted("d{}", device % 6); };
    for (std::int64_t layer = 0; layer < std::min(in_host, placement.layers.count() - 1); ++layer)
        pen.rect(static_cast<double>(layer) * cell, y, cell - gap, height, "host");
    if (placement.gpu_layers == Layers{}) pen.rect((layers - 1) * cell, y, cell - gap, height, "host");
    for (std::size_t d = 0; d < placement.devices.size(); ++d) {
        const DevicePlacement& device = placement.devices[d];
        for (std::int64_t layer = device.first_layer; layer <= device.last_layer; ++layer)
            pen.rect(static_cast<double>(layer) * cell, y, cell - gap, height, color(d));
        if (device.output) pen.rect((layers - 1) * cell, y, cell - gap, height, color(d));
    }
    for (std::int64_t layer = in_host; layer < placement.cpu_moe_layers.count(); ++layer)
        pen.rect(static_cast<double>(layer) * cell, y + height / 2, cell - gap, height / 2, "host");
    std::vector<LegendEntry> legend;
    for (std::size_t d = 0; d < placement.devices.size(); ++d) {
        const DeviceChoice& choice = set.group_of(d);
        legend.push_back({color(d), formatted("{} {}", device_phrase(choice.record, choice.name, 1), layers_phrase(placement.devices[d]))});
    }
    if (in_host > 0 || placement.host_expert_layers > Layers{}) legend.push_back({"host", "RAM: " + host_layers(placement)});
    return draw_legend(pen, y + height + 8, width, legend) + 4;
}

std::string curve_path(const ContextCurve& curve, double from, double to, const auto& point_of) {
    std::string d;
    const auto add = [&](double context) {
        const auto [x, y] = point_of(context);
        d += formatted("{}{},{}", d.empty() ? "M" : "L", number(x), number(y));
    };
    if (to <= from) return d;
    add(from);
    for (const CurvePoint& point : curve.points)
        if (const auto context = static_cast<double>(point.context.count()); context > from && context < to) add(context);
    add(to);
    return d;
}

std::string series_facts(const PlotSeries& series, const ContextPlot& plot, Units units) {
    const ContextCurve& curve = *series.curve;
    const auto asked = std::ranges::find(curve.points, plot.asked, &CurvePoint::context);
    const CurvePoint& whole = curve.points.back();
    std::string text;
    if (asked != curve.points.end() && asked->context != whole.context)
        text = formatted("{} at {}, ", size(asked->total, units), tokens_short(plot.asked));
    text += formatted("{} at {}", size(whole.total, units), tokens_short(whole.context));
    if (!curve.limit) return text;
    if (!curve.max_context) return text + "; ✗ fits at no context";
    return text + (*curve.max_context >= whole.context ? "; ✓ fits all of it" : formatted("; ✓ fits up to {}", tokens(*curve.max_context)));
}

}  // namespace

Drawing breakdown_chart(const FitReport& report, Units units, double width) {
    const MemoryEstimate& e = report.estimate;
    const auto segments = parts_of(e, e.weights_device, e.overhead);
    const bool beside = report.asked_set.count() == 1 || (report.asked_set.groups.empty() && report.asked_set.ram);
    const Bytes there = !beside ? Bytes{} : report.asked_set ? report.asked_set.groups.front().usable : *report.asked_set.ram;
    const Bytes whole = std::max(e.total, there);
    Pen pen;
    draw_bar(pen, 0, 4, width, segments, whole);
    double y = bar_height + 18;
    if (beside) {
        const double x = std::min(share(there, whole) * width, width - 1);
        pen.line(x, 0, x, bar_height + 8, "limit");
        const bool left = x > width / 2;
        pen.text(left ? width : x + 6, y + 6, usable_phrase(report.asked_set, units), "limit", left ? Anchor::end : Anchor::start);
        y += 18;
    }
    y = draw_legend(pen, y, width, segments, &units);
    return {formatted("What it needs: {} with everything on {}", size(e.total, units), on_cpu(report.settings) ? "the CPU" : "one device"),
            listed(segments, units) + (beside ? "; " + usable_phrase(report.asked_set, units) : "") + ".", width, y, pen.take()};
}

Drawing placement_chart(const Placement& placement, const DeviceSet& set, Units units, double width) {
    Pen pen;
    std::string description;
    double y = 0;
    std::vector<Segment> seen = parts_of(placement.host, placement.host.weights, Bytes{});
    Bytes largest;  // device: the scale of what has no limit
    for (const DevicePlacement& device : placement.devices) largest = std::max(largest, device.total + device.free);
    const auto row = [&](const std::string& name, const std::vector<Segment>& segments, Bytes total, std::optional<Bytes> free) {
        const Bytes usable = free ? total + *free : Bytes{};
        const std::string figure = free ? formatted("{} of {}", size(total, units), size(usable, units)) : size(total, units);
        y = draw_labelled_bar(pen, y, width, name, figure, free && *free < Bytes{} ? "bad" : "", segments, std::max(total, free ? usable : largest));
        description += formatted("{}{}: {} ({})", description.empty() ? "" : "; ", name, figure, listed(segments, units));
        for (std::size_t i = 0; i < segments.size(); ++i) seen[i].bytes = std::max(seen[i].bytes, segments[i].bytes);
    };
    for (std::size_t i = 0; i < placement.devices.size(); ++i) {
        const DevicePlacement& device = placement.devices[i];
        const DeviceChoice& choice = set.group_of(i);
        row(device_phrase(choice.record, choice.name, 1), parts_of(device, device.weights, device.overhead), device.total, device.free);
    }
    const HostPlacement& host = placement.host;
    row("RAM", parts_of(host, host.weights, Bytes{}), host.total, host.free);
    y = draw_legend(pen, y, width, seen, nullptr) + 10;
    pen.text(0, y + 13, formatted("Layers 0 to {} and the output stage", placement.layers.count() - 2), "strong");
    y = draw_layers(pen, y + 20, width, placement, set);
    return {"Where it goes", description + ".", width, y, pen.take()};
}

Drawing context_chart(const ContextPlot& plot, Units units, double width) {
    const double left = 46, right = width - 14, top = 12, bottom = width > 500 ? 290 : 230;
    const auto x_of = [&](double at) { return left + at * (right - left); };
    const auto y_of = [&](double bytes) { return bottom - plot.memory.at(bytes) * (bottom - top); };
    Pen pen;
    for (const Tick& tick : plot.memory.ticks(6, units)) {
        const double y = bottom - tick.at * (bottom - top);
        pen.line(left, y, right, y, "grid");
        pen.text(left - 6, y + 4, tick.label, "faint", Anchor::end);
    }
    for (const Tick& tick : plot.contexts.ticks(static_cast<std::size_t>((right - left) / 62))) {
        pen.line(x_of(tick.at), bottom, x_of(tick.at), bottom + 5, "grid");
        pen.text(x_of(tick.at), bottom + 20, tick.label, "faint", tick.at > 0.95 ? Anchor::end : Anchor::middle);
    }
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const ContextCurve& curve = *plot.series[i].curve;
        const std::string color = formatted("s{}", i % 6);
        const auto point_of = [&](double context) {
            return std::pair{x_of(plot.contexts.at(Tokens{static_cast<std::int64_t>(context)})), y_of(total_at(curve, context))};
        };
        const auto first = static_cast<double>(curve.points.front().context.count());
        double last = static_cast<double>(curve.points.back().context.count());
        // Where the curve leaves the picture.
        for (double above = first; total_at(curve, last) > static_cast<double>(plot.memory.top.count()) && last - above > 256;) {
            const double middle = (above + last) / 2;
            (total_at(curve, middle) > static_cast<double>(plot.memory.top.count()) ? last : above) = middle;
            if (total_at(curve, last) <= static_cast<double>(plot.memory.top.count()) * 1.001) break;
        }
        const double most = std::clamp(static_cast<double>(fits_up_to(curve).count()), first, last);
        pen.path(curve_path(curve, first, most, point_of), "curve " + color);
        pen.path(curve_path(curve, most, last, point_of), "curve beyond " + color);
        for (const CurvePoint& point : curve.points) {
            const auto context = static_cast<double>(point.context.count());
            const bool power = (point.context.count() & (point.context.count() - 1)) == 0;
            if (context > last || (!power && point.context != curve.points.back().context)) continue;
            const auto [x, y] = point_of(context);
            pen.marker(i, x, y, formatted("{} {}", point.fits ? "full" : "hollow", color));
        }
        if (curve.max_context && most < last && curve.max_context->count() >= curve.points.front().context.count()) {
            const auto [x, y] = point_of(most);
            pen.line(x, y, x, bottom, "cross");
            if (plot.series.size() <= 2) pen.text(x + (i == 0 ? -5 : 5), bottom - 6 - 16 * static_cast<double>(i), tokens(*curve.max_context), "strong halo", i == 0 ? Anchor::end : Anchor::start);
        }
    }
    for (const PlotLimit& limit : plot.limits) {
        if (limit.bytes > plot.memory.top) continue;
        const double y = y_of(static_cast<double>(limit.bytes.count()));
        pen.line(left, y, right, y, "limit");
        pen.text(left + 6, y - 6, limit.label, "limit");
    }
    double y = bottom + 46;
    std::string description;
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const std::string facts = series_facts(plot.series[i], plot, units);
        pen.marker(i, 8, y - 5, formatted("full s{}", i % 6));
        pen.text(22, y, plot.series[i].label, "strong");
        y = draw_lines(pen, 22, y + 17, width - 22, facts, "faint") + 8;
        description += formatted("{}{}: {}", description.empty() ? "" : ". ", plot.series[i].label, facts);
    }
    if (!plot.limits.empty()) {
        y = draw_lines(pen, 0, y - 2, width, "Solid line and full marks: fits. Dotted and hollow: does not.", "faint");
    }
    return {plot.title(units), description + ".", width, y, pen.take()};
}

Drawing compare_chart(const CompareReport& report, std::span<const PlotSeries> series, Units units, double width) {
    Bytes whole;
    const auto there = [](const CompareColumn& c) { return c.placement ? required(*c.placement) + headroom(*c.placement) : Bytes{}; };
    for (const CompareColumn& column : report.columns) whole = std::max({whole, column.estimate.total});
    Pen pen;
    double y = 0;
    std::string description;
    std::vector<Segment> seen = parts_of(MemoryEstimate{}, Bytes{}, Bytes{});
    for (std::size_t i = 0; i < report.columns.size(); ++i) {
        const CompareColumn& column = report.columns[i];
        const auto segments = parts_of(column.estimate, column.estimate.weights_device, column.estimate.overhead);
        std::string figure = size(column.estimate.total, units);
        std::string_view style = "strong";
        if (column.placement) {
            const VerdictSign sign = sign_of(column.placement->verdict);
            figure += formatted(" · {} {}", sign.sign, name_of(column.placement->verdict));
            style = class_of(sign.style);
        }
        const double bar_top = y + 20 + (text_width(series[i].label) + text_width(figure) + 12 < width ? 0 : 18);
        y = draw_labelled_bar(pen, y, width, series[i].label, figure, style, segments, whole);
        // One device's memory, where it lies within the picture.
        if (column.devices.count() == 1 && there(column) < whole) {
            const double x = share(there(column), whole) * width;
            pen.line(x, bar_top - 3, x, bar_top + bar_height + 3, "limit");
        }
        for (std::size_t s = 0; s < segments.size(); ++s) seen[s].bytes = std::max(seen[s].bytes, segments[s].bytes);
        description += formatted("{}{}: {} ({})", description.empty() ? "" : "; ", series[i].label, figure, listed(segments, units));
    }
    y = draw_legend(pen, y, width, seen, nullptr);
    const Tokens context = report.columns.front().settings.engine_settings.context;
    return {formatted("{} needed at {} context, with everything on one device", name_of(units), tokens(context)), description + ".", width, y,
            pen.take()};
}

Drawing gpus_chart(const GpusReport& report, Units units, double width) {
    Pen pen;
    double y = 0;
    std::string description;
    const std::size_t drawn = std::min(report.devices.size(), most_devices_drawn);
    for (std::size_t i = 0; i < drawn; ++i) {
        const DeviceRow& row = report.devices[i];
        const VerdictSign sign = sign_of(row.verdict);
        const std::string label = formatted("{} {} · {}", sign.sign, name_of(row.verdict), device_phrase(row));
        const std::string figure = formatted("{} of {}{}", size(row.required, units), size(row.usable, units), row.count > 1 ? " each" : "");
        y = draw_labelled_bar(pen, y, width, label, figure, class_of(sign.style), {{"needed", "weights", row.required}}, row.usable);
        description += formatted("{}{}: {}", description.empty() ? "" : "; ", label, figure);
    }
    if (report.devices.size() > drawn)
        pen.text(0, y + 13, formatted("and {} more", counted(static_cast<std::int64_t>(report.devices.size() - drawn), "device")), "faint");
    return {"The smallest number of each device that fits: memory needed of what is usable", description + ".", width, y + 20, pen.take()};
}

}  // namespace fitcalc
