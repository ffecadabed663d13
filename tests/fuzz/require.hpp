// What must hold of every answer. A violation is thrown: libFuzzer and Catch2 both report an exception nobody expects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc::fuzz {

struct Violation : std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool holds, std::string_view what) {
    if (!holds) throw Violation(std::string(what));
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

bool is_utf8(std::string_view text);

// An error says something.
void require_error(const Error& error);

// The rules of the contract for statuses, streams and error lines. On a terminal an answer may have colours.
void require_outcome(const cli::Outcome& outcome, const std::vector<std::string>& words, bool terminal = false);

}  // namespace fitcalc::fuzz
