// A fit question with every name resolved and every default written in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/engine_settings.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/result.hpp"
#include "device_choice.hpp"
#include "fit_report.hpp"

namespace fitcalc {

// A model that a path named, as a record of the catalog's kind. Its views point into itself.
struct FileModel {
    explicit FileModel(ModelFile model);
    FileModel(const FileModel&) = delete;
    FileModel& operator=(const FileModel&) = delete;

    ModelFile file;
    ModelRecord record;

private:
    std::vector<std::uint32_t> packed_dimensions_;
    std::vector<std::string_view> sources_;
};

struct FitRequest {
    const Catalog* catalog = nullptr;
    const ModelRecord* model = nullptr;
    std::shared_ptr<const FileModel> file;  // null: the model is the catalog's
    bool as_it_is = false;                  // the file's own types, not `quant`
    const EngineRecord* engine = nullptr;
    std::string backend;  // empty: by the device's vendor, CUDA without a device
    Method method = Method::exact;
    FileType quant = FileType::q4_k_m;
    bool usual_quant = false;  // none was named: the one that the model is usually run in, whatever `quant` says
    std::optional<PublishedChoice> published;  // a maker's own mix instead of `quant`
    bool importance_matrix = true;
    EngineSettings settings;
    bool whole_context = false;  // --ctx max: settings.context is then the model's maximum; of many models, each has its own
    DeviceSet devices;
    SpeedOptions speed;
    bool explain = false;      // fill in the groups that `explain` prints
    bool curves = false;       // context against memory
    bool max_context = false;  // find each device's largest context
    std::vector<std::string> warnings;
};

// Usable memory of a device: what the driver reports less what it keeps; unified memory up to the system's limit.
Bytes usable_memory(const DeviceRecord& device, const EngineRecord& engine, std::optional<Bytes> reserve);

Result<FitReport> build_fit_report(const FitRequest& request);

}  // namespace fitcalc
