#include <algorithm>
#include <utility>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

std::string bytes_text(Bytes bytes) {
    return grouped(bytes.count());
}

// A sum: each term on a line with its sign, the result below a rule.
class Sum {
public:
    void term(std::string name, Bytes bytes, std::string note = {}) {
        const bool negative = bytes < Bytes{};
        const std::string sign = first_ ? "" : negative ? "−" : "+";
        table_.row({{sign}, {std::move(name)}, {bytes_text(negative ? Bytes{} - bytes : bytes)}, {std::move(note)}});
        first_ = false;
    }
    // What doesn't apply is left out.
    void term_if_any(std::string name, Bytes bytes, std::string note = {}) {
        if (bytes != Bytes{}) term(std::move(name), bytes, std::move(note));
    }
    void result(std::string name, Bytes bytes, std::string note = {}) {
        table_.rule(3);
        table_.row({{"="}, {std::move(name), Style::strong}, {bytes_text(bytes), Style::strong}, {std::move(note)}});
    }
    const Table& table() const { return table_; }

private:
    Table table_{{{""}, {""}, {"", Align::right}, {"", Align::left, 1}}, 2};
    bool first_ = true;
};

class Explanation {
public:
    Explanation(const FitReport& report, const Terminal& terminal, Units units)
        : report_{report},
          e_{report.estimate},
          engine_{report.settings.engine_settings},
          units_{units},
          page_{terminal} {}

    std::string text() {
        add_model_line(page_, report_.model);
        add_settings_line(page_, report_.settings);
        page_.paragraph("Sizes in bytes.", Style::faint);
        weights();
        if (report_.weights_only) {
            file();
            return page_.take();
        }
        placement();
        cache();
        compute();
        if (!on_cpu(report_.settings)) overhead();
        total();
        file();
        if (report_.nominal) nominal(report_.nominal->nominal);
        return page_.take();
    }

private:
    std::string rounded(Bytes bytes) const { return size(bytes, units_); }

    void line(std::string_view text) { page_.led_paragraph({"  "}, text); }

    void begin(std::string_view heading, std::string_view text) {
        page_.blank();
        page_.heading(heading);
        page_.led_paragraph({"  "}, text, Style::faint);
    }

    void weights() {
        begin("Weights", formatted("Every tensor of the file, in the type that {} gives it. A type stores blocks of "
                                     "values; parameters × bytes ÷ values of a block = bytes.",
                                     quant_name(report_.settings)));
        Table table{{{""}, {"parameters", Align::right}, {"type"}, {"block", Align::left, 1}, {"bytes", Align::right}}, 2};
        Params all;
        for (const WeightGroup& group : report_.weight_groups) {
            std::string role(name_of(group.role));
            std::ranges::replace(role, '_', ' ');
            for (const auto& [type, count] : group.types) {
                const GgmlTypeTraits& block = traits(type);
                table.row({{std::exchange(role, {})},
                           {grouped(count.count())},
                           {std::string(block.name)},
                           {block.block_values == 1 ? formatted("× {}", block.block_bytes)
                                                    : formatted("× {} ÷ {}", block.block_bytes, block.block_values)},
                           {bytes_text(bytes_of(type, count.count()))}});
            }
            all += group.parameters;
        }
        table.rule(5);
        table.row({{"sum", Style::strong}, {grouped(all.count())}, {}, {}, {bytes_text(e_.weights), Style::strong}});
        page_.table(table);
        line(formatted("{} × 8 ÷ {} = {} bits a weight", bytes_text(e_.weights), grouped(all.count()),
                         fixed(e_.bits_per_weight, 2)));
    }

    void placement() {
        if (on_cpu(report_.settings)) return loaded();
        begin("Weights on the device",
              "With every layer offloaded, only the input embedding stays in host memory: it "
              "is read a row at a time.");
        Sum sum;
        sum.term("weights", e_.weights);
        sum.term("input embedding, in RAM", Bytes{} - e_.weights_host);
        const Bytes copy = report_.tied_copy;
        sum.term_if_any("its copy as output matrix (tied)", copy);
        // A next-token block is never loaded; without one, what is left is padding.
        const Bytes rest = e_.weights_device - (e_.weights - e_.weights_host) - copy;
        sum.term_if_any(rest > Bytes{} ? "padding of quantized rows" : "next-token block, not loaded", rest);
        sum.result("on the device", e_.weights_device, rounded(e_.weights_device));
        page_.table(sum.table());
    }

    void loaded() {
        begin("Weights in RAM", "The CPU runs everything, from the file's own types.");
        Sum sum;
        sum.term("weights", e_.weights);
        sum.term_if_any("next-token block, not loaded", e_.weights_device - e_.weights);
        sum.result("in RAM", e_.weights_device, rounded(e_.weights_device));
        page_.table(sum.table());
    }

