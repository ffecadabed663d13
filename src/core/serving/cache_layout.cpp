#include <algorithm>
#include <optional>

#include "fitcalc/serving.hpp"
#include "stages.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t half = 2, eighth = 1;  // bytes of a value in 16 and in 8 bits

// One cached part of a layer.
struct Spec {
    PagedGroup::Kind kind = PagedGroup::Kind::whole;
    std::int64_t window = 0;
    std::int64_t token_bytes = 0;  // of a token; of a state: of all of it
    std::int64_t block = 16;
    std::size_t layer = 0;

    std::int64_t page() const { return kind == PagedGroup::Kind::state ? token_bytes : checked_mul(token_bytes, block); }
    bool like(const Spec& other) const {
        return kind == other.kind && window == other.window && token_bytes == other.token_bytes && block == other.block;
    }
};

class SpecMaker {
public:
    SpecMaker(const ModelSpec& model, std::int64_t degree, const CacheRules& rules)
        : model_{model}, degree_{degree}, rules_{rules} {}

    Result<std::vector<Spec>> make() {
        for (std::size_t i = 0; i < model_.layers.size(); ++i) {
            const LayerSpec& layer = model_.layers[i];
            if (layer.next_token) continue;
            if (auto ok = add_attention(layer.attention, i); !ok) return tl::unexpected(ok.error());
            if (layer.recurrent) add_state(*layer.recurrent, i);
        }
        return std::move(specs_);
    }

private:
    std::int64_t value_bytes() const { return rules_.type == CacheType::fp8 ? eighth : half; }

    Result<void> add_attention(const Attention& attention, std::size_t layer) {
        if (const auto* full = std::get_if<FullAttention>(&attention)) {
            add_full(*full, layer);
        } else if (const auto* latent = std::get_if<LatentAttention>(&attention)) {
            add_latent(*latent, layer);
        } else if (std::holds_alternative<CompressedRowsAttention>(attention)) {
            return fail(ErrorKind::unsupported, "how serving engines cache compressed rows of attention (DeepSeek-V4) is not modelled",
                        "fitcalc MODEL without --engine answers for llama.cpp");
        }
        return {};
    }

    void add_full(const FullAttention& full, std::size_t layer) {
        if (!full.own_cache) return;
        const std::int64_t heads = std::max<std::int64_t>(1, full.kv_heads / degree_);
        Spec spec;
        spec.layer = layer;
        spec.block = rules_.block;
        if (rules_.paged) spec.window = full.window;
        if (spec.window > 0) spec.kind = full.chunked ? PagedGroup::Kind::chunk : PagedGroup::Kind::window;
        // Even where the values are the keys (Gemma 4), both are kept.
        spec.token_bytes = checked_mul(checked_mul(heads, checked_add(full.key_length, full.value_length)), value_bytes());
        specs_.push_back(spec);
    }

    // Every GPU keeps the whole latent row.
    void add_latent(const LatentAttention& latent, std::size_t layer) {
        Spec spec;
        spec.layer = layer;
        spec.block = rules_.latent_block;
        spec.token_bytes = checked_mul(latent.cached_values(), value_bytes());
        // Sparse attention's own layout: 512 values of 8 bits with 4 scales of 32, 64 rotary values of 16 bits
        // (vLLM 0.27, vllm/v1/kv_cache_interface.py, MLAAttentionSpec), unless 16 bits are asked for.
        if (latent.indexer && rules_.type != CacheType::half)
            spec.token_bytes = latent.kv_lora_rank + latent.kv_lora_rank / 128 * 4 + latent.rope_length * half;
        specs_.push_back(spec);
        if (!latent.indexer) return;
        // Its keys in 8 bits, with a 32-bit scale for 128 values.
        spec.token_bytes = checked_add(latent.indexer->key_length, divide_up(latent.indexer->key_length, 128) * 4);
        specs_.push_back(spec);
    }

    // Sizes of the states: vLLM 0.27, vllm/model_executor/layers/mamba/mamba_utils.py (MambaStateShapeCalculator and
    // MambaStateDtypeCalculator); the recurrent state has 32 bits where the model's configuration says so.
    void add_state(const Recurrent& recurrent, std::size_t layer) {
        Spec spec;
        spec.kind = PagedGroup::Kind::state;
        spec.layer = layer;
        spec.token_bytes = state_bytes(recurrent);
        specs_.push_back(spec);
    }

