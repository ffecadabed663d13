#include <nlohmann/json.hpp>

#include "flat.hpp"
#include "document.hpp"
#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "serving.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

// Sequences at once: digits where they matter.
std::string sequences(double value) {
    if (value >= 100) return grouped(static_cast<std::int64_t>(value));
    return fixed(value, value >= 10 ? 1 : 2);
}

std::string parallel_phrase(const ServingDeployment& d) {
    const Parallelism& p = d.settings.parallelism;
    std::string text = formatted("TP {}", p.tensor);
    if (p.pipeline > 1) text += formatted(" × PP {}", p.pipeline);
    if (p.replicas > 1) text += formatted(" × DP {}", p.replicas);
    if (d.nodes > 1) text += formatted(" on {} nodes", d.nodes);
    return text;
}

std::string users_phrase(std::int64_t users) { return counted(users, "user"); }

std::string cache_phrase(CacheType type) {
    return type == CacheType::fp8 ? "fp8 cache" : type == CacheType::half ? "bf16 cache" : "auto cache";
}

void add_settings(Page& page, const ServingReport& report) {
    page.items({report.engine, std::string(report.format->name) + (report.own_format ? " (its own format)" : ""),
                tokens(report.context) + " context", users_phrase(report.users), cache_phrase(report.cache_type)}, ", ");
}

std::string verdict_sentence(const ServingReport& report) {
    const ServingDeployment& d = *report.asked;
    std::string text = formatted("{}, {}, {} context for {} on {}", record_of(report.model).name, report.format->name,
                                   tokens(report.context), users_phrase(report.users), device_phrase(d.record, d.name, d.count));
    if (!d.divisible) return text + ": " + d.reason;
    text += formatted(" ({})", parallel_phrase(d));
    if (d.verdict == Verdict::no) return formatted("{}: {}", text, d.reason);
    return formatted("{}: {} at once ({} to {})", text, sequences(d.concurrency), sequences(d.concurrency_low),
                       sequences(d.concurrency_high));
}

// From the card to the pool.
Table budget_table(const ServingReport& report, Units units) {
    const ServingDeployment& d = *report.asked;
    const ServingPlan& plan = d.plan;
    Table table{{{""}, {"", Align::decimal}, {""}, {"", Align::left, 0, 0, 16}}, 2};
    const auto row = [&](std::string name, Bytes bytes, std::string note, Style style = Style::plain) {
        table.row({{std::move(name), style}, {size_number(bytes, units), style}, {std::string(name_of(units)), style}, {std::move(note)}});
    };
    row(d.count > 1 ? "each GPU" : "the GPU", plan.total, "that the engine sees");
    row("may use", plan.budget, formatted("× {}", fixed(d.settings.utilization, 3)));
    row("weights", plan.weights, d.settings.parallelism.pipeline > 1 ? "of the fullest stage" : "");
    if (plan.activation > Bytes{} && plan.budget - plan.weights > plan.pool) {
        row("activations", plan.activation, formatted("{} tokens, {} at once", tokens(d.settings.batch), counted(d.settings.sequences, "sequence")));
        row("beside torch", plan.non_torch, "communication, handles; measured");
        row("CUDA graphs", plan.graphs, "measured");
    }
    table.rule(2);
    row("cache pool", plan.pool, plan.pool > Bytes{} ? formatted("{} tokens", grouped(plan.pool_tokens.count())) : "nothing left", Style::strong);
    if (plan.cache_of_sequence > Bytes{}) row("a sequence", plan.cache_of_sequence, formatted("of {} tokens", tokens(d.settings.context)));
    return table;
}

void add_reach(Page& page, const ServingReport& report) {
    const ServingDeployment& d = *report.asked;
    std::string text;
    if (d.plan.longest > Tokens{}) {
        const bool whole = d.plan.longest >= report.model.context_length;
        text = whole ? formatted("The model's whole context of {} starts", tokens(d.plan.longest))
                     : formatted("The longest context that starts is {}", tokens(d.plan.longest));
        if (whole && report.context < report.model.context_length) text += formatted(", {} at once", sequences(d.concurrency_full));
        text += ".";
    } else {
        text = "No context is short enough.";
    }
    page.paragraph(text);
}

