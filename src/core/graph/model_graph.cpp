// Sources: llama.cpp de3ff81, src/models/*.cpp and src/llama-graph.cpp
// (build_inp_embd, set_outputs).
#include "model_graph.hpp"

#include <utility>

#include "attention.hpp"
#include "feed_forward.hpp"
#include "hyper_connections.hpp"
#include "layer_runs.hpp"
#include "residual_checkpoints.hpp"
#include "streams.hpp"
#include "recurrent.hpp"
#include "rwkv7.hpp"

namespace fitcalc::graph {
namespace {

class ModelGraphBuilder {
public:
    ModelGraphBuilder(const ModelSpec& model, const Batch& batch, const GraphPlan& plan)
        : model_{model},
          batch_{batch},
          plan_{plan},
          graph_{plan.host},
          context_{graph_, batch, {}} {}

    ModelGraph build();

private:
    NodeId input_rows(std::int64_t length, NodeId numbers);
    NodeId embeddings();
    NodeId input_part();
    NodeId per_layer_inputs(NodeId embedded);
    NodeId own_input();
    NodeId add_per_layer_input(NodeId a);
    NodeId first_stream(Backend first);
    NodeId normed_on(Backend backend, NodeId a);
    NodeId normed(NodeId a) { return norm(graph_, a, model_.norm); }
    NodeId wanted_rows(NodeId a);
    // All layers read parts of one tensor, of which each backend has a copy: what is free there depends on how many layers
    // are still to come, and none may be left out.
    bool shares_input() const {
        const auto elsewhere = [&](const LayerPlace& place) { return place.backend != plan_.layers.front().backend; };
        return model_.per_layer_length > 0 && std::ranges::any_of(plan_.layers, elsewhere);
    }
    bool late_rows() const { return model_.late_rows || model_.late_rows_before_norm; }
    NodeId mixer(const LayerSpec& spec, NodeId input, NodeId start);
    NodeId router_logits(const LayerSpec& spec, NodeId input);
    NodeId add_experts_on_input(const LayerSpec& spec, NodeId input, NodeId attended);
    NodeId sum(NodeId out, NodeId residual);
    NodeId layer(const LayerSpec& spec, Backend backend, bool last, NodeId input);
    NodeId layer_from_checkpoints(const LayerSpec& spec, Backend backend, bool begins, NodeId stream);
    NodeId layer_with_hyper_connections(const LayerSpec& spec, Backend backend, NodeId streams);
    NodeId all_layers_from_checkpoints(std::span<const std::size_t> layers, NodeId stream);
    NodeId run(const LayerRun& run, std::span<const std::size_t> layers, NodeId stream);
    void enter_outside();
    NodeId output(NodeId stream);