    std::int64_t state_bytes(const Recurrent& recurrent) const {
        const auto divided = [&](std::int64_t values) { return divide_up(values, degree_); };
        std::int64_t conv = 0, state = 0, state_value = half;
        if (const auto* mamba2 = std::get_if<Mamba2>(&recurrent)) {
            const std::int64_t groups = mamba2->groups % degree_ == 0 ? mamba2->groups : degree_;
            const std::int64_t channels = checked_add(mamba2->inner_size, checked_mul(2 * groups, mamba2->state_size));
            conv = checked_mul(mamba2->conv_kernel - 1, divided(channels));
            state = divided(mamba2->state_values());
            if (model_.architecture.starts_with("nemotron_h")) state_value = 4;
        } else if (const auto* net = std::get_if<GatedDeltaNet>(&recurrent)) {
            conv = checked_mul(net->conv_kernel - 1, divided(net->conv_channels()));
            state = divided(net->state_values());
            if (!net->fused_beta_alpha) state_value = 4;
        } else {
            conv = std::visit([&](const auto& r) { return divided(r.conv_values()); }, recurrent);
            state = std::visit([&](const auto& r) { return divided(r.state_values()); }, recurrent);
            if (std::holds_alternative<KimiDeltaAttention>(recurrent)) state_value = 4;
        }
        return checked_add(checked_mul(conv, half), checked_mul(state, state_value));
    }

    const ModelSpec& model_;
    std::int64_t degree_;
    const CacheRules& rules_;
    std::vector<Spec> specs_;
};

// All layers keep the same tokens: one group, whatever each takes of a block.
bool uniform(const std::vector<Spec>& specs) {
    return std::ranges::all_of(specs, [&](const Spec& s) {
        return s.kind == specs.front().kind && s.window == specs.front().window && s.block == specs.front().block;
    });
}

// Attention's blocks of a hybrid model are long enough for a state, which is padded to such a block's size.
void lengthen_for_states(std::vector<Spec>& specs, std::int64_t step) {
    std::int64_t state = 0, token = 0;
    for (const Spec& spec : specs)
        (spec.kind == PagedGroup::Kind::state ? state : token) =
            std::max(spec.kind == PagedGroup::Kind::state ? state : token, spec.token_bytes);
    if (state == 0 || token == 0) return;
    const std::int64_t block = checked_mul(step, divide_up(state, checked_mul(step, token)));
    for (Spec& spec : specs) {
        if (spec.kind == PagedGroup::Kind::state)
            spec.token_bytes = checked_mul(block, token);
        else
            spec.block = block;
    }
}

// Pages of one size: shorter tokens get longer blocks, and what doesn't divide is padded.
std::int64_t unify_pages(std::vector<Spec>& specs) {
    std::int64_t page = 0;
    for (const Spec& spec : specs) page = std::max(page, spec.page());
    for (Spec& spec : specs)
        if (spec.kind != PagedGroup::Kind::state) spec.block = checked_mul(spec.block, page / spec.page());
    return page;
}