    // "576 × 2" or "1,024 × 34 ÷ 32": bytes of that many values.
    static std::string stored(std::int64_t values, GgmlType type) {
        const GgmlTypeTraits& block = traits(type);
        const std::string text = formatted("{} × {}", grouped(values), block.block_bytes);
        return block.block_values == 1 ? text : formatted("{} ÷ {}", text, block.block_values);
    }

    void cache() {
        const auto k = traits(engine_.type_k).name, v = traits(engine_.type_v).name;
        begin("Cache", formatted("Values that each layer keeps for each token, {}.",
                                   k == v ? formatted("in {}", k) : formatted("K in {}, V in {}", k, v)));
        for (const CacheGroup& group : report_.cache_groups) {
            std::string row = stored(group.key_values, engine_.type_k);
            if (group.value_values > 0) row = formatted("({} + {})", row, stored(group.value_values, engine_.type_v));
            line(formatted("{}: {} = {} values", group.kind, group.values_per_token, grouped(group.cached_values)));
            const char* cell = group.tokens_per_cell > 1 ? "row" : "token";
            line(formatted("{} bytes × {} = {} bytes a {}{}", row, counted(group.layers, "layer"),
                             bytes_text(group.bytes_per_token), cell,
                             whole(group) ? "" : formatted(", for {} {}s", grouped(group.cells.count()), cell)));
        }
        if (report_.cache_groups.size() > 1)
            line(formatted("{} {} bytes a token", windowed() ? "beyond the windows" : "together",
                             bytes_text(report_.cache_bytes_per_token)));
        cells();
        if (e_.recurrent_state > Bytes{})
            line(formatted("and {} of recurrent state, whatever the context", bytes_text(e_.recurrent_state)));
    }

    bool windowed() const {
        return std::ranges::any_of(report_.cache_groups,
                                   [&](const CacheGroup& group) { return group.cells < engine_.stream_context(); });
    }

    // Keeps a cell for every token of the context.
    bool whole(const CacheGroup& group) const {
        return group.tokens_per_cell == 1 && group.cells == engine_.stream_context();
    }

    void cells() {
        const std::int64_t cells = checked_mul(engine_.stream_context().count(), engine_.streams());
        if (cells != engine_.context.count())
            line(formatted("{} of {} tokens, each stream rounded up to 256: {} tokens",
                             counted(engine_.sequences, "sequence"), grouped(engine_.context.count()), grouped(cells)));
        const auto product = [](Bytes per_token, std::int64_t tokens, const char* cell = "token") {
            return formatted("{} × {} {}s", bytes_text(per_token), grouped(tokens), cell);
        };
        Bytes per_token;
        for (const CacheGroup& group : report_.cache_groups)
            if (whole(group) && group.streams == engine_.streams()) per_token += group.bytes_per_token;
        Bytes values = per_token * cells;
        if (values == e_.kv_cache)
            return line(formatted("{} = {} ({})", product(per_token, cells), bytes_text(values), rounded(values)));
        Sum sum;
        if (values > Bytes{}) sum.term(product(per_token, cells), values);
        for (const CacheGroup& group : report_.cache_groups) {
            if (whole(group) && group.streams == engine_.streams()) continue;
            const std::int64_t many = checked_mul(group.cells.count(), group.streams);
            sum.term(product(group.bytes_per_token, many, group.tokens_per_cell > 1 ? "row" : "token"),
                     group.bytes_per_token * many);
            values += group.bytes_per_token * many;
        }
        sum.term_if_any("what the next rows are made from", report_.cache_compressors);
        values += report_.cache_compressors;
        if (values != e_.kv_cache) sum.term("padding", e_.kv_cache - values);
        sum.result("cache", e_.kv_cache, rounded(e_.kv_cache));
        page_.table(sum.table());
    }

    void compute() {
        begin("Compute", formatted("The most scratch that is alive at once while a batch of {} tokens runs with a "
                                     "full cache, found by replaying the engine's own allocator on its graph. --ubatch "
                                     "and --ctx drive it, so does a context without flash attention.",
                                     grouped(engine_.batch_tokens())));
        if (on_cpu(report_.settings)) return line(formatted("{} in RAM ({})", bytes_text(e_.compute), rounded(e_.compute)));
        line(formatted("{} on the device ({})", bytes_text(e_.compute), rounded(e_.compute)));
        line(formatted("{} in RAM ({})", bytes_text(e_.compute_host), rounded(e_.compute_host)));
    }

    static void figure(Sum& sum, std::string name, const MeasuredBytes& bytes, bool own) {
        sum.term(std::move(name), bytes.typical,
                 formatted("{} to {}{}", bytes_text(bytes.low), bytes_text(bytes.high), own ? "" : "; CUDA's figure stands in"));
    }

