// Source: llama.cpp de3ff81, src/llama-context.cpp (llama_context constructor).
#include "fitcalc/engine_settings.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

constexpr std::int64_t context_step = 256;

}  // namespace

Tokens EngineSettings::total_context() const {
    return kv_unified ? stream_context() : stream_context() * sequences;
}

Tokens EngineSettings::stream_context() const {
    return round_up(kv_unified ? context * sequences : context, context_step);
}

std::int64_t EngineSettings::batch_tokens() const {
    return std::min({ubatch.count(), batch.count(), (context * sequences).count()});
}

std::int64_t EngineSettings::output_rows() const {
    return outputs == Outputs::batch ? batch_tokens() : std::min(batch_tokens(), sequences);
}

}  // namespace fitcalc