// Groups of as many layers as the rarest kind has, or as the commonest where that isn't many more.
std::vector<PagedGroup> grouped(const std::vector<Spec>& specs, std::int64_t states) {
    std::vector<std::vector<const Spec*>> kinds;
    for (const Spec& spec : specs) {
        const auto found = std::ranges::find_if(kinds, [&](const auto& kind) { return kind.front()->like(spec); });
        if (found == kinds.end())
            kinds.push_back({&spec});
        else
            found->push_back(&spec);
    }
    const auto by_size = [](const auto& a, const auto& b) { return a.size() < b.size(); };
    std::size_t size = std::ranges::min_element(kinds, by_size)->size();
    const std::size_t most = std::ranges::max_element(kinds, by_size)->size();
    if (2 * most < 3 * size) size = most;
    std::vector<PagedGroup> groups;
    for (const auto& kind : kinds) {
        const std::size_t count = (kind.size() + size - 1) / size;
        for (std::size_t g = 0; g < count; ++g) {
            PagedGroup group{kind.front()->kind, kind.front()->block, kind.front()->window, states, {}};
            for (std::size_t i = g; i < kind.size(); i += count) group.layers.push_back(kind[i]->layer);
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

}  // namespace

std::int64_t PagedGroup::blocks(Tokens length, Tokens batch) const {
    const std::int64_t all = length.count();
    switch (kind) {
        case Kind::whole: return divide_up(all, block);
        // The window may begin within a block.
        case Kind::window: return divide_up(std::min(window - 1 + batch.count(), all), block) + 1;
        case Kind::chunk: return divide_up(std::min(window + batch.count(), all), block);
        case Kind::state: break;
    }
    return states;
}

Result<CacheLayout> CacheLayout::create(const ModelSpec& model, const Parallelism& parallelism, const CacheRules& rules) {
    auto specs = SpecMaker{model, parallelism.tensor, rules}.make();
    if (!specs) return tl::unexpected(specs.error());
    CacheLayout out;
    const auto stages = stages_of_layers(model, parallelism.pipeline);
    out.block_bytes_.resize(static_cast<std::size_t>(parallelism.pipeline));
    out.token_bytes_.resize(out.block_bytes_.size());
    out.state_bytes_.resize(out.block_bytes_.size());
    if (!rules.paged) {
        for (const Spec& spec : *specs)
            if (spec.kind == PagedGroup::Kind::state) out.state_bytes_[stages[spec.layer]] += Bytes{spec.token_bytes};
        std::erase_if(*specs, [](const Spec& spec) { return spec.kind == PagedGroup::Kind::state; });
    }
    for (const Spec& spec : *specs)
        if (spec.kind == PagedGroup::Kind::whole) out.token_bytes_[stages[spec.layer]] += Bytes{spec.token_bytes};
    if (specs->empty()) return out;
    // A second page for the state at the end of the last block, which prefix caching keeps.
    const std::int64_t states = rules.prefix_caching_states ? 2 : 1;
    if (uniform(*specs)) {
        PagedGroup group{specs->front().kind, specs->front().block, specs->front().window, states, {}};
        for (const Spec& spec : *specs) {
            group.layers.push_back(spec.layer);
            out.block_bytes_[stages[spec.layer]] += Bytes{spec.page()};
        }
        out.groups_.push_back(std::move(group));
        return out;
    }
    lengthen_for_states(*specs, rules.block);
    const std::int64_t page = unify_pages(*specs);
    out.groups_ = grouped(*specs, states);
    for (std::size_t stage = 0; stage < out.block_bytes_.size(); ++stage) {
        std::int64_t most = 0;
        for (const PagedGroup& group : out.groups_)
            most = std::max<std::int64_t>(most, std::ranges::count_if(group.layers, [&](std::size_t l) { return stages[l] == stage; }));
        out.block_bytes_[stage] = Bytes{checked_mul(page, most)};
    }
    return out;
}

std::int64_t CacheLayout::blocks(const std::vector<Bytes>& available) const {
    std::optional<std::int64_t> least;
    for (std::size_t stage = 0; stage < stages(); ++stage) {
        if (block_bytes_[stage] <= Bytes{}) continue;
        const std::int64_t here = std::max<std::int64_t>(0, available[stage] / block_bytes_[stage]);
        least = std::min(least.value_or(here), here);
    }
    return least.value_or(0);
}

std::int64_t CacheLayout::blocks_of_sequence(Tokens length, Tokens batch) const {
    std::int64_t sum = 0;
    for (const PagedGroup& group : groups_) sum += group.blocks(length, batch);
    return sum;
}

Tokens CacheLayout::longest(std::int64_t blocks, Tokens batch, Tokens most) const {
    std::int64_t low = 0, high = most.count();
    while (low < high) {
        const std::int64_t middle = high - (high - low) / 2;
        if (blocks_of_sequence(Tokens{middle}, batch) <= blocks)
            low = middle;
        else
            high = middle - 1;
    }
    return Tokens{low};
}

}  // namespace fitcalc
