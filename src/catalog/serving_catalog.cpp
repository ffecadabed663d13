#include "fitcalc/serving_catalog.hpp"

#include <algorithm>

namespace fitcalc {

bool ServingEngine::serves(std::string_view architecture) const {
    return std::ranges::find(architectures, architecture) != architectures.end();
}

bool ServingEngine::reads(const CheckpointFormat& format) const {
    return std::ranges::find(formats, format.name) != formats.end();
}

const ServingEngine* serving_engine(std::string_view name) {
    const auto found = std::ranges::find(serving_engines(), name, &ServingEngine::name);
    return found == serving_engines().end() ? nullptr : &*found;
}

const PublishedCheckpoint* published_checkpoint(std::string_view model) {
    const auto found = std::ranges::find(published_checkpoints(), model, &PublishedCheckpoint::model);
    return found == published_checkpoints().end() ? nullptr : &*found;
}

}  // namespace fitcalc
