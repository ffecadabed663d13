#include "flat.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "catalog/names.hpp"
#include "markup.hpp"
#include "phrases.hpp"
#include "table.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t near_names = 3;

std::string bare(const Json& value, std::string_view null) {
    if (value.is_null()) return std::string(null);
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string cell_text(const Json& value) {
    if (!value.is_array()) return bare(value, "");
    std::string joined;
    for (const auto& element : value) {
        if (&element != &value.front()) joined += ';';
        joined += bare(element, "");
    }
    return joined;
}

const Json* child(const Json& value, std::string_view key) {
    if (value.is_object()) {
        const auto found = value.find(std::string(key));
        return found == value.end() ? nullptr : &*found;
    }
    const bool index = !key.empty() && key.size() < 6 && key.find_first_not_of("0123456789") == std::string_view::npos;
    if (!value.is_array() || !index) return nullptr;
    const auto at = static_cast<std::size_t>(std::stoul(std::string(key)));
    return at < value.size() ? &value[at] : nullptr;
}

// A path of keys with dots between them. Keys may hold dots themselves (dimensions.attention.head_count).
const Json* at_path(const Json& value, std::string_view path) {
    if (const Json* whole = child(value, path)) return whole;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        const Json* inner = child(value, path.substr(0, dot));
        if (const Json* found = inner ? at_path(*inner, path.substr(dot + 1)) : nullptr) return found;
    }
    return nullptr;
}

void add_names(std::vector<std::string>& names, const Json& object) {
    for (const auto& item : object.items()) names.push_back(item.key());
}

tl::unexpected<Error> no_field(std::string_view name, std::string hint) {
    return fail(ErrorKind::usage, "no field '" + std::string(name) + "'", std::move(hint));
}

// Every field that a row has; rows of one answer have the same.
std::vector<std::string> columns_of(const Json& rows) {
    std::vector<std::string> columns;
    if (!rows.empty()) add_names(columns, rows.front());
    return columns;
}

Result<std::vector<std::string>> chosen_columns(const Json& rows, const std::vector<std::string>& fields) {
    const auto all = columns_of(rows);
    if (fields.empty() || rows.empty()) return fields.empty() ? all : fields;
    for (const auto& field : fields) {
        const bool known = std::ranges::any_of(rows, [&](const Json& row) { return at_path(row, field) != nullptr; });
        if (!known) return no_field(field, "fields: " + joined(all, ", "));
    }
    return fields;
}

std::string csv_cell(std::string text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '"');
    return '"' + text + '"';
}

// A tab or a line break within a cell would end it.
std::string tsv_cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\t': out += "\\t"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\\': out += "\\\\"; break;
            default: out += c;
        }
    }
    return out;
}

// The chosen cells of all rows, as text.
struct Grid {
    std::vector<std::string> columns;
    std::vector<bool> numeric;
    std::vector<std::vector<std::string>> rows;
};

Grid grid_of(const Json& rows, std::vector<std::string> columns) {
    Grid grid{std::move(columns), {}, {}};
    grid.numeric.assign(grid.columns.size(), true);
    for (const Json& row : rows) {
        std::vector<std::string> cells;
        for (std::size_t c = 0; c < grid.columns.size(); ++c) {
            const Json* value = at_path(row, grid.columns[c]);
            cells.push_back(value ? cell_text(*value) : "");
            if (value && !value->is_null() && !value->is_number()) grid.numeric[c] = false;
        }
        grid.rows.push_back(std::move(cells));
    }
    return grid;
}

template <class CellText>
void add_line(std::string& out, const std::vector<std::string>& cells, std::string_view separator, CellText cell_of) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (c > 0) out += separator;
        out += cell_of(cells[c]);
    }
    out += '\n';
}

template <class CellText>
std::string separated(const Grid& grid, std::string_view separator, bool header, CellText cell_of) {
    std::string out;
    if (header) add_line(out, grid.columns, separator, cell_of);
    for (const auto& row : grid.rows) add_line(out, row, separator, cell_of);
    return out;
}

std::string markdown(const Grid& grid) {
    std::string out;
    const auto line = [&](const std::vector<std::string>& cells) {
        out += "| ";
        add_line(out, cells, " | ", markdown_cell);
        out.back() = ' ';
        out += "|\n";
    };
    line(grid.columns);
    for (const bool numeric : grid.numeric) out += numeric ? "|---:" : "|---";
    out += "|\n";
    for (const auto& row : grid.rows) line(row);
    return out;
}

