#include <algorithm>
#include <functional>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t narrowest_column = 16;
constexpr std::size_t widest_column = 28;
constexpr std::size_t gap = 2;

using Columns = std::span<const CompareColumn>;
using TextOf = std::function<Cell(const CompareColumn&)>;

// One fact of every column.
struct Fact {
    std::string name;
    TextOf cell;
};

bool differ(Columns columns, const TextOf& of) {
    return std::ranges::any_of(columns, [&](const CompareColumn& c) { return of(c).text != of(columns.front()).text; });
}

bool any_text(Columns columns, const TextOf& of) {
    return std::ranges::any_of(columns, [&](const CompareColumn& c) { return !of(c).text.empty(); });
}

Cell model_name(const CompareColumn& column) { return {std::string(record_of(column.model).name), Style::strong}; }
Cell quantization(const CompareColumn& column) { return {std::string(quant_name(column.settings)), Style::strong}; }
Cell device_name(const CompareColumn& column) {
    if (!column.devices.names_memory()) return {};
    return {device_phrase(column.devices), Style::strong};
}

// Of the device that the figures beside it are about.
Bytes usable(const CompareColumn& column) { return required(*column.placement) + headroom(*column.placement); }

Cell verdict_cell(const CompareColumn& column) {
    const VerdictSign sign = sign_of(column.placement->verdict);
    return {formatted("{} {}", sign.sign, name_of(column.placement->verdict)), sign.style};
}

Cell context_cell(const CompareColumn& column) {
    if (!column.max_context) return {"none"};
    return {tokens(*column.max_context)};
}

std::vector<Fact> model_facts() {
    return {
        {"parameters", [](const CompareColumn& c) { return Cell{parameters(c.model.parameters)}; }},
        {"active", [](const CompareColumn& c) {
             return Cell{c.model.active_parameters < c.model.parameters ? parameters(c.model.active_parameters) : ""};
         }},
        {"layers", [](const CompareColumn& c) { return Cell{grouped(c.model.layers)}; }},
        {"attention", [](const CompareColumn& c) { return Cell{c.model.attention}; }},
        {"context", [](const CompareColumn& c) { return Cell{tokens(c.model.context_length)}; }},
        {"license", [](const CompareColumn& c) { return Cell{std::string(record_of(c.model).license)}; }},
        {"released", [](const CompareColumn& c) { return Cell{std::string(record_of(c.model).released)}; }},
    };
}

std::vector<Fact> memory_facts(Columns columns, Units units) {
    const auto unit = name_of(units);
    const auto bytes = [units](Bytes MemoryEstimate::*part) {
        return [units, part](const CompareColumn& c) { return Cell{size_number(c.estimate.*part, units)}; };
    };
    const bool state = std::ranges::any_of(columns, [](const CompareColumn& c) { return c.estimate.recurrent_state > Bytes{}; });
    std::vector<Fact> facts{
        {"bits a weight", [](const CompareColumn& c) { return Cell{fixed(c.estimate.bits_per_weight, 2)}; }},
        {"quality %", [](const CompareColumn& c) {
             return Cell{quality_figure(c.quality)};
         }},
        {formatted("file {}", unit), bytes(&MemoryEstimate::file_size)},
        {formatted("weights {}", unit), bytes(&MemoryEstimate::weights_device)},
        {formatted("cache {}", unit), bytes(&MemoryEstimate::kv_cache)},
    };
    if (state) facts.push_back({formatted("state {}", unit), bytes(&MemoryEstimate::recurrent_state)});
    facts.push_back({formatted("compute {}", unit), bytes(&MemoryEstimate::compute)});
    if (std::ranges::any_of(columns, [](const CompareColumn& c) { return c.estimate.overhead > Bytes{}; }))
        facts.push_back({formatted("overhead {}", unit), bytes(&MemoryEstimate::overhead)});
    facts.push_back({formatted("needs {}", unit), [units](const CompareColumn& c) {
                         return Cell{size_number(c.estimate.total, units), Style::strong};
                     }});
    facts.push_back({"  at full context", [units](const CompareColumn& c) { return Cell{size_number(c.full_context.total, units)}; }});
    facts.push_back({"cache bytes/token", [](const CompareColumn& c) { return Cell{grouped(c.cache_bytes_per_token.count())}; }});
    return facts;
}

std::vector<Fact> device_facts(Columns columns, Units units) {
    if (!columns.front().placement) return {};
    const auto unit = name_of(units);
    return {
        {"verdict", verdict_cell},
        {formatted("usable {}", unit), [units](const CompareColumn& c) { return Cell{size_number(usable(c), units)}; }},
        {formatted("to spare {}", unit), [units](const CompareColumn& c) {
             return Cell{size_number(headroom(*c.placement), units)};
         }},
        {"largest context", context_cell},
        {"tokens/s", [](const CompareColumn& c) { return speed_cell(c.speed); }},
        {"prompt tokens/s", [](const CompareColumn& c) { return speed_cell(c.speed ? c.speed->prefill : std::nullopt); }},
    };
}

