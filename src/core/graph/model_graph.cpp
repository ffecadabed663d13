// Sources: llama.cpp de3ff81, src/models/*.cpp of the supported architectures and src/llama-graph.cpp
// (build_inp_embd, set_outputs).
#include "model_graph.hpp"

#include "attention.hpp"
#include "feed_forward.hpp"
#include "layer_runs.hpp"

namespace fitcalc::graph {
namespace {

class ModelGraphBuilder {
public:
    ModelGraphBuilder(const ModelSpec& model, const Batch& batch, const GraphPlan& plan)
        : model_{model}, batch_{batch}, plan_{plan}, graph_{plan.host}, context_{graph_, batch, {}} {}

    ModelGraph build();

private:
    NodeId embeddings(Backend first);
    NodeId normed_on(Backend backend, NodeId a);
    NodeId layer(const LayerSpec& spec, Backend backend, bool last, NodeId input);
    NodeId run(const LayerRun& run, std::span<const std::size_t> layers, NodeId stream);
    NodeId output(NodeId stream);

    const ModelSpec& model_;
    const Batch& batch_;
    const GraphPlan& plan_;
    Graph graph_;
    Context context_;
    std::vector<Repetition> left_out_;
};

// `first`: where the first layer runs.
NodeId ModelGraphBuilder::embeddings(Backend first) {
    // Rows of the embedding matrix, which stays in host memory.
    graph_.run_on(plan_.host);
    const auto look_up = [&](NodeId which) {
        return graph_.result(Op::get_rows, GgmlType::f32, {model_.embedding_length, batch_.tokens, 1, 1}, {which});
    };
    NodeId stream = look_up(context_.inputs.tokens);
    graph_.expand(stream);
    graph_.expand(context_.inputs.embeddings);
    NodeId positions = no_node;
    if (model_.position_embeddings) positions = look_up(context_.inputs.positions);
    if (model_.position_embeddings || model_.scaled_embeddings) graph_.run_on(first);
    if (model_.scaled_embeddings) stream = graph_.same_as(Op::scale, stream);
    if (model_.position_embeddings) stream = graph_.same_as(Op::add, stream, positions);
    return model_.token_norm ? normed_on(first, stream) : stream;
}

// An operation without weights stays on the device that the previous one ran on: where the layers move to the next
// device, its first norm lags behind, and both it and the residual have to cross. llama.cpp's planning drops the
// builder's wish to have it on the layer's own device (ggml_backend_sched_reserve_size resets the assignments).
NodeId ModelGraphBuilder::normed_on(Backend backend, NodeId a) {
    if (graph_.current() == plan_.host) graph_.run_on(backend);
    const NodeId normed = graph_.same_as(model_.norm.layer ? Op::norm : Op::rms_norm, a);
    graph_.run_on(backend);
    return weigh(graph_, normed, model_.norm);
}

NodeId ModelGraphBuilder::layer(const LayerSpec& spec, Backend backend, bool last, NodeId input) {
    const NodeId normed = normed_on(backend, input);
    NodeId out = std::visit([&](const auto& a) { return attention(context_, model_.embedding_length, a, normed); },
                            spec.attention);
    // Only the tokens whose logits are wanted go on after the last layer's attention.
    const auto kept = [&](NodeId a) { return last ? graph_.get_rows(a, context_.inputs.out_ids) : a; };
    const auto network = [&](NodeId a) {
        return std::visit([&](const auto& f) { return feed_forward(context_, f, a); }, spec.feed_forward);
    };
    const auto add = [&](NodeId a, NodeId b) { return graph_.same_as(Op::add, a, b); };
    out = kept(out);
    const NodeId residual = kept(input);
    // What a network beside attention reads.
    const auto shared = [&] { return kept(spec.attention_norm_2 ? norm(graph_, input, model_.norm) : normed); };
    switch (spec.sum) {
        case LayerSum::network_beside: out = add(out, residual); return add(network(shared()), out);
        case LayerSum::network_attention_x: return add(add(network(shared()), out), residual);
        case LayerSum::attention_network_x: return add(add(out, network(shared())), residual);
        case LayerSum::network_x_attention:
            return add(add(network(norm(graph_, residual, model_.norm)), residual), out);
        case LayerSum::network_attended:
        case LayerSum::attended_network: break;
    }
    const NodeId attended = add(out, residual);
    out = network(norm(graph_, attended, model_.norm));
    return spec.sum == LayerSum::attended_network ? add(attended, out) : add(out, attended);
}

// The units of a run that are built: some to settle, a stride to look at, the last one, and what makes the number of
// those left out a multiple of the stride.
std::size_t units_built(std::size_t times, std::size_t stride) {
    const std::size_t settling = stride + 1;
    const std::size_t least = settling + stride + 1;
    return times <= least ? times : least + (times - least) % stride;
}

NodeId ModelGraphBuilder::run(const LayerRun& run, std::span<const std::size_t> layers, NodeId stream) {
    const std::size_t times = units_built(run.times, plan_.stride);
    const bool final_run = run.first + run.length() == layers.size();
    NodeId before = no_node;
    for (std::size_t t = 0; t < times; ++t) {
        for (std::size_t i = 0; i < run.period; ++i) {
            const std::size_t index = layers[run.first + i];
            const bool last = final_run && t + 1 == times && i + 1 == run.period;
            stream = layer(model_.layers[index], plan_.layer_backends[index], last, stream);
        }
        // The very last layer of all differs, so the unit before it is the one to look at.
        if (t + 2 + plan_.stride == times) before = stream;
        if (t + 2 == times && times < run.times) left_out_.push_back({before, stream});
    }
    return stream;
}

NodeId ModelGraphBuilder::output(NodeId stream) {
    const NodeId normed = normed_on(plan_.output_backend, stream);
    NodeId logits = graph_.weight_mul_mat(model_.vocab_size, normed);
    if (model_.output_bias) logits = graph_.same_as(Op::add, logits);
    // Both can be asked for after the run.
    graph_.at(normed).output = true;
    graph_.at(logits).output = true;
    return logits;
}

ModelGraph ModelGraphBuilder::build() {
    std::vector<std::size_t> layers;
    for (std::size_t i = 0; i < model_.layers.size(); ++i)
        if (!model_.layers[i].next_token) layers.push_back(i);

    context_.inputs = make_inputs(graph_, model_, batch_);
    NodeId stream = embeddings(plan_.layer_backends[layers.front()]);
    for (const LayerRun& each : layer_runs(model_, layers, plan_.layer_backends)) stream = run(each, layers, stream);
    graph_.expand(output(stream));
    return {std::move(graph_), std::move(left_out_)};
}

}  // namespace

ModelGraph build_graph(const ModelSpec& model, const Batch& batch, const GraphPlan& plan) {
    return ModelGraphBuilder{model, batch, plan}.build();
}

}  // namespace fitcalc::graph
