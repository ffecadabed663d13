// A page of text: lines, wrapped paragraphs and tables one under the other. For a terminal, or as HTML (Terminal::html).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "table.hpp"
#include "terminal.hpp"

namespace fitcalc {

class Page {
public:
    explicit Page(const Terminal& terminal) : terminal_{terminal} {}

    const Terminal& terminal() const { return terminal_; }

    void blank();
    void heading(std::string_view text);

    // Wrapped between words; lines after the first begin below the text, not below the lead. The lead is a sign,
    // a word or empty.
    void paragraph(std::string_view text, Style style = Style::plain) { led_paragraph({}, text, style); }
    void led_paragraph(const Cell& lead, std::string_view text, Style style = Style::plain);

    // Wrapped between items only: "a · b · c".
    void items(const std::vector<std::string>& items, std::string_view separator, const Cell& lead = {});

    void line(const Cell& lead, std::string_view text);  // never wrapped
    void verbatim(std::string_view line);                // of a terminal: as it stands, signs and colours included

    void table(const Table& table);

    void markdown(const Table& table) { out_ += table.markdown(terminal_); }

    std::string take() { return std::move(out_); }

private:
    Terminal terminal_;
    std::string out_;
};

}  // namespace fitcalc