const Score* score_of(const CompareColumn& column, std::string_view benchmark) {
    for (const Score& score : record_of(column.model).scores)
        if (score.benchmark == benchmark && score.value) return &score;
    return nullptr;
}

// The benchmarks that at least two of the models have a sourced score of.
std::vector<std::string_view> shared_benchmarks(Columns columns) {
    std::vector<std::string_view> shared;
    for (const CompareColumn& column : columns)
        for (const Score& score : record_of(column.model).scores) {
            const auto known = std::ranges::count_if(columns, [&](const CompareColumn& c) { return score_of(c, score.benchmark) != nullptr; });
            if (known >= 2 && std::ranges::find(shared, score.benchmark) == shared.end()) shared.push_back(score.benchmark);
        }
    return shared;
}

std::vector<Fact> score_facts(Columns columns) {
    if (!differ(columns, model_name)) return {};
    std::vector<Fact> facts;
    for (const std::string_view benchmark : shared_benchmarks(columns)) {
        const bool percent = std::ranges::all_of(columns, [&](const CompareColumn& c) {
            const Score* score = score_of(c, benchmark);
            return !score || score->unit == "percent";
        });
        facts.push_back({formatted("{}{}", benchmark, percent ? " %" : ""), [=](const CompareColumn& c) {
                             const Score* score = score_of(c, benchmark);
                             return Cell{score ? fixed(*score->value, percent ? 1 : 0) : ""};
                         }});
    }
    return facts;
}

// What tells the columns apart, then groups of facts.
std::vector<Fact> heading_facts(Columns columns) {
    std::vector<Fact> facts;
    if (differ(columns, model_name)) facts.push_back({"", model_name});
    if (differ(columns, quantization)) facts.push_back({"", quantization});
    if (differ(columns, device_name)) facts.push_back({"", device_name});
    if (facts.empty()) facts.push_back({"", model_name});
    return facts;
}

std::vector<std::vector<Fact>> groups_of(Columns columns, Units units) {
    std::vector<std::vector<Fact>> groups;
    if (differ(columns, model_name)) groups.push_back(model_facts());
    groups.push_back(memory_facts(columns, units));
    groups.push_back(device_facts(columns, units));
    groups.push_back(score_facts(columns));
    for (auto& group : groups)
        std::erase_if(group, [&](const Fact& fact) { return !any_text(columns, fact.cell); });
    std::erase_if(groups, [](const auto& group) { return group.empty(); });
    return groups;
}

// A fact on as many lines as its longest text takes in columns of that width. Short names stand on the last of the
// lines, short facts on the first.
void add_fact(Table& table, const Fact& fact, Columns columns, std::size_t width, bool heading) {
    std::vector<std::vector<std::string>> texts;
    std::vector<Style> styles;
    std::size_t height = 1;
    for (const CompareColumn& column : columns) {
        const Cell cell = fact.cell(column);
        texts.push_back(folded(cell.text, width));
        styles.push_back(cell.style);
        height = std::max(height, texts.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
        std::vector<Cell> cells{{line == 0 ? fact.name : "", Style::faint}};
        for (std::size_t c = 0; c < texts.size(); ++c) {
            const std::size_t above = heading ? height - texts[c].size() : 0;
            const bool there = line >= above && line - above < texts[c].size();
            cells.push_back({there ? texts[c][line - above] : "", styles[c]});
        }
        table.row(std::move(cells));
    }
}

Table side_by_side(Columns all, Columns columns, std::size_t width, Units units) {
    std::vector<Column> layout{{""}};
    for (std::size_t i = 0; i < columns.size(); ++i) layout.push_back({"", Align::right});
    Table table{std::move(layout)};
    for (const Fact& fact : heading_facts(all)) add_fact(table, fact, columns, width, true);
    for (const auto& group : groups_of(all, units)) {
        table.rule(columns.size() + 1);
        for (const Fact& fact : group) add_fact(table, fact, columns, width, false);
    }
    return table;
}

std::size_t name_width(Columns columns, Units units) {
    std::size_t width = 0;
    for (const auto& group : groups_of(columns, units))
        for (const Fact& fact : group) width = std::max(width, display_width(fact.name));
    return width;
}

// What all columns have in common.
std::string common_facts(Columns columns) {
    const SettingsSummary& settings = columns.front().settings;
    std::vector<std::string> stated;
    if (!differ(columns, quantization)) stated.emplace_back(quant_name(settings));
    stated.push_back(tokens(settings.engine_settings.context) + " context");
    std::vector<std::string> items = settings_items(settings, std::move(stated));
    if (!differ(columns, model_name)) items.insert(items.begin(), std::string(record_of(columns.front().model).name));
    if (!differ(columns, device_name) && columns.front().devices) items.push_back("on " + device_name(columns.front()).text);
    return joined(items, ", ");
}

std::string together_sentence(const CompareReport& report, Units units) {
    const Together& together = *report.together;
    std::vector<std::string> names;
    for (const CompareColumn& column : report.columns)
        names.push_back(formatted("{} {}", record_of(column.model).name, quant_name(column.settings)));
    Bytes total;
    for (const Bytes each : together.total) total += each;
    if (together.total.empty())
        return formatted("{} at once need {} of RAM on the CPU; there is {}", enumerated(names),
                           size(together.host_total, units), usable_phrase(report.columns.front().devices, units));
    const bool several = together.total.size() > 1;
    return formatted("{} at once need {}{}; {} {} {}", enumerated(names), size(total, units),
                       several ? " over all devices" : "", device_name(report.columns.front()).text, several ? "have" : "has",
                       usable_phrase(report.columns.front().devices, units));
}

std::string together_outcome(const CompareReport& report, Units units) {
    const Together& together = *report.together;
    if (!fits(together.verdict)) return formatted("short by {}", size(together.shortfall, units));
    if (together.free.empty()) return formatted("{} of RAM to spare", size(together.host_free.value_or(Bytes{}), units));
    return formatted("{} to spare{}{}", size(*std::ranges::min_element(together.free), units),
                       together.free.size() > 1 ? " on the fullest device" : "",
                       unstated_ram(report.columns.front().devices, together.verdict));
}

// What the columns' verdicts leave open.
void add_open_question(Page& page, const CompareReport& report) {
    const bool open = std::ranges::any_of(report.columns, [](const CompareColumn& column) {
        return column.placement && !unstated_ram(column.devices, column.placement->verdict).empty();
    });
    if (report.together || !open) return;
    page.blank();
    page.line({}, formatted("{}: {}", name_of(Verdict::offload), ram_unstated));
}

// Where each of them lies, when there is a choice.
void add_residents(Page& page, const CompareReport& report) {
    if (report.together->total.size() < 2) return;
    for (const Resident& resident : report.together->residents) {
        const CompareColumn& column = report.columns[resident.column];
        std::string where;
        for (const std::size_t device : resident.devices) where += formatted("{}{}", where.empty() ? "" : ", ", device);
        page.led_paragraph({"          "}, formatted("{} {} on device{} {}", record_of(column.model).name, quant_name(column.settings),
                                                       resident.devices.size() > 1 ? "s" : "", where));
    }
}

}  // namespace

