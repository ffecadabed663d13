// Text as it is printed: UTF-8, control characters, case, grouped digits.
#include "fitcalc/text.hpp"

#include <cctype>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace fitcalc;

namespace {

std::string encoded(std::uint32_t code) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (code < 0x80) return {byte(code)};
    if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 63))};
    if (code < 0x10000) return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63))};
    return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63))};
}

bool is_character(std::uint32_t code) { return code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF); }

}  // namespace

TEST_CASE("every character of Unicode has its bytes, whatever comes behind it") {
    std::size_t wrong = 0, controls = 0;
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
        if (!is_character(code)) continue;
        const std::string text = encoded(code);
        wrong += character_length(text) != text.size();
        wrong += character_length(text + "\x80") != text.size();
        wrong += text.size() > 1 && character_length(std::string_view(text).substr(0, text.size() - 1)) != 0;
        controls += is_control(text);
    }
    CHECK(wrong == 0);
    CHECK(controls == 0x20 + 1 + 0x20);
    for (const std::uint32_t code : {0x00u, 0x1Fu, 0x7Fu, 0x80u, 0x9Fu}) CHECK(is_control(encoded(code)));
    for (const std::uint32_t code : {0x20u, 0x7Eu, 0xA0u, 0x2605u}) CHECK_FALSE(is_control(encoded(code)));
}

TEST_CASE("bytes that are no character of Unicode begin none") {
    std::set<std::string> characters;
    for (std::uint32_t code = 0x80; code < 0x10000; ++code)
        if (is_character(code)) characters.insert(encoded(code));
    std::size_t wrong = 0;
    // All that two and three bytes can be.
    for (unsigned first = 0x80; first < 0xF0; ++first)
        for (unsigned second = 0; second < 256; ++second) {
            const std::string two{static_cast<char>(first), static_cast<char>(second)};
            wrong += character_length(two) != (characters.contains(two) ? 2u : 0u);
            for (const unsigned third : {0x00u, 0x7Fu, 0x80u, 0xBFu, 0xC0u, 0xFFu}) {
                const std::string three = two + static_cast<char>(third);
                const std::size_t length = characters.contains(three) ? 3 : characters.contains(two) ? 2 : 0;
                wrong += character_length(three) != length;
            }
        }
    // Of four bytes the first two decide, but for bytes that don't go on.
    for (unsigned first = 0xF0; first < 256; ++first)
        for (unsigned second = 0; second < 256; ++second) {
            const std::string begin{static_cast<char>(first), static_cast<char>(second)};
            const std::uint32_t code = (first & 7) << 18 | (second & 63) << 12;
            const bool is = first < 0xF5 && (second & 0xC0) == 0x80 && code >= 0x10000 && code <= 0x10FFFF;
            wrong += character_length(begin + "\x80\xBF") != (is ? 4u : 0u);
            wrong += character_length(begin + "\x80\x7F") != 0;
            wrong += character_length(begin + "\xC0\x80") != 0;
        }
    CHECK(wrong == 0);
}

TEST_CASE("what is printed has no control characters and no broken bytes") {
    CHECK(clean_text("a\x1B[31mb\u0085c") == "a [31mb c");
    CHECK(clean_text("★ \xFF\xE2\x98") == "★ ???");
    CHECK(clean_text("") == "");
    CHECK(has_control_characters("a\tb"));
    CHECK(has_control_characters("a\u0085"));
    CHECK_FALSE(has_control_characters("a ★\xFF"));
}

TEST_CASE("case is that of ASCII's letters alone") {
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        const bool ascii = c < 128;
        CHECK(lower_case(byte) == (ascii ? static_cast<char>(std::tolower(c)) : byte));
        CHECK(upper_case(byte) == (ascii ? static_cast<char>(std::toupper(c)) : byte));
    }
    CHECK(lower_case(std::string_view("RTX 4090 Ä")) == "rtx 4090 Ä");
    CHECK(upper_case(std::string_view("q4_k_m ä")) == "Q4_K_M ä");
    CHECK(same_ignoring_case("Q4_K_M", "q4_k_m"));
    CHECK_FALSE(same_ignoring_case("q4_k_m", "q4_k_s"));
    CHECK_FALSE(same_ignoring_case("q4", "q4_0"));
}

TEST_CASE("digits are grouped by threes") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(163840) == "163,840");
    CHECK(grouped(1234567890) == "1,234,567,890");
    CHECK(grouped(-999) == "-999");
    CHECK(grouped(-1000) == "-1,000");
    CHECK(grouped(-123456) == "-123,456");
}
