// What every renderer is told about the place its text goes to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fitcalc {

enum class Format { table, json, csv, tsv, markdown, svg, html };
enum class Units { gb, gib };  // for tables; machine formats are always in bytes

struct OutputOptions {
    Format format = Format::table;
    Units units = Units::gb;
    bool color = false;               // ANSI colours
    bool unicode = false;             // bars, rules and signs beyond ASCII
    int width = 80;                   // columns
    bool header = true;               // csv and tsv
    std::vector<std::string> fields;  // columns of csv, tsv and table, in that order; empty: all
    std::string value;                // print this one field, bare
    bool plot = false;                // context against memory instead of the tables
    std::string model_column;         // rows of several models' answers begin with this name; empty: no such column

    // A page or a picture.
    bool document() const { return (format == Format::html || format == Format::svg) && value.empty(); }
};

}  // namespace fitcalc
