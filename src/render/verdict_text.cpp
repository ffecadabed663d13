// Verdicts in words: what is needed, what is there, how far that goes, and the ways out of a no.

#include <cmath>

#include "format.hpp"
#include "phrases.hpp"
#include "speed_text.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

std::string layers_phrase(const Placement& placement) {
    const std::int64_t below = (placement.layers - placement.gpu_layers).count();
    if (placement.gpu_layers == Layers{}) return "everything";
    if (below > 0) return formatted("{} of {} layers", below, placement.layers.count());
    return formatted("the routed experts of {}", counted(placement.host_expert_layers.count(), "layer"));
}

// What is needed and what is there.
std::string needs_and_has(const FitReport& report, Units units) {
    const Placement& placement = *report.placement;
    const DeviceSet& set = report.asked_set;
    std::string text = formatted("{}, {}, {} context needs ", record_of(report.model).name, quant_name(report.settings),
                                   tokens(report.settings.engine_settings.context));
    if (!placement.devices.empty()) {
        const bool several = placement.devices.size() > 1;
        text += formatted("{}{}", size(placement.fullest().total, units), several ? " on the fullest device" : "");
        if (!placement.all_on_devices())
            text += formatted(", with {} in host memory another {} of RAM", layers_phrase(placement),
                                size(placement.host.total, units));
        text += formatted("; {} {} {}", device_phrase(set), several ? "have" : "has", usable_phrase(set, units));
    } else {
        text += formatted("{} of RAM on the CPU", size(placement.host.total, units));
    }
    if (set.ram && !placement.all_on_devices()) text += formatted("; RAM is {}", size(*set.ram, units));
    return text;
}

std::string largest_context(const FitReport& report) {
    const bool yes = fits(report.verdict);
    if (!report.max_context) return yes ? "" : "; no context is small enough";
    const Tokens most = *report.max_context;
    if (!yes) return formatted("; a context of {} fits: --ctx {}", tokens(most), most.count());
    if (report.settings.engine_settings.context > report.model.context_length) return {};  // further than any that is looked for
    if (most >= report.model.context_length)
        return formatted("; the model's whole context of {} fits", tokens(report.model.context_length));
    return formatted("; largest context {}", tokens(most));
}

// How far that goes.
std::string outcome(const FitReport& report, Units units) {
    const Placement& placement = *report.placement;
    if (!fits(report.verdict)) return formatted("short by {}{}", size(placement.shortfall, units), largest_context(report));
    std::string text;
    if (!placement.devices.empty()) text += size(placement.fullest().free, units) + " to spare";
    if (!placement.all_on_devices() && placement.host.free)
        text += formatted("{}{} of RAM to spare", text.empty() ? "" : ", ", size(*placement.host.free, units));
    return text + unstated_ram(report.asked_set, report.verdict) + largest_context(report);
}

std::string change_phrase(const WayOut& way, const FitReport& report) {
    switch (way.remedy) {
        case Remedy::without_flag: return std::string(way.instead);
        case Remedy::sequences: return counted(*way.sequences, "sequence");
        case Remedy::cache_type: return formatted("cache in {}", traits(*way.cache_type).name);
        case Remedy::context: return formatted("context {}", tokens(*way.context));
        case Remedy::quantization: return std::string(quant_name(*way.quantization));
        case Remedy::host_memory: return layers_phrase(way.placement) + " in RAM";
        case Remedy::larger_device: return device_phrase(way.device, way.device->id, 1);
        case Remedy::more_devices: break;
    }
    const DeviceChoice& last = report.asked_set.groups.back();
    return formatted("{} more {}", way.more, device_phrase(last.record, last.name, 1));
}

// "quality −2.3 points", "+" where a smaller type loses less; "quality ~97.6 %" where nothing is known to compare with.
std::string quality_phrase(const WayOut& way) {
    if (!way.quality_points) return formatted("quality {} %", quality_figure(way.quality));
    return formatted("quality {}{} points", *way.quality_points < 0 ? "+" : "−",
                     fixed(std::abs(*way.quality_points), 1));
}

std::string cost_phrase(const WayOut& way, const FitReport& report, Units units) {
    const EngineSettings& settings = report.settings.engine_settings;
    switch (way.remedy) {
        case Remedy::without_flag: return "the default";
        case Remedy::sequences: return formatted("not {}", settings.sequences);
        case Remedy::cache_type: return formatted("{:.3g} bits a value, not {:.3g}", bits_per_value(*way.cache_type), bits_per_value(settings.type_k));
        case Remedy::context: return formatted("not {}", tokens(settings.context));
        case Remedy::quantization: return quality_phrase(way);
        case Remedy::host_memory: return formatted("and {} of RAM; slower", size(way.placement.host.total, units));
        case Remedy::larger_device: return formatted("with {} usable", size(way.usable, units));
        case Remedy::more_devices: break;
    }
    return formatted("over {} devices with {}", way.placement.devices.size(), size(way.usable, units));
}

