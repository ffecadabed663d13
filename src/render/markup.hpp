// Text as HTML, SVG and Markdown take it.
#pragma once

#include <string>
#include <string_view>

#include "table.hpp"

namespace fitcalc {

// Markup characters as entities; control characters and broken UTF-8 as a replacement sign, which XML needs.
std::string escaped(std::string_view text);

// As a cell of a Markdown table: nothing in it ends the cell, or begins an escape or a tag.
std::string markdown_cell(std::string_view text);

// The class that a style is in style sheets; "" for plain text.
std::string_view class_of(Style style);

std::string element(std::string_view name, std::string_view text);  // with a line's end

// `markup` is escaped already.
std::string html_paragraph(const Cell& lead, std::string_view markup, std::string_view class_name);

// The colours and letters of pages and drawings, light or dark as the reader prefers.
std::string_view style_of_drawings();
std::string_view style_of_pages();

}  // namespace fitcalc
