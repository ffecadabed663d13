#include "allocator.hpp"

#include <algorithm>
#include <limits>

namespace fitcalc::graph {

BlockAllocator::BlockAllocator(std::int64_t alignment) : alignment_{alignment} {
    blocks_.reserve(32);
    blocks_.push_back({0, std::numeric_limits<std::int64_t>::max()});
}

std::int64_t BlockAllocator::allocate(std::int64_t bytes) {
    bytes = aligned(bytes);
    // The smallest block that is large enough, the later one of equals; growing the buffer is the last resort.
    std::size_t best = blocks_.size() - 1;
    std::int64_t best_bytes = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i + 1 < blocks_.size(); ++i) {
        if (blocks_[i].bytes >= bytes && blocks_[i].bytes <= best_bytes) {
            best = i;
            best_bytes = blocks_[i].bytes;
        }
    }
    Block& block = blocks_[best];
    if (block.bytes < bytes) throw ArithmeticOverflow{};
    const std::int64_t offset = block.offset;
    block.offset += bytes;
    block.bytes -= bytes;
    if (block.bytes == 0) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(best));
    peak_ = std::max(peak_, offset + bytes);
    return offset;
}

// The first block that touches takes the freed bytes in. A tensor without rows frees nothing, and yet: one that lies
// within a block that has become free around it leaves an empty block there, which keeps its neighbours from joining.
void BlockAllocator::free(std::int64_t offset, std::int64_t bytes) {
    bytes = aligned(bytes);
    for (auto block = blocks_.begin(); block != blocks_.end(); ++block) {
        if (block->end() == offset) {
            block->bytes += bytes;
            const auto next = block + 1;
            if (next == blocks_.end() || block->end() != next->offset) return;
            block->bytes += next->bytes;
            blocks_.erase(next);
            return;
        }
        if (offset + bytes == block->offset) {
            block->offset = offset;
            block->bytes += bytes;
            return;
        }
    }
    blocks_.insert(std::ranges::find_if(blocks_, [&](const Block& block) { return block.offset >= offset; }),
                   {offset, bytes});
}

namespace {

class GraphAllocator {
public:
    GraphAllocator(const Graph& graph, std::span<const std::int64_t> alignments)
        : graph_{graph}, states_(graph.size()) {
        buffers_.reserve(alignments.size());
        for (const std::int64_t alignment : alignments) buffers_.emplace_back(alignment);
    }

    BufferSizes run(const Schedule& schedule, std::span<const Repetition> repetitions);

private:
    struct State {
        std::int64_t offset = 0;
        std::int32_t readers = 0;  // nodes still to come that have it as a source
        std::int32_t views = 0;    // views of it still in use
        Backend backend = 0;
        bool allocated = false;
    };

    State& state(NodeId id) { return states_[static_cast<std::size_t>(id)]; }
    void count(const Schedule& schedule);
    void allocate(NodeId id, Backend backend);
    bool take_over_source(NodeId id);
    void release(NodeId id);
    void release_sources(NodeId id);

    const Graph& graph_;
    std::vector<State> states_;
    std::vector<BlockAllocator> buffers_;
};

// A node may overwrite a source that nobody else reads. A source that is itself a view never qualifies: the
// allocator does not regard its memory as the view's own.
bool GraphAllocator::take_over_source(NodeId id) {
    const Node& node = graph_.at(id);
    if (!can_work_in_place(node.op)) return false;
    for (const NodeId source : node.sources()) {
        State& taken = state(source);
        const Node& parent = graph_.at(source);
        if (!taken.allocated || parent.output || taken.readers != 1 || taken.views != 0) continue;
        if (parent.type != node.type || parent.ne != node.ne || parent.nb != node.nb) continue;
        taken.allocated = false;
        State& own = state(id);
        own.backend = taken.backend;
        own.offset = taken.offset;
        // A source with scratch space behind it gives that back.
        BlockAllocator& buffer = buffers_[taken.backend];
        const std::int64_t had = buffer.aligned(parent.bytes), needs = buffer.aligned(node.bytes);
        if (had > needs) buffer.free(taken.offset + needs, had - needs);
        return true;
    }
    return false;
}

void GraphAllocator::allocate(NodeId id, Backend backend) {
    const Node& node = graph_.at(id);
    State& own = state(id);
    if (own.allocated || node.external || node.is_view()) return;
    own.allocated = true;
    if (take_over_source(id)) return;
    own.backend = backend;
    own.offset = buffers_[backend].allocate(node.bytes);
}

void GraphAllocator::release(NodeId id) {
    State& own = state(id);
    if (!own.allocated || graph_.at(id).output) return;
    buffers_[own.backend].free(own.offset, graph_.at(id).bytes);
    own.allocated = false;
}

void GraphAllocator::release_sources(NodeId id) {
    for (const NodeId source : graph_.at(id).sources()) {
        State& parent = state(source);
        if (--parent.readers != 0 || parent.views != 0) continue;
        if (!graph_.at(source).is_view()) {
            release(source);
            continue;
        }
        const NodeId origin = graph_.at(source).view_of;
        if (--state(origin).views == 0 && state(origin).readers == 0) release(origin);
    }
}

// Explicit inputs get their place before anything is computed, so that nothing overwrites them.
void GraphAllocator::count(const Schedule& schedule) {
    for (const auto& [id, backend] : schedule.nodes) {
        const Node& node = graph_.at(id);
        // The scheduler's keepers are views without an operation; they don't count as views.
        if (node.is_view() && node.op != Op::none) ++state(node.view_of).views;
        if (node.input) allocate(id, backend);
        for (const NodeId source : node.sources()) {
            ++state(source).readers;
            if (graph_.at(source).input) allocate(source, backend);
        }
    }
}

BufferSizes GraphAllocator::run(const Schedule& schedule, std::span<const Repetition> repetitions) {
    BufferSizes sizes;
    struct Moment {
        NodeId end;
        std::vector<BlockAllocator> buffers;
    };
    std::vector<Moment> before;
    auto next = repetitions.begin();
    for (const auto& [id, backend] : schedule.leafs) allocate(id, backend);
    count(schedule);
    for (const auto& [id, backend] : schedule.nodes) {
        for (const NodeId source : graph_.at(id).sources())
            if (!state(source).allocated) allocate(source, backend);
        allocate(id, backend);
        release_sources(id);
        if (next == repetitions.end()) continue;
        if (std::ranges::find(next->before, id) != next->before.end()) before.push_back({id, buffers_});
        if (id != next->after) continue;
        const auto same_state = [&](const Moment& moment) {
            return state(moment.end).offset == state(next->after).offset &&
                   std::ranges::equal(moment.buffers, buffers_, &BlockAllocator::same_blocks);
        };
        bool repeats = false;
        for (std::size_t units = 1; units <= before.size() && !repeats; ++units)
            repeats = next->left_out % units == 0 && same_state(before[before.size() - units]);
        sizes.repeats = sizes.repeats && repeats;
        before.clear();
        ++next;
    }
    for (const BlockAllocator& buffer : buffers_) sizes.bytes.push_back(buffer.peak());
    return sizes;
}

}  // namespace

BufferSizes buffer_sizes(const Graph& graph, const Schedule& schedule, std::span<const std::int64_t> alignments,
                         std::span<const Repetition> repetitions) {
    return GraphAllocator{graph, alignments}.run(schedule, repetitions);
}

}  // namespace fitcalc::graph
