// Several residual streams (Gemma 3n's AltUp): each layer predicts all of them from what they are, works on one, and
// corrects the others by how far the prediction of that one was off.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

// The embeddings {length, tokens} become {length, tokens, streams}.
NodeId open_streams(Graph& graph, const ModelSpec& model, NodeId embedded);
// One layer on the device `backend`; `own` is the layer's own token embedding.
NodeId layer_on_streams(const Context& context, const ModelSpec& model, const LayerSpec& spec, Backend backend,
                        NodeId own, NodeId streams);
// Back to {length, tokens}: the mean of all.
NodeId close_streams(Graph& graph, const ModelSpec& model, NodeId streams);

}  // namespace fitcalc::graph
