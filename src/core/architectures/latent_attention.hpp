// Multi-head latent attention, with or without a lightning indexer, as several families use it.
#pragma once

#include "builder.hpp"

namespace fitcalc::architectures {

LatentAttention latent_attention(DimensionReader& read);
// Of attention whose cache holds whole heads.
CompressedProjections compressed_projections(DimensionReader& read);
// Asks for the query's compression, which the indexer reads.
Indexer indexer(DimensionReader& read);

// K and V of all heads come from the latent row: attn_k_b is stored transposed per head so that it can be
// absorbed into the query, attn_v_b is applied after attention.
void add_latent_attention(TensorList& list, const ModelSpec& model, std::size_t layer, const LatentAttention& a);

}  // namespace fitcalc::architectures
