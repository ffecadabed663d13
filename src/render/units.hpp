// Numbers as people read them. Sizes are rounded with integers, so that no double ever means bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fitcalc/quantity.hpp"
#include "fitcalc/text.hpp"
#include "output.hpp"

namespace fitcalc {

std::string_view name_of(Units units);  // "GB", "GiB"

// A size without its unit, to at most three significant digits or one decimal: 0.58, 14.3, 404.5, 2,054.
std::string size_number(Bytes bytes, Units units);
// The same with a fixed number of decimals, for columns that other pages print so.
std::string size_number(Bytes bytes, Units units, int decimals);
std::string size(Bytes bytes, Units units);  // "404.5 GB"

std::string tokens(Tokens count);        // "163,840"
std::string tokens_short(Tokens count);  // as --ctx reads it, K = 1024: "8K", "160K", "1M"; else all digits

std::string parameters(Params count);  // 671B, 37.6B, 1.78B, 494M

// Tokens per second, or seconds: 0.58, 14.3, 404.
std::string rate_number(double value);
// "0.8 s", "12 s", "5 min", "3.2 h"
std::string duration(double seconds);

std::string fixed(double value, int decimals);
// One decimal; what is below 100 never reads 100.
std::string percent_number(double percent);

// "1 device", "2 devices".
std::string counted(std::int64_t count, std::string_view noun);

}  // namespace fitcalc