    const ModelSpec& model_;
    const Batch& batch_;
    const GraphPlan& plan_;
    Graph graph_;
    Context context_;
    NodeId input_ = no_node;      // embeddings with room for pictures beside them
    NodeId per_layer_ = no_node;  // the layers' own token embeddings
    std::vector<Repetition> left_out_;
    NodeId first_values_ = no_node;  // RWKV-7
    ResidualCheckpoints checkpoints_;
};

// Rows of an embedding matrix, which stays in host memory.
NodeId ModelGraphBuilder::input_rows(std::int64_t length, NodeId numbers) {
    graph_.run_on(plan_.host);
    const NodeId rows = graph_.result(Op::get_rows, GgmlType::f32, {length, batch_.tokens, 1, 1}, {numbers});
    graph_.at(rows).weighted = true;
    return rows;
}

NodeId ModelGraphBuilder::embeddings() {
    const NodeId rows = input_rows(model_.embedding_length, context_.inputs.tokens);
    if (const std::int64_t parts = model_.deepstack_layers(); parts > 0) {
        graph_.run_on(plan_.layers.front().backend);
        input_ = graph_.result(Op::pad, GgmlType::f32, graph_.at(context_.inputs.embeddings).ne, {rows});
        graph_.expand(input_);
    } else {
        graph_.expand(rows);
    }
    graph_.expand(context_.inputs.embeddings);
    return input_ == no_node ? rows : input_part();
}

// The embeddings, or another layer's part of what pictures fill in beside them.
NodeId ModelGraphBuilder::input_part() {
    return graph_.view(input_, {model_.embedding_length, batch_.tokens, 1, 1}, graph_.at(input_).nb);
}

// What every layer adds of its own: rows of a second embedding matrix, mixed with a projection of the first's.
NodeId ModelGraphBuilder::per_layer_inputs(NodeId embedded) {
    const std::int64_t length = model_.per_layer_length, tokens = batch_.tokens;
    const auto layers = static_cast<std::int64_t>(model_.layers.size());
    const std::int64_t all = checked_mul(length, layers);
    const NodeId rows = input_rows(all, context_.inputs.per_layer_tokens);
    const NodeId selected = graph_.same_as(Op::scale, graph_.reshape(rows, {length, layers, tokens, 1}));
    graph_.expand(selected);
    graph_.run_on(plan_.layers.front().backend);
    const NodeId projected = graph_.reshape(graph_.weight_mul_mat(all, embedded), {length, layers, tokens, 1});
    const NodeId sum = graph_.same_as(Op::add, norm(graph_, projected), selected);
    return graph_.cont(graph_.permute(sum, {0, 2, 1, 3}), {length, tokens, layers, 1});
}

// A layer's part of them.
NodeId ModelGraphBuilder::own_input() {
    const Node& all = graph_.at(per_layer_);
    return graph_.view_2d(per_layer_, all.ne[0], all.ne[1], all.nb[1]);
}

NodeId ModelGraphBuilder::add_per_layer_input(NodeId a) {
    const NodeId own = own_input();
    const NodeId gate = graph_.same_as(Op::unary, graph_.weight_mul_mat(model_.per_layer_length, a));
    const NodeId gated = graph_.same_as(Op::mul, gate, own);
    return graph_.same_as(Op::add, a, norm(graph_, graph_.weight_mul_mat(model_.embedding_length, gated)));
}

// An operation without weights stays on the device that the previous one ran on: where the layers move to the next
// device, its first norm lags behind, and both it and the residual have to cross. llama.cpp's planning drops the
// builder's wish to have it on the layer's own device (ggml_backend_sched_reserve_size resets the assignments).
NodeId ModelGraphBuilder::normed_on(Backend backend, NodeId a) {
    const NodeId normed = graph_.same_as(model_.norm.layer ? Op::norm : Op::rms_norm, a);
    graph_.run_on(backend);
    return weigh(graph_, normed, model_.norm);
}

bool has_own_norms(const FeedForward& feed_forward) {
    const auto* experts = std::get_if<ExpertFeedForward>(&feed_forward);
    return experts != nullptr && experts->own_norms;
}

NodeId ModelGraphBuilder::wanted_rows(NodeId a) {
    return graph_.get_rows(a, context_.inputs.out_ids);
}

// Attention, a recurrent part, or both side by side, each behind a norm of its own.
NodeId ModelGraphBuilder::mixer(const LayerSpec& spec, NodeId input, NodeId start) {
    const auto recurrent_part = [&](NodeId from) {
        return std::visit(
            [&]<class Kind>(const Kind& kind) {
                // RWKV-7's layer is built as a whole.
                if constexpr (std::is_same_v<Kind, Rwkv7>) return from;
                else return recurrent(context_, model_.embedding_length, kind, from);
            },
            *spec.recurrent);
    };
    if (const auto* none = std::get_if<NoAttention>(&spec.attention); none != nullptr && !none->linear)
        return recurrent_part(start);
    const NodeId out = std::visit(
        [&](const auto& a) { return attention(context_, model_.embedding_length, a, start); }, spec.attention);
    if (!spec.recurrent) return out;
    // Side by side, both read the input through the same norm, each for itself.
    const NodeId beside = graph_.with_weight(Op::mul, graph_.same_as(Op::rms_norm, input), "attn_norm.weight");
    return graph_.same_as(Op::add, out, recurrent_part(beside));
}

// Those of a router that reads the layer's input.
NodeId ModelGraphBuilder::router_logits(const LayerSpec& spec, NodeId input) {
    const auto* experts = std::get_if<ExpertFeedForward>(&spec.feed_forward);
    return experts && experts->routed_by_input ? graph_.weight_mul_mat(experts->experts, input) : no_node;
}

// The dense network goes on from attention, the routed experts from the layer's input.
NodeId ModelGraphBuilder::add_experts_on_input(const LayerSpec& spec, NodeId input, NodeId attended) {
    ExpertFeedForward routed = std::get<ExpertFeedForward>(spec.feed_forward);
    const DenseFeedForward dense{.length = std::exchange(routed.shared_length, 0)};
    const NodeId sum = graph_.same_as(Op::add, feed_forward(context_, dense, normed(attended)), attended);
    return graph_.same_as(Op::add, feed_forward(context_, routed, normed(input)), sum);
}

NodeId ModelGraphBuilder::sum(NodeId out, NodeId residual) {
    return model_.residual_first ? graph_.same_as(Op::add, residual, out) : graph_.same_as(Op::add, out, residual);
}

NodeId ModelGraphBuilder::layer(const LayerSpec& spec, Backend backend, bool last, NodeId input) {
    if (model_.hyper_connections > 0) return layer_with_hyper_connections(spec, backend, input);
    if (model_.streams > 1) return layer_on_streams(context_, model_, spec, backend, own_input(), input);
    if (spec.recurrent)
        if (const auto* rwkv = std::get_if<Rwkv7>(&*spec.recurrent)) {
            graph_.run_on(backend);
            return rwkv7_layer(context_, *rwkv, std::get<DenseFeedForward>(spec.feed_forward).length, last, input,
                               first_values_);
        }
    NodeId start = input;
    if (spec.norms == NormPlacement::after)
        graph_.run_on(backend);
    else
        start = normed_on(backend, input);
    NodeId logits = router_logits(spec, input);
    const auto network = [&](NodeId a) {
        if (logits != no_node) return feed_forward(context_, std::get<ExpertFeedForward>(spec.feed_forward), a, logits);
        return std::visit([&](const auto& f) { return feed_forward(context_, f, a); }, spec.feed_forward);
    };
    const auto* none = std::get_if<NoAttention>(&spec.attention);
    const bool attends = none == nullptr || none->linear;
    const bool mixes = attends || spec.recurrent;
    const bool side_by_side = attends && spec.recurrent;
    NodeId attended = mixes ? mixer(spec, input, start) : network(start);
    NodeId residual = input;
    const bool choose = last && !late_rows();
    if (choose && !side_by_side) {
        // Only the tokens whose logits are wanted go on.
        attended = wanted_rows(attended);
        residual = wanted_rows(residual);
        if (spec.parallel) start = wanted_rows(start);
        if (logits != no_node) logits = wanted_rows(logits);
    }
    if (spec.parallel) return graph_.same_as(Op::add, graph_.same_as(Op::add, network(start), residual), attended);

    // What a network beside attention reads.
    const auto beside = [&] {
        const NodeId read = spec.attention_norm_2 ? normed(input) : start;
        return network(last && !late_rows() ? wanted_rows(read) : read);
    };
    const auto add = [&](NodeId a, NodeId b) { return graph_.same_as(Op::add, a, b); };
    switch (spec.sum) {
        case LayerSum::network_beside: attended = add(attended, residual); return add(beside(), attended);
        case LayerSum::network_attention_x: return add(add(beside(), attended), residual);
        case LayerSum::attention_network_x: return add(add(attended, beside()), residual);
        case LayerSum::network_x_attention:
            return add(add(network(normed(residual)), residual), attended);
        case LayerSum::network_attended:
        case LayerSum::attended_network:
        case LayerSum::network_x_attended:
        case LayerSum::experts_on_input: break;
    }

    const bool norm_after = spec.norms != NormPlacement::before;
    if (norm_after) attended = normed(attended);
    attended = spec.sum == LayerSum::network_x_attended ? add(residual, attended) : sum(attended, residual);
    if (choose && side_by_side) attended = wanted_rows(attended);
    if (!mixes || std::holds_alternative<NoFeedForward>(spec.feed_forward)) return attended;
    if (spec.sum == LayerSum::experts_on_input) return add_experts_on_input(spec, residual, attended);
    const bool normed_inside = spec.norms == NormPlacement::after || has_own_norms(spec.feed_forward);
    NodeId out = network(normed_inside ? attended : normed(attended));
    if (norm_after) out = normed(out);
    out = spec.sum == LayerSum::attended_network ? add(attended, out) : sum(out, attended);
    if (spec.deepstack) out = add(out, input_part());
    return per_layer_ == no_node ? out : add_per_layer_input(out);
}

// `begins`: the stream is kept as a checkpoint and begins anew with this layer's attention.
NodeId ModelGraphBuilder::layer_from_checkpoints(const LayerSpec& spec, Backend backend, bool begins, NodeId stream) {
    graph_.run_on(backend);
    const NodeId start = normed(checkpoints_.mixture(graph_, stream));
    if (begins) checkpoints_.keep(graph_, stream);
    graph_.expand(start);
    const NodeId mixed = mixer(spec, stream, start);
    stream = begins ? mixed : graph_.same_as(Op::add, stream, mixed);
    const NodeId read = normed(checkpoints_.mixture(graph_, stream));
    const NodeId out =
        std::visit([&](const auto& f) { return feed_forward(context_, f, read); }, spec.feed_forward);
    return graph_.same_as(Op::add, stream, out);
}

NodeId ModelGraphBuilder::layer_with_hyper_connections(const LayerSpec& spec, Backend backend, NodeId streams) {
    graph_.run_on(backend);
    const StreamMixture attending = mix_streams(graph_, streams);
    const NodeId attended = mixer(spec, streams, normed(attending.input));
    streams = spread(graph_, attending, attended, streams);
    const StreamMixture feeding = mix_streams(graph_, streams);
    for (const NodeId node : {streams, feeding.post, feeding.combine}) graph_.expand(node);
    const NodeId read = normed(feeding.input);
    const NodeId out =
        std::visit([&](const auto& f) { return feed_forward(context_, f, read); }, spec.feed_forward);
    return spread(graph_, feeding, out, streams);
}

// None is left out: checkpoints pile up, so no layer repeats another.
NodeId ModelGraphBuilder::all_layers_from_checkpoints(std::span<const std::size_t> layers, NodeId stream) {
    for (const std::size_t index : layers) {
        const bool begins = static_cast<std::int64_t>(index) % model_.residual_block == 0;
        const LayerPlace& place = plan_.layers[index];
        graph_.enter_layer(place.cache, place.experts, place.host_weights);
        stream = layer_from_checkpoints(model_.layers[index], place.backend, begins, stream);
    }
    graph_.run_on(plan_.output_backend);
    return wanted_rows(checkpoints_.mixture(graph_, stream));
}

// The units of a run that are built: one that follows other layers, a stride to look at, those behind it, and what makes
// the number of those left out a multiple of the stride.
std::size_t units_built(std::size_t times, std::size_t stride, std::size_t behind) {
    const std::size_t least = 1 + stride + behind;
    return times <= least ? times : least + (times - least) % stride;
}

NodeId ModelGraphBuilder::run(const LayerRun& run, std::span<const std::size_t> layers, NodeId stream) {
    const bool final_run = run.first + run.length() == layers.size();
    // The very last layer of all differs, so the unit before it is the one to look at.
    const std::size_t behind = final_run ? 1 : 0;
    const std::size_t times = shares_input() ? run.times : units_built(run.times, plan_.stride, behind);
    const std::size_t looked_at = times - behind, left_out = run.times - times;
    std::vector<NodeId> before;
    for (std::size_t t = 0; t < times; ++t) {
        for (std::size_t i = 0; i < run.period; ++i) {
            const std::size_t index = layers[run.first + i];
            const bool last = final_run && t + 1 == times && i + 1 == run.period;
            const LayerPlace& place = plan_.layers[index];
            graph_.enter_layer(place.cache, place.experts, place.host_weights);
            stream = layer(model_.layers[index], place.backend, last, stream);
        }
        if (left_out > 0 && t + 1 < looked_at && t + 1 + plan_.stride >= looked_at) before.push_back(stream);
        if (left_out > 0 && t + 1 == looked_at) left_out_.push_back({before, stream, left_out});
    }
    return stream;
}

bool layer_norms(const ModelSpec& model) {
    const LayerSpec& first = model.layers.front();
    return first.recurrent && std::holds_alternative<Rwkv7>(*first.recurrent);
}

NodeId ModelGraphBuilder::output(NodeId stream) {
    // What can be asked for after the run is never overwritten: the state of all tokens where a draft head reads it,
    // the state of the wanted ones, and their logits.
    if (model_.hyper_connections > 0) {
        graph_.run_on(plan_.output_backend);
        stream = close_hyper_connections(graph_, stream, context_.inputs.out_ids);
    }
    if (model_.streams > 1) stream = wanted_rows(close_streams(graph_, model_, stream));
    if (model_.late_rows_before_norm) {
        graph_.at(stream).output = true;
        stream = wanted_rows(stream);
    }
    NodeId normed = layer_norms(model_) ? rwkv7_norm(graph_, stream) : normed_on(plan_.output_backend, stream);
    graph_.at(normed).output = true;
    if (model_.late_rows) normed = wanted_rows(normed);
    graph_.at(normed).output = true;
    if (model_.scaled_states) normed = graph_.same_as(Op::scale, normed);
    NodeId logits = graph_.weight_mul_mat(model_.vocab_size, normed);
    if (model_.output_bias) logits = graph_.same_as(Op::add, logits);
    graph_.at(logits).output = true;
    return logits;
}

// What the first layer takes.
NodeId ModelGraphBuilder::first_stream(Backend first) {
    NodeId stream = embeddings();
    if (model_.position_embeddings) {
        const NodeId positions = input_rows(model_.embedding_length, context_.inputs.positions);
        graph_.run_on(first);
        stream = graph_.same_as(Op::add, stream, positions);
    }
    if (model_.token_norm) stream = normed_on(first, stream);
    if (model_.hyper_connections > 0) {
        graph_.expand(context_.inputs.window.mask);
        graph_.run_on(first);
        return open_hyper_connections(graph_, model_.hyper_connections, stream);
    }
    if (!model_.scaled_embeddings) return stream;
    // Steps without weights run where the next weights lie: those that open several streams follow the output layer.
    if (model_.streams > 1) first = plan_.output_backend;
    graph_.run_on(first);
    stream = graph_.same_as(Op::scale, stream);
    if (model_.per_layer_length > 0) per_layer_ = per_layer_inputs(stream);
    graph_.run_on(first);
    return model_.streams > 1 ? open_streams(graph_, model_, stream) : stream;
}

// What lies before the layers and behind them has neither cache nor experts.
void ModelGraphBuilder::enter_outside() { graph_.enter_layer(plan_.host, plan_.host, plan_.host_weights); }

ModelGraph ModelGraphBuilder::build() {
    std::vector<std::size_t> layers;
    for (std::size_t i = 0; i < model_.layers.size(); ++i)
        if (!model_.layers[i].next_token) layers.push_back(i);

    context_.inputs = make_inputs(graph_, model_, batch_);
    enter_outside();
    NodeId stream = first_stream(plan_.layers[layers.front()].backend);
    if (layer_norms(model_)) {
        graph_.run_on(plan_.layers.front().backend);
        stream = rwkv7_norm(graph_, stream);
    }
    if (model_.residual_block > 0)
        stream = all_layers_from_checkpoints(layers, stream);
    else
        for (const LayerRun& each : layer_runs(model_, layers, plan_.layers)) stream = run(each, layers, stream);
    enter_outside();
    graph_.expand(output(stream));
    graph_.settle_backends();
    return {std::move(graph_), std::move(left_out_)};
}

}  // namespace

ModelGraph build_graph(const ModelSpec& model, const Batch& batch, const GraphPlan& plan) {
    return ModelGraphBuilder{model, batch, plan}.build();
}

}  // namespace fitcalc::graph
