#include "cli/values.hpp"

#include "cli/speed_options.hpp"
#include "require.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {
namespace {

template <class T>
bool parsed(const Result<T>& result) {
    if (!result) require_error(result.error());
    return result.has_value();
}

void sizes(std::string_view text) {
    const auto decimal = cli::parse_size("--x", text, cli::MemoryUnits::decimal);
    const auto sold = cli::parse_size("--x", text, cli::MemoryUnits::as_sold);
    require(parsed(decimal) || !parsed(sold), "a size as sold is a size");
    if (!decimal) return;
    require(*decimal > Bytes{}, "a size is positive");
    require(!sold || *sold >= *decimal, "a GiB is more than a GB");
    require(cli::parse_size("--x", std::to_string(decimal->count()) + "B", cli::MemoryUnits::decimal) == *decimal, "a size reads back");
}

void tokens(std::string_view text) {
    const auto value = cli::parse_tokens("--x", text);
    if (!parsed(value)) return;
    require(*value >= Tokens{1}, "there are tokens");
    require(cli::parse_tokens("--x", std::to_string(value->count())) == *value, "tokens read back");
}

void others(std::string_view text) {
    const auto count = cli::parse_count("--x", text, 1, 1024);
    if (parsed(count)) require(*count >= 1 && *count <= 1024, "a count is within its bounds");
    const auto date = cli::parse_date("--x", text);
    if (parsed(date)) require(date->size() >= 4 && date->size() <= 10, "a date has its form");
    const auto bandwidth = cli::parse_bandwidth("--x", text);
    if (parsed(bandwidth)) require(*bandwidth > 0 && *bandwidth <= 1e15, "a bandwidth is positive and finite");
    parsed(cli::parse_cache_type("--x", text));
}

}  // namespace

int fuzz_values(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    sizes(text);
    tokens(text);
    others(text);
    return 0;
}

}  // namespace fitcalc::fuzz
