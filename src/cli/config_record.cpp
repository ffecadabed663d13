#include "config_record.hpp"

#include "catalog/packed_dimensions.hpp"
#include "fitcalc/text.hpp"

namespace fitcalc::cli {

std::shared_ptr<const OwnedRecord> make_record(const ModelFile& model, std::string id, std::vector<std::string> sources) {
    auto owned = std::make_shared<OwnedRecord>();
    owned->name = model.name;
    owned->id = id.empty() ? lower_case(owned->name) : std::move(id);
    owned->architecture = model.architecture;
    owned->sources = std::move(sources);
    owned->source_views.assign(owned->sources.begin(), owned->sources.end());
    owned->dimensions = pack(model.dimensions);
    ModelRecord& record = owned->record;
    record.id = owned->id;
    record.name = owned->name;
    record.architecture = owned->architecture;
    record.packed_dimensions = owned->dimensions;
    record.hf_attention = model.hf_attention;
    record.sources = owned->source_views;
    record.confidence = "verbatim";
    return owned;
}

}  // namespace fitcalc::cli
