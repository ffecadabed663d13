// Independent questions, answered by as many threads as the machine has.
#pragma once

#include <cstddef>
#include <functional>

namespace fitcalc {

// Calls work(0) ... work(count - 1), each once, in any order and from several threads: what it touches for one index must
// not be touched for another. Returns when all are done; an exception of any call is thrown again here.
void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace fitcalc