void add_common_facts(Page& page, const CompareReport& report) { page.paragraph(common_facts(Columns{report.columns})); }

std::string compare_text(const CompareReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    const Columns columns{report.columns};
    if (report.together) {
        const Cell lead = verdict_lead(report.together->verdict);
        page.led_paragraph(lead, together_sentence(report, units));
        page.led_paragraph({std::string(display_width(lead.text), ' ')}, together_outcome(report, units));
        add_residents(page, report);
        page.blank();
    }
    add_common_facts(page, report);
    const std::size_t room = terminal.width - std::min(terminal.width, name_width(columns, units));
    const std::size_t fitting = std::max<std::size_t>(1, room / (narrowest_column + gap));
    // As many in each block as there is room for, and no block with a single one left over.
    const std::size_t blocks = (columns.size() + fitting - 1) / fitting;
    const std::size_t in_block = (columns.size() + blocks - 1) / blocks;
    const std::size_t width = std::min(room / in_block - gap, widest_column);
    for (std::size_t from = 0; from < columns.size(); from += in_block) {
        page.blank();
        page.table(side_by_side(columns, columns.subspan(from, std::min(in_block, columns.size() - from)), width, units));
    }
    add_open_question(page, report);
    return page.take();
}

std::string compare_markdown(const CompareReport& report, Units units) {
    Page page{Terminal::document()};
    const Columns columns{report.columns};
    if (report.together) {
        page.line(verdict_lead(report.together->verdict),
                  formatted("{}: {}", together_sentence(report, units), together_outcome(report, units)));
        page.blank();
    }
    page.line({}, common_facts(columns));
    page.blank();
    std::vector<Column> layout{{""}};
    for (const CompareColumn& column : columns) {
        std::string title;
        for (const Fact& fact : heading_facts(columns)) (title += title.empty() ? "" : " ") += fact.cell(column).text;
        layout.push_back({std::move(title), Align::right});
    }
    Table table{std::move(layout)};
    for (const auto& group : groups_of(columns, units))
        for (const Fact& fact : group) {
            std::vector<Cell> cells{{fact.name}};
            for (const CompareColumn& column : columns) cells.push_back(fact.cell(column));
            table.row(std::move(cells));
        }
    page.markdown(table);
    add_open_question(page, report);
    return page.take();
}

std::string compare_verdict(const CompareReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    if (report.together) {
        page.line(verdict_lead(report.together->verdict),
                  formatted("{}: {}", together_sentence(report, units), together_outcome(report, units)));
        return page.take();
    }
    for (const CompareColumn& column : report.columns) {
        page.line(verdict_lead(column.devices, column.placement->verdict),
                  formatted("{}, {} on {} needs {}; {}{}", record_of(column.model).name, quant_name(column.settings),
                            device_name(column).text, size(required(*column.placement), units),
                            usable_phrase(column.devices, units), unstated_ram(column.devices, column.placement->verdict)));
    }
    return page.take();
}

}  // namespace fitcalc
