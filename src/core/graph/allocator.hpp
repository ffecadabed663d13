// How much memory a graph's tensors need: the graph allocator of ggml, replayed.
//
// Source: llama.cpp de3ff81, ggml/src/ggml-alloc.c: leafs and inputs first; each node in turn takes over a source's
// memory or the best-fitting free block; what no later node reads is freed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph.hpp"
#include "scheduler.hpp"

namespace fitcalc::graph {

// Blocks of one buffer that can grow without end (ggml_dyn_tallocr).
class BlockAllocator {
public:
    explicit BlockAllocator(std::int64_t alignment);

    std::int64_t allocate(std::int64_t bytes);  // offset of the block
    void free(std::int64_t offset, std::int64_t bytes);
    std::int64_t peak() const { return peak_; }
    std::int64_t aligned(std::int64_t bytes) const { return round_up(bytes, alignment_); }
    bool same_blocks(const BlockAllocator& other) const { return blocks_ == other.blocks_; }

private:
    struct Block {
        std::int64_t offset;
        std::int64_t bytes;
        std::int64_t end() const { return offset + bytes; }
        friend bool operator==(const Block&, const Block&) = default;
    };

    std::vector<Block> blocks_;  // free ones by offset; the last one is what the buffer could still grow by
    std::int64_t alignment_;
    std::int64_t peak_ = 0;
};

// Equal units of layers, of which some are left out behind the last one that is there. If the allocator is in the same
// state at that one's end as some units before, it would be so again after as many more: leaving out a multiple of that
// many changes nothing.
struct Repetition {
    std::vector<NodeId> before;  // the ends of the units before the last one
    NodeId after = no_node;      // the end of the last one
    std::size_t left_out = 0;    // units
};

struct BufferSizes {
    std::vector<std::int64_t> bytes;  // by backend
    bool repeats = true;              // what is left out changes nothing
};

// `alignments`: of each backend's buffer type.
BufferSizes buffer_sizes(const Graph& graph, const Schedule& schedule, std::span<const std::int64_t> alignments,
                         std::span<const Repetition> repetitions = {});

}  // namespace fitcalc::graph
