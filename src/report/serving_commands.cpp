// Source: vLLM 0.27, vllm/engine/arg_utils.py and docs/serving/parallelism_scaling.md; SGLang 0.5,
// python/sglang/srt/server_args.py.
#include "fitcalc/run_commands.hpp"
#include "serving_report.hpp"

namespace fitcalc {
namespace {

// To two decimals, and a third where the engine's own default has one.
std::string share(double value) {
    std::string text = std::to_string(value);
    text.resize(text.find('.') + 4);
    while (text.ends_with('0')) text.pop_back();
    return text;
}

class Line {
public:
    explicit Line(std::string text) : text_{std::move(text)} {}
    Line& add(std::string_view flag, std::string_view value) {
        ((text_ += ' ') += flag) += value.empty() ? "" : " ";
        text_ += value;
        return *this;
    }
    Line& add(std::string_view flag, std::int64_t value) { return add(flag, std::to_string(value)); }
    Line& degree(std::string_view flag, std::int64_t value) { return value > 1 ? add(flag, value) : *this; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// A repository in the format that was asked for is the user's to name where the catalog knows none.
std::string model_word(const ServingRequest& request) {
    return request.repository.empty() ? "MODEL" : shell_word(request.repository);
}

std::vector<ServingCommand> vllm(const ServingRequest& request, const ServingDeployment& d) {
    const Parallelism& p = d.settings.parallelism;
    Line line{"vllm serve " + model_word(request)};
    line.degree("--tensor-parallel-size", p.tensor)
        .degree("--pipeline-parallel-size", p.pipeline)
        .degree("--data-parallel-size", p.replicas);
    if (p.experts) line.add("--enable-expert-parallel", "");
    line.add("--max-model-len", d.settings.context.count()).add("--gpu-memory-utilization", share(d.settings.utilization));
    if (request.users_given) line.add("--max-num-seqs", d.settings.sequences);
    line.add("--max-num-batched-tokens", d.settings.batch.count());
    if (request.cache_type == CacheType::fp8) line.add("--kv-cache-dtype", "fp8");
    if (request.cache_type == CacheType::half) line.add("--kv-cache-dtype", "bfloat16");
    if (request.format->made_at_load && !request.own_format) line.add("--quantization", request.format->vllm);
    if (p.gpus_of_replica() <= request.engine->gpus_in_node) return {{"", line.take()}};
    line.add("--distributed-executor-backend", "ray");
    return {{"on the first node", "ray start --head --port=6379"},
            {"on each other node", "ray start --address=FIRST_NODE:6379"},
            {"on the first node", line.take()}};
}

std::vector<ServingCommand> sglang(const ServingRequest& request, const ServingDeployment& d) {
    const Parallelism& p = d.settings.parallelism;
    Line line{"python -m sglang.launch_server --model-path " + model_word(request)};
    line.degree("--tp-size", p.tensor).degree("--pp-size", p.pipeline).degree("--dp-size", p.replicas);
    if (p.experts) line.add("--ep-size", p.tensor);
    line.add("--context-length", d.settings.context.count()).add("--mem-fraction-static", share(d.settings.utilization));
    if (request.users_given) line.add("--max-running-requests", request.users);
    line.add("--chunked-prefill-size", d.settings.batch.count());
    if (request.cache_type == CacheType::fp8) line.add("--kv-cache-dtype", "fp8_e4m3");
    if (request.format->made_at_load && !request.own_format) line.add("--quantization", request.format->vllm);
    if (p.gpus_of_replica() <= request.engine->gpus_in_node) return {{"", line.take()}};
    line.add("--nnodes", d.nodes).add("--node-rank", "NODE").add("--dist-init-addr", "FIRST_NODE:5000");
    return {{"on each node, NODE from 0", line.take()}};
}

}  // namespace

std::vector<ServingCommand> serving_commands(const ServingRequest& request, const ServingDeployment& deployment) {
    return request.engine->rule == BudgetRule::profiled ? vllm(request, deployment) : sglang(request, deployment);
}

}  // namespace fitcalc
