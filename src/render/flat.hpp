// Machine formats other than JSON: csv, tsv, markdown, chosen columns, a single value. All from the JSON answer, so
// that names and figures are the same everywhere.
#pragma once

#include <string>
#include <string_view>

#include "fitcalc/result.hpp"
#include "json.hpp"
#include "output.hpp"

namespace fitcalc {

// The rows (objects with the same keys) in options.format, which isn't json; the columns are options.fields, or all.
// A list within a cell is joined with ';', an object is compact JSON.
Result<std::string> render_rows(const Json& rows, const OutputOptions& options);

// One bare value of an answer about one model: a field of its estimate, a path (full_context.total_bytes,
// devices.0.verdict), or a field of its settings or model.
Result<std::string> render_value(const Json& answer, std::string_view name);

// The value of that field of every row, one a line.
Result<std::string> render_values(const Json& rows, std::string_view name);

}  // namespace fitcalc