    void overhead() {
        begin("Overhead", formatted("What {} takes on each device beside the engine's buffers, the one part that can't be computed: "
                                      "a typical figure and its range. fitcalc list engines {} says where they come from.",
                                      backend_name(report_.settings.backend), report_.settings.engine));
        const BackendRecord* backend = report_.backend;
        Sum sum;
        figure(sum, "context", report_.overhead.context, backend && backend->context_bytes);
        figure(sum, "pool", report_.overhead.pool, backend && backend->pool_bytes);
        sum.result("overhead", e_.overhead, rounded(e_.overhead));
        page_.table(sum.table());
    }

    void total() {
        const bool cpu = on_cpu(report_.settings);
        begin("Total", cpu ? "What host memory must have free." : "What one device must have free when everything is on it.");
        Sum sum;
        sum.term("weights", e_.weights_device);
        sum.term("cache", e_.kv_cache);
        sum.term_if_any("recurrent state", e_.recurrent_state);
        sum.term("compute", e_.compute);
        if (!cpu) sum.term("overhead", e_.overhead);
        sum.result("needs", e_.total, formatted("{} ± {}", rounded(e_.total), rounded(e_.error)));
        page_.table(sum.table());
        if (cpu)
            line(formatted("± {} for what compute may differ", bytes_text(e_.error)));
        else
            around_the_device();
        if (report_.full_context.total > e_.total)
            line(formatted("at the full context of {}: cache {}, compute {}, needs {} ({})",
                             tokens(report_.model.context_length), bytes_text(report_.full_context.kv_cache),
                             bytes_text(report_.full_context.compute), bytes_text(report_.full_context.total),
                             rounded(report_.full_context.total)));
    }

    // The band of the total, and what stays in RAM.
    void around_the_device() {
        const Bytes spread = report_.overhead.spread();
        line(formatted("± {} = {} of the overhead's range + {} for what compute may differ", bytes_text(e_.error),
                         bytes_text(spread), bytes_text(e_.error - spread)));
        page_.blank();
        Sum host;
        host.term("input embedding", e_.weights_host);
        host.term("compute", e_.compute_host);
        host.result("in RAM", e_.host, rounded(e_.host));
        page_.table(host.table());
    }

    void file() {
        begin("File", "What is downloaded.");
        Sum sum;
        sum.term("weights", e_.weights);
        sum.term("header", e_.file_size - e_.weights, "tokenizer, tensor list, alignment");
        sum.result("file", e_.file_size, rounded(e_.file_size));
        page_.table(sum.table());
    }

    void nominal(const NominalRow& row) {
        const ModelRecord& record = record_of(report_.model);
        begin("What hardware pages print",
              "Parameters as published × nominal bits ÷ 8, a cache of full attention in "
              "16 bits with heads of hidden ÷ heads, a flat overhead.");
        const std::int64_t published = record.published_parameters.value_or(report_.model.parameters.count());
        Sum sum;
        sum.term("weights", row.at_context.weights, formatted("{} × {} ÷ 8", grouped(published), fixed(row.bits, 2)));
        sum.term("cache", row.at_context.kv_cache, cache_terms(record, row.at_context.kv_cache));
        sum.term("overhead", row.at_context.overhead);
        sum.result("printed", row.at_context.total,
                   formatted("{}; here {}", rounded(row.at_context.total), rounded(e_.total)));
        page_.table(sum.table());
        line(formatted("at full context: cache {}, printed {} ({}); here {}",
                         bytes_text(row.at_full_context.kv_cache), bytes_text(row.at_full_context.total),
                         rounded(row.at_full_context.total), rounded(report_.full_context.total)));
    }

    // The factors of the page's cache; the tokens are what is left of it.
    static std::string cache_terms(const ModelRecord& record, Bytes cache) {
        if (!record.hf_attention) return {};
        const HuggingFaceAttention& hf = *record.hf_attention;
        const std::int64_t a_token = std::int64_t{4} * hf.layers * hf.kv_heads * (hf.hidden / hf.heads);
        return formatted("2 × {} × {} × {} ÷ {} × 2 × {}", hf.layers, hf.kv_heads, grouped(hf.hidden), hf.heads,
                           grouped(a_token == 0 ? 0 : cache.count() / a_token));
    }

    const FitReport& report_;
    const MemoryEstimate& e_;
    const EngineSettings& engine_;
    Units units_;
    Page page_;
};

}  // namespace

std::string explain_text(const FitReport& report, const Terminal& terminal, Units units) {
    return Explanation{report, terminal, units}.text();
}

}  // namespace fitcalc
