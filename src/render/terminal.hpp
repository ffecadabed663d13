// What the text goes to: how wide, with which signs, with which colours. Colour never carries a meaning alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"

namespace fitcalc {

enum class Style { plain, strong, faint, good, caution, bad };

// Columns that UTF-8 text takes on a terminal.
std::size_t display_width(std::string_view text);

// The longest beginning of the text that takes at most `width` columns.
std::string_view fitting_prefix(std::string_view text, std::size_t width);

// The words of the text on lines of at most `width` columns; a word that is longer than that has a line of its own.
std::vector<std::string> folded(std::string_view text, std::size_t width);

// Paragraphs are not set wider than this, however wide the terminal is.
inline constexpr std::size_t widest_paragraph = 100;

struct Terminal {
    explicit Terminal(const OutputOptions& options);
    // A document instead of a terminal: every sign, no colour, lines of any length.
    static Terminal document();
    // Likewise; a page there is HTML.
    static Terminal web_page();

    bool color;
    bool unicode;
    std::size_t width;
    bool html = false;

    // The text with every sign replaced that the terminal may not show.
    std::string text(std::string_view unicode_text) const;
    std::string paint(Style style, std::string_view text) const;
    // A bar of up to `width` columns for `part` of `whole`; a part that is not zero is never invisible.
    std::string bar(double part, double whole, std::size_t width) const;
};

}  // namespace fitcalc