// The figure that decides: of the fullest device, of all when there are to be more, or of RAM without any.
Bytes way_total(const WayOut& way) {
    if (way.placement.devices.empty()) return way.placement.host.total;
    return way.remedy == Remedy::more_devices ? way.placement.device_total() : way.placement.fullest().total;
}

Table ways_table(const FitReport& report, Units units) {
    Table table{{{"", Align::left, 0, 0, 14}, {"", Align::decimal}, {""}, {"", Align::left, 1}, {""}}, 2};
    for (const WayOut& way : report.ways_out) {
        table.row({{change_phrase(way, report)},
                   {size_number(way_total(way), units)},
                   {std::string(name_of(units))},
                   {cost_phrase(way, report, units)},
                   {(way.remedy == Remedy::without_flag ? "without " : "") + way.flag, Style::strong}});
    }
    return table;
}

// A sign, the verdict, what is needed and what is there; ways out of a no.
void add_verdict(Page& page, const FitReport& report, Units units) {
    const Cell lead = verdict_lead(report.asked_set, report.verdict);
    const Cell under{std::string(display_width(lead.text), ' ')};
    page.led_paragraph(lead, needs_and_has(report, units));
    if (report.ways_out.empty()) {
        page.led_paragraph(under, outcome(report, units));
        return add_speed(page, report, under);
    }
    page.led_paragraph(under, formatted("short by {}. Ways to make it fit, the cheapest first:",
                                          size(report.placement->shortfall, units)));
    page.table(ways_table(report, units));
}

}  // namespace

std::string_view name_of(Remedy remedy) {
    switch (remedy) {
        case Remedy::without_flag: return "without";
        case Remedy::sequences: return "parallel";
        case Remedy::cache_type: return "kv_type";
        case Remedy::context: return "context";
        case Remedy::quantization: return "quant";
        case Remedy::host_memory: return "ram";
        case Remedy::larger_device: return "machine";
        case Remedy::more_devices: break;
    }
    return "devices";
}

void add_opening(Page& page, const FitReport& report, Units units) {
    if (report.devices_asked) {
        add_verdict(page, report, units);
        page.blank();
    }
    add_model_line(page, report.model);
    add_settings_line(page, report.settings);
    page.blank();
}

void add_verdict_line(Page& page, const FitReport& report, Units units) {
    page.line(verdict_lead(report.asked_set, report.verdict), formatted("{}: {}", needs_and_has(report, units), outcome(report, units)));
}

std::string layers_phrase(const DevicePlacement& device) {
    std::string layers = device.layers() > 0 ? formatted("{}–{}", device.first_layer, device.last_layer) : "none";
    if (device.output) layers += " + output";
    return layers;
}

Table placement_table(const Placement& placement, const DeviceSet& set, Units units) {
    const auto unit = name_of(units);
    // Names are folded before a part of what their row sums up is lost.
    Table table{{{"device", Align::left, 0, 0, 16},
                 {"layers", Align::left, 0, 0, 8},
                 {formatted("weights {}", unit), Align::decimal},
                 {"cache", Align::decimal, 1},
                 {"compute", Align::decimal, 2},
                 {"overhead", Align::decimal, 3},
                 {"total", Align::decimal},
                 {"free", Align::decimal}},
                2};
    const auto number = [units](Bytes bytes) { return Cell{size_number(bytes, units)}; };
    for (std::size_t i = 0; i < placement.devices.size(); ++i) {
        const DevicePlacement& device = placement.devices[i];
        const DeviceChoice& choice = set.group_of(i);
        table.row({{device_phrase(choice.record, choice.name, 1)},
                   {layers_phrase(device)},
                   number(device.weights),
                   number(device.kv_cache + device.recurrent_state),
                   number(device.compute),
                   number(device.overhead),
                   {size_number(device.total, units), Style::strong},
                   number(device.free)});
    }
    const HostPlacement& host = placement.host;
    const std::int64_t below = (placement.layers - placement.gpu_layers).count();
    std::string layers = "input";
    if (below > 0) layers = below == 1 ? "0" : formatted("0–{}", std::min(below, placement.layers.count() - 1) - 1);
    if (placement.host_expert_layers > Layers{}) layers += layers == "input" ? ", experts" : " + experts";
    table.row({{"RAM"},
               {std::move(layers)},
               number(host.weights),
               number(host.kv_cache + host.recurrent_state),
               number(host.compute),
               {""},
               {size_number(host.total, units), Style::strong},
               host.free ? number(*host.free) : Cell{""}});
    return table;
}

}  // namespace fitcalc
