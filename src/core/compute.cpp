#include "fitcalc/compute.hpp"

#include "fitcalc/estimate.hpp"
#include "graph/simulate.hpp"

namespace fitcalc {

Result<ComputeBuffers> compute_buffers(const ModelSpec& model, const EngineSettings& settings) {
    if (auto ok = check_settings(model, settings); !ok) return tl::unexpected(ok.error());
    graph::GraphPlan plan;
    plan.layers.resize(model.layers.size());
    plan.host = settings.device == GraphDevice::cpu ? 0 : 1;
    return graph::simulate(model, settings, plan, 1).map([](const std::vector<std::int64_t>& sizes) {
        return sizes.size() == 1 ? ComputeBuffers{{}, Bytes{sizes[0]}}
                                 : ComputeBuffers{Bytes{sizes[0]}, Bytes{sizes[1]}};
    });
}

}  // namespace fitcalc
