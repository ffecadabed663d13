// The answer to a question about a serving engine: the model in a checkpoint format, divided among GPUs, and how many
// users its cache carries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/serving_catalog.hpp"

namespace fitcalc {

// A question with every name resolved. What the request of the model's kind can't say is beside it.
struct ServingRequest {
    FitRequest question;                 // model, context and devices; its quantization and engine don't count
    const EngineRecord* record = nullptr;
    const ServingEngine* engine = nullptr;
    const CheckpointFormat* format = nullptr;
    FormatDetails details;
    bool own_format = true;              // the one of the model's own repository
    Params vision;
    std::string repository;              // to put into commands; empty: unknown for this format
    CacheType cache_type = CacheType::automatic;
    std::int64_t users = 1;              // sequences of the context at once
    bool users_given = false;
    std::optional<std::int64_t> tensor, pipeline;
    bool expert_parallel = false;
    std::optional<double> utilization;
    std::optional<Tokens> batch;
    bool several = false;                // gpus: every kind of device
    std::int64_t max_count = 8;
    std::string vendor, kind;            // gpus: of these only; empty: all
};

// Equal GPUs, and the way of using all of them that serves best.
struct ServingDeployment {
    const DeviceRecord* record = nullptr;  // null for a bare size
    std::string name;
    std::int64_t count = 1;
    std::int64_t nodes = 1;
    Bytes memory;                          // reported by the driver, of each
    Bytes usable;                          // that the engine sees, of each
    ServingSettings settings;
    ServingPlan plan;
    double concurrency = 0;                // over all replicas
    double concurrency_low = 0, concurrency_high = 0;
    double concurrency_full = 0;           // at the model's whole context
    Bytes required;                        // on one GPU for the users asked for: what `usable` × utilization must hold
    Verdict verdict = Verdict::no;
    std::string reason;                    // of a no
    bool divisible = true;                 // false: no way of dividing the model among so many GPUs; `reason` says why
};

struct FormatRow {
    const CheckpointFormat* format = nullptr;
    double bits_per_weight = 0;
    Bytes file;
    bool asked = false;
};

// Shell lines that start the engine, in order; with several nodes some are for each.
struct ServingCommand {
    std::string where;  // "on the first node"; empty: where the GPUs are
    std::string line;
};

struct ServingReport {
    std::string command = "fit";
    ModelSummary model;
    std::string engine, engine_version;
    const CheckpointFormat* format = nullptr;
    bool own_format = true;
    Tokens context;
    std::int64_t users = 1;
    CacheType cache_type = CacheType::automatic;
    Params vision;
    std::vector<FormatRow> formats;
    std::optional<ServingDeployment> asked;   // the devices of --gpu
    std::vector<ServingDeployment> devices;   // otherwise: of each kind the smallest number that serves the users
    std::vector<const DeviceRecord*> too_small;
    std::vector<ServingCommand> commands;
    std::vector<std::string> warnings;

    Verdict verdict() const;
};

Result<ServingReport> build_serving_report(const ServingRequest& request);

// The lines that start `deployment`; of a model without a repository they say MODEL.
std::vector<ServingCommand> serving_commands(const ServingRequest& request, const ServingDeployment& deployment);

}  // namespace fitcalc
