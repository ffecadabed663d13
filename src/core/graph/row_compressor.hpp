// Rows that stand for several tokens each (DeepSeek-V4): a sum of the tokens' values, weighed by their scores.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

// Makes the rows of `length` values that this batch completes and writes them into `cache`; the tokens of the next row
// stay behind for the next batch.
void store_compressed_rows(const Context& context, const CompressedRowsAttention& rows, const CompressorInputs& inputs,
                           std::int64_t length, NodeId cache, NodeId normed);

}  // namespace fitcalc::graph
