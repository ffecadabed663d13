// What a model is wanted for, and the benchmarks that tell how good it is at that.
#pragma once

#include <string_view>

namespace fitcalc {

enum class Purpose { any, chat, code, reasoning };

std::string_view name_of(Purpose purpose);

// Whether a benchmark measures that; `any` counts all that measure something. Benchmarks that nothing is known of
// count for none.
bool measures(std::string_view benchmark, Purpose purpose);

}  // namespace fitcalc
