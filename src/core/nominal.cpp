#include "fitcalc/nominal.hpp"

namespace fitcalc {

NominalEstimate nominal_estimate(const NominalModel& model, NominalBits bits, Tokens context) {
    constexpr std::int64_t keys_and_values = 2, bytes_per_value = 2;
    constexpr std::int64_t hundredths_of_a_byte = 800;  // 8 bits in hundredths
    const std::int64_t head_length = model.hidden / model.heads;
    const Bytes per_token =
        Bytes{keys_and_values * bytes_per_value} * model.layers * model.kv_heads * head_length;

    NominalEstimate estimate;
    estimate.weights = Bytes{checked_mul(model.parameters.count(), bits.hundredths) / hundredths_of_a_byte};
    estimate.kv_cache = per_token * context.count();
    estimate.overhead = nominal_overhead;
    estimate.total = estimate.weights + estimate.kv_cache + estimate.overhead;
    estimate.recommended = estimate.total * 13 / 10;
    return estimate;
}

}  // namespace fitcalc
