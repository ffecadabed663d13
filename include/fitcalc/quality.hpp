// What a quantization leaves of a model's quality, as 100 × perplexity at 16 bits ÷ perplexity of the quantized model.
#pragma once

#include <optional>

#include "fitcalc/catalog.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

struct Quality {
    double percent = 100;
    double low = 100, high = 100;    // measured: over the publishers; estimated: one standard deviation
    bool measured = false;           // on this very model; otherwise estimated from models of all sizes (LossFit)
    std::optional<double> kld_mean;  // measured mean KL divergence from the model at 16 bits, where there is one
};

// `active`: parameters used for one token, by which losses shrink. Nothing where neither a measurement nor a fit is known.
// Measurements by which a quantized model would be better than the original are noise: the fit stands.
std::optional<Quality> quality_of(const Catalog& catalog, const ModelRecord& model, Params active, const QuantRecord& quant);

// The same where the model's layers are known as well: MXFP4_MOE keeps experts that were released in MXFP4 as they are
// and makes the rest Q8_0, so that it loses no more than Q8_0 does.
std::optional<Quality> quality_of(const Catalog& catalog, const ModelRecord& model, const ModelSpec& spec, Params active,
                                  const QuantRecord& quant);

}  // namespace fitcalc