std::string aligned(const Grid& grid, const OutputOptions& options) {
    std::vector<Column> columns;
    for (std::size_t c = 0; c < grid.columns.size(); ++c)
        columns.push_back({options.header ? grid.columns[c] : "", grid.numeric[c] ? Align::right : Align::left});
    Table table{std::move(columns)};
    for (const auto& row : grid.rows) {
        std::vector<Cell> cells;
        cells.reserve(row.size());
        for (const auto& text : row) cells.push_back({text});
        table.row(std::move(cells));
    }
    return table.text(Terminal{options});
}

const Json* find_value(const Json& answer, std::string_view name) {
    for (const char* part : {"/estimate", "", "/settings", "/model"}) {
        const Json::json_pointer where{part};
        if (!answer.contains(where)) continue;
        if (const Json* found = at_path(answer[where], name)) return found;
    }
    return nullptr;
}

Json with_model(const Json& rows, const std::string& name) {
    Json named = Json::array();
    for (const Json& row : rows) {
        Json& whole = named.emplace_back(Json{{"model", name}});
        whole.update(row);
    }
    return named;
}

// Answers about one model on devices have one; the others know nothing by the short names below.
bool has_verdict(const Json& answer) { return answer.contains("verdict"); }

// What people ask for by a shorter name than its path.
std::string path_of(const Json& answer, std::string_view name) {
    if (!has_verdict(answer)) return std::string(name);
    if (name == "recommended_quant") return "recommendation.quant";
    if (name == "max_context") return answer.contains("placement") ? "placement.max_context" : "devices.0.max_context";
    static constexpr std::array<std::string_view, 7> of_the_set{
        "decode_tokens_per_second", "decode_limit", "prefill_tokens_per_second", "speed.first_token_seconds",
        "speed.thinking_seconds", "speed.answer_seconds", "cost.rent.usd_per_million_tokens"};
    const auto path = std::ranges::find_if(of_the_set, [&](std::string_view each) {
        return each == name || (each.ends_with(name) && each[each.size() - name.size() - 1] == '.');
    });
    if (path == of_the_set.end()) return std::string(name);
    return (answer.contains("set_speed") ? "set_speed." : "devices.0.") + std::string(*path);
}

}  // namespace

Result<std::string> render_rows(const Json& plain_rows, const OutputOptions& options) {
    const Json rows = options.model_column.empty() ? plain_rows : with_model(plain_rows, options.model_column);
    auto columns = chosen_columns(rows, options.fields);
    if (!columns) return tl::unexpected(columns.error());
    // Of several tables each says what it is about; to a program its columns are those that it asked for.
    const bool for_people = options.format == Format::table || options.format == Format::markdown;
    if (for_people && !options.model_column.empty() && std::ranges::find(*columns, "model") == columns->end())
        columns->insert(columns->begin(), "model");
    const Grid grid = grid_of(rows, std::move(*columns));
    switch (options.format) {
        case Format::csv: return separated(grid, ",", options.header, csv_cell);
        case Format::tsv: return separated(grid, "\t", options.header, tsv_cell);
        case Format::markdown: return markdown(grid);
        case Format::table:
        case Format::html:
        case Format::svg:
        case Format::json: break;
    }
    return aligned(grid, options);
}

Result<std::string> render_value(const Json& answer, std::string_view name) {
    static const Json null;
    const std::string path = path_of(answer, name);
    const Json* found = find_value(answer, path);
    // No device to have a largest context, or none that was named.
    if (path != name && (!found || (path.starts_with("devices.") && answer["verdict"].is_null()))) found = &null;
    if (found) return bare(*found, "null") + '\n';

    std::vector<std::string> names;
    if (has_verdict(answer)) names = {"recommended_quant", "max_context", "verdict"};
    for (const char* part : {"estimate", "settings", "model"})
        if (answer.contains(part)) add_names(names, answer[part]);
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto near = nearest(name, views, near_names);
    return no_field(name, near.empty() ? "--format json shows them all"
                                       : "did you mean " + joined({near.begin(), near.end()}, ", ") + "?");
}

Result<std::string> render_values(const Json& rows, std::string_view name) {
    const auto column = chosen_columns(rows, {std::string(name)});
    if (!column) return tl::unexpected(column.error());
    std::string out;
    for (const Json& row : rows) {
        const Json* value = at_path(row, name);
        out += (value ? bare(*value, "null") : "null") + '\n';
    }
    return out;
}

}  // namespace fitcalc
