// Source: llama.cpp de3ff81, src/llama-context.cpp (llama_context constructor), and as named below.
#include "fitcalc/engine_settings.hpp"

#include <algorithm>

#include "fitcalc/model_spec.hpp"

namespace fitcalc {

Tokens EngineSettings::total_context() const {
    return kv_unified ? stream_context() : stream_context() * sequences;
}

Tokens EngineSettings::stream_context() const {
    return round_up(kv_unified ? context * sequences : context, context_step);
}

// src/llama-kv-cache-iswa.cpp.
Tokens EngineSettings::window_cells(std::int64_t window) const {
    if (window == 0 || swa_full) return stream_context();
    const Tokens seen = Tokens{window} * (kv_unified ? sequences : 1) + Tokens{batch_tokens()};
    return std::min(stream_context(), round_up(seen, context_step));
}

// src/llama-kv-cache-dsv4.cpp.
Tokens EngineSettings::own_window_cells(std::int64_t window) const {
    if (swa_full) return stream_context();
    return std::min(stream_context(), round_up(Tokens{window} + Tokens{batch_tokens()}, context_step));
}

// llama_init_from_model.
bool uses_flash_attention(const ModelSpec& model, const EngineSettings& settings) {
    return settings.flash_attention && !model.no_flash_attention;
}

Tokens compressed_cells(Tokens context, std::int64_t ratio) {
    return round_up(Tokens{divide_up(context.count(), ratio)}, context_step);
}

std::int64_t EngineSettings::batch_tokens() const {
    return std::min({ubatch.count(), batch.count(), (context * sequences).count()});
}

std::int64_t EngineSettings::output_rows() const {
    return outputs == Outputs::batch ? batch_tokens() : std::min(batch_tokens(), sequences);
}

}  // namespace fitcalc
