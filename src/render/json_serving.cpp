#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_parts.hpp"
#include "serving.hpp"

namespace fitcalc {
namespace {

std::string_view name_of(CacheType type) {
    switch (type) {
        case CacheType::fp8: return "fp8";
        case CacheType::half: return "bf16";
        case CacheType::automatic: break;
    }
    return "auto";
}

Json settings_json(const ServingReport& report) {
    Json out;
    out["engine"] = report.engine;
    out["engine_version"] = text(report.engine_version);
    out["method"] = "exact";
    out["quant"] = report.format->name;
    out["own_format"] = report.own_format;
    out["context"] = report.context.count();
    out["parallel"] = report.users;
    out["kv_type_k"] = name_of(report.cache_type);
    out["kv_type_v"] = name_of(report.cache_type);
    return out;
}

Json format_json(const FormatRow& row) {
    Json out;
    out["quant"] = row.format->name;
    out["bits_per_weight"] = rounded_bits(row.bits_per_weight);
    out["weights_bytes"] = row.file.count();
    out["file_size_bytes"] = row.file.count();
    out["asked"] = row.asked;
    out["description"] = row.format->description;
    out["source"] = row.format->source;
    return out;
}

Json sequences(double value) { return rounded_to(value, 100); }

Json device_row_json(const ServingDeployment& d) {
    const Parallelism& p = d.settings.parallelism;
    Json out = device_head(d);
    const Json none(nullptr);
    out["required_bytes"] = d.divisible ? Json(d.required.count()) : none;
    out["headroom_bytes"] = d.divisible ? Json((d.plan.budget - d.required).count()) : none;
    out["verdict"] = name_of(d.verdict);
    out["reason"] = text(d.reason);
    out["max_context"] = d.divisible ? Json(d.plan.longest.count()) : none;
    out["tensor_parallel"] = d.divisible ? Json(p.tensor) : none;
    out["pipeline_parallel"] = d.divisible ? Json(p.pipeline) : none;
    out["data_parallel"] = d.divisible ? Json(p.replicas) : none;
    out["nodes"] = d.divisible ? Json(d.nodes) : none;
    out["max_concurrency"] = d.divisible ? sequences(d.concurrency) : none;
    return out;
}

// Of one GPU, but for the checkpoint.
Json estimate_json(const ServingReport& report) {
    const auto format = std::ranges::find_if(report.formats, [](const FormatRow& row) { return row.asked; });
    Json out;
    out["weights_bytes"] = format->file.count();
    out["file_size_bytes"] = format->file.count();
    out["bits_per_weight"] = rounded_bits(format->bits_per_weight);
    for (const char* key : {"weights_device_bytes", "kv_cache_bytes", "compute_bytes", "overhead_bytes", "total_bytes"}) out[key] = nullptr;
    if (!report.asked || !report.asked->divisible) return out;
    const ServingPlan& plan = report.asked->plan;
    out["weights_device_bytes"] = plan.weights.count();
    out["kv_cache_bytes"] = (report.asked->required - (plan.budget - plan.pool)).count();
    out["compute_bytes"] = plan.activation.count();
    out["overhead_bytes"] = (plan.non_torch + plan.graphs).count();
    out["total_bytes"] = report.asked->required.count();
    return out;
}

Json serving_json(const ServingReport& report) {
    const ServingDeployment& d = *report.asked;
    const ServingPlan& plan = d.plan;
    const Parallelism& p = d.settings.parallelism;
    Json out;
    out["tensor_parallel"] = p.tensor;
    out["pipeline_parallel"] = p.pipeline;
    out["data_parallel"] = p.replicas;
    out["expert_parallel"] = p.experts;
    out["nodes"] = d.nodes;
    out["total_bytes"] = plan.total.count();
    out["budget_bytes"] = plan.budget.count();
    out["weights_bytes_per_device"] = plan.weights.count();
    out["activation_bytes"] = plan.activation.count();
    out["non_torch_bytes"] = plan.non_torch.count();
    out["cuda_graph_bytes"] = plan.graphs.count();
    out["kv_pool_bytes"] = plan.pool.count();
    out["kv_pool_range_bytes"] = {plan.pool_low.count(), plan.pool_high.count()};
    out["kv_pool_tokens"] = plan.pool_tokens.count();
    out["kv_sequence_bytes"] = plan.cache_of_sequence.count();
    out["max_concurrency"] = sequences(d.concurrency);
    out["max_concurrency_range"] = {sequences(d.concurrency_low), sequences(d.concurrency_high)};
    out["max_concurrency_full_context"] = sequences(d.concurrency_full);
    out["max_model_len"] = plan.longest.count();
    out["max_num_seqs"] = d.settings.sequences;
    out["max_num_batched_tokens"] = d.settings.batch.count();
    out["gpu_memory_utilization"] = rounded_to(d.settings.utilization, 1e4);
    out["starts"] = plan.starts;
    out["reason"] = text(d.reason);
    out["commands"] = Json::array();
    for (const ServingCommand& command : report.commands)
        out["commands"].push_back({{"where", text(command.where)}, {"line", command.line}});
    return out;
}

}  // namespace

Json to_json(const ServingReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = report.command;
    out["model"] = model_json(report.model);
    out["model"]["vision_parameters"] = report.vision > Params{} ? Json(report.vision.count()) : Json(nullptr);
    out["settings"] = settings_json(report);
    out["estimate"] = estimate_json(report);
    out["quants"] = Json::array();
    for (const FormatRow& row : report.formats) out["quants"].push_back(format_json(row));
    out["verdict"] = name_of(report.verdict());
    out["devices"] = Json::array();
    if (report.asked) out["devices"].push_back(device_row_json(*report.asked));
    for (const ServingDeployment& each : report.devices) out["devices"].push_back(device_row_json(each));
    out["too_small"] = ids(report.too_small);
    out["serving"] = report.asked && report.asked->divisible ? serving_json(report) : Json(nullptr);
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