Table formats_table(const ServingReport& report, Units units) {
    Table table{{{"  format"}, {"bits", Align::right, 1}, {formatted("checkpoint {}", name_of(units)), Align::decimal}, {"", Align::left, 2, 40}}};
    for (const FormatRow& row : report.formats) {
        const Style style = row.asked ? Style::strong : Style::plain;
        table.row({{formatted("{}{}", row.asked ? "› " : "  ", row.format->name), style},
                   {fixed(row.bits_per_weight, 2), style},
                   {size_number(row.file, units), style},
                   {std::string(row.format->description), Style::faint}});
    }
    return table;
}

Table devices_table(const ServingReport& report, Units units) {
    Table table{{{""}, {"device", Align::left, 0, 24}, {"", Align::right}, {"parallel"}, {formatted("needs {}", name_of(units)), Align::decimal},
                 {"of", Align::decimal, 1}, {"at once", Align::right}, {"context", Align::right, 2}}};
    for (const ServingDeployment& d : report.devices) {
        const VerdictSign sign = sign_of(d.verdict);
        table.row({{formatted("{} {}", sign.sign, name_of(d.verdict)), sign.style},
                   {d.name},
                   {d.count > 1 ? formatted("× {}", d.count) : ""},
                   {parallel_phrase(d)},
                   {size_number(d.required, units)},
                   {size_number(d.plan.budget, units)},
                   {sequences(d.concurrency)},
                   {tokens_short(d.plan.longest)}});
    }
    return table;
}

void add_commands(Page& page, const ServingReport& report) {
    if (report.commands.empty()) return;
    page.blank();
    for (const ServingCommand& command : report.commands) {
        if (!command.where.empty()) page.led_paragraph({"  # "}, command.where, Style::faint);
        page.line({"  "}, command.line);
    }
    if (report.commands.back().line.find(" MODEL ") != std::string::npos)
        page.led_paragraph({"  # "}, formatted("MODEL: a repository of the model in {}", report.format->name), Style::faint);
}

void add_devices(Page& page, const ServingReport& report, Units units) {
    if (report.devices.empty()) {
        page.paragraph("None of these devices serves it.");
        return;
    }
    page.heading(formatted("The smallest number of each that serves {}; {} of one GPU", users_phrase(report.users), name_of(units)));
    page.table(devices_table(report, units));
}

void add_too_small(Page& page, const ServingReport& report) {
    if (report.too_small.empty()) return;
    std::vector<std::string> names;
    for (const DeviceRecord* device : report.too_small) names.emplace_back(device->id);
    page.blank();
    page.paragraph(formatted("{} too small:", counted(static_cast<std::int64_t>(names.size()), "device")), Style::faint);
    page.items(names, ", ", {"  "});
}

std::string serving_text(const ServingReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_model_line(page, report.model);
    add_settings(page, report);
    page.blank();
    if (report.asked) {
        page.led_paragraph(verdict_lead(report.asked->verdict), verdict_sentence(report));
        if (report.asked->divisible) {
            page.blank();
            page.table(budget_table(report, units));
            page.blank();
            add_reach(page, report);
            add_commands(page, report);
        }
    } else {
        add_devices(page, report, units);
    }
    if (report.command == "gpus") {
        add_too_small(page, report);
        return page.take();
    }
    page.blank();
    page.table(formats_table(report, units));
    return page.take();
}

}  // namespace

Result<std::string> render_serving(const ServingReport& report, const OutputOptions& options) {
    if (options.format == Format::table && options.fields.empty() && options.value.empty())
        return serving_text(report, Terminal{options}, options.units);
    if ((options.format == Format::html || options.format == Format::svg) && options.value.empty())
        return render_text_page(std::string(record_of(report.model).name), serving_text(report, Terminal::web_page(), options.units), options);
    const Json answer = to_json(report);
    const bool all = report.command == "gpus";
    if (!options.value.empty()) return all ? render_values(answer.at("devices"), options.value) : render_value(answer, options.value);
    if (options.format == Format::json) return dump(answer);
    return render_rows(answer.at(all || report.asked ? "devices" : "quants"), options);
}

std::string render_verdict(const ServingReport& report, const OutputOptions& options) {
    Page page{Terminal{options}};
    if (report.asked)
        page.line(verdict_lead(report.asked->verdict), verdict_sentence(report));
    else
        page.line(verdict_lead(report.verdict()), formatted("{}, {}: {} of {} kinds of device serve {}", record_of(report.model).name,
                                                              report.format->name, report.devices.size(),
                                                              report.devices.size() + report.too_small.size(), users_phrase(report.users)));
    return page.take();
}

}  // namespace fitcalc
