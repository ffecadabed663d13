// One small algorithm for every aligned table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminal.hpp"

namespace fitcalc {

enum class Align {
    left,
    right,
    decimal,  // numbers of different precision, their points in one line
};

struct Column {
    std::string title;
    Align align = Align::left;
    int expendable = 0;      // a narrow terminal loses the column with the highest number first; 0: never lost
    std::size_t cut_to = 0;   // text may be cut to this many columns before anything is lost; 0: never cut
    std::size_t fold_to = 0;  // text may be folded between words to this many columns, before anything is cut; 0: never
};

struct Cell {
    std::string text;
    Style style = Style::plain;
};

class Table {
public:
    explicit Table(std::vector<Column> columns, std::size_t indent = 0)
        : columns_{std::move(columns)}, indent_{indent} {}

    void row(std::vector<Cell> cells);  // missing cells at the end are empty
    void rule(std::size_t columns);     // under the first columns

    const std::vector<Column>& columns() const { return columns_; }
    std::vector<std::vector<Cell>> rows() const;  // without the rules

    // Titles, unless all are empty, then the rows. Cells are padded by display columns and coloured afterwards.
    std::string text(const Terminal& terminal) const;
    // All columns; styles become classes of the cells.
    std::string html() const;
    // All columns, without rules and colours.
    std::string markdown(const Terminal& terminal) const;

private:
    struct Row {
        std::vector<Cell> cells;
        std::size_t rule = 0;
    };

    std::vector<Column> columns_;
    std::vector<Row> rows_;
    std::size_t indent_;
};

}  // namespace fitcalc
