#include "models_report.hpp"

#include <algorithm>
#include <map>

#include "fitcalc/architecture.hpp"
#include "placing.hpp"
#include "quant_ladder.hpp"
#include "run_plan.hpp"
#include "subject.hpp"

namespace fitcalc {
namespace {

// No type takes fewer bits a weight than IQ1_S.
constexpr std::int64_t least_eighth_bits = 12;  // 1.5 bits

// Two matrices of each expert, which all have: what is certainly there, without laying out the tensors.
Bytes least_weights(const ModelSpec& model) {
    std::int64_t values = 0;
    for (const LayerSpec& layer : model.layers) {
        const auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward);
        if (!experts || layer.next_token) continue;
        const std::int64_t row = experts->latent_length > 0 ? experts->latent_length : model.embedding_length;
        values = checked_add(values, checked_mul(checked_mul(2 * experts->experts, experts->length), row));
    }
    return Bytes{values / 64 * least_eighth_bits};
}

// What is known of all models of one shape: a base model and its tunes have the same.
struct ShapeAnswer {
    enum class Kind { fits, too_large, too_short, not_supported } kind = Kind::not_supported;
    FittingModel model;  // without its record
};

class Scanner {
public:
    explicit Scanner(const ModelsRequest& request, const PlacementLimits& limits)
        : request_{request}, limits_{limits}, ladder_{*request.question.catalog} {
        for (const PlacementDevice& device : limits.devices) most_ += device.usable;
        if (limits.host) most_ += *limits.host;
    }

    // Whether the settings suited any model.
    bool any_computed() const { return any_computed_; }

    Result<ShapeAnswer> answer(const ModelRecord& record) {
        const bool measured = request_.question.catalog->measured(record.id);
        const Shape shape{measured ? record.id : "", record.architecture, record.packed_dimensions, record.metadata_bytes.value_or(0)};
        const auto known = answers_.find(shape);
        if (known != answers_.end()) return known->second;
        auto found = look_at(record);
        if (found) answers_.emplace(shape, *found);
        return found;
    }

private:
    struct Shape {
        std::string_view measured;  // a model of which losses are known is like no other
        std::string_view architecture;
        std::span<const std::uint32_t> dimensions;
        std::int64_t metadata;

        bool operator<(const Shape& other) const {
            if (measured != other.measured) return measured < other.measured;
            if (architecture != other.architecture) return architecture < other.architecture;
            if (metadata != other.metadata) return metadata < other.metadata;
            return std::ranges::lexicographical_compare(dimensions, other.dimensions);
        }
    };

    Result<ShapeAnswer> look_at(const ModelRecord& record) {
        using Kind = ShapeAnswer::Kind;
        auto spec = describe_model(record.architecture, record.dimensions());
        if (!spec) return ShapeAnswer{Kind::not_supported, {}};
        EngineSettings settings = request_.question.settings;
        if (request_.question.whole_context) settings.context = spec->context_length;
        if (!request_.context_given) settings.context = std::min(settings.context, spec->context_length);
        if (settings.context > spec->context_length) return ShapeAnswer{Kind::too_short, {}};
        if (least_weights(*spec) > most_) return ShapeAnswer{Kind::too_large, {}};
        const Bytes metadata = metadata_size(record, *spec);
        const auto estimator = Estimator::create(std::move(*spec), metadata);
        if (!estimator) return tl::unexpected(estimator.error());
        PlacementSolver solver{*estimator, settings};
        const Params active = active_parameters(estimator->model(), estimator->inventory());
        auto chosen = choice(record, *estimator, active, solver);
        if (!chosen) return tl::unexpected(chosen.error());
        any_computed_ = true;
        if (!*chosen) return ShapeAnswer{Kind::too_large, {}};
        ShapeAnswer answer{Kind::fits, describe(*estimator, active, settings, std::move(**chosen))};
        if (!request_.max_context) return answer;
        const auto longest = solver.max_context(quantized_, limits_);
        if (!longest) return tl::unexpected(longest.error());
        answer.model.max_context = *longest;
        return answer;
    }

    Result<std::optional<ChosenQuant>> choice(const ModelRecord& record, const Estimator& estimator, Params active,
                                              PlacementSolver& solver) const {
        const Catalog& catalog = *request_.question.catalog;
        const bool imatrix = request_.question.importance_matrix;
        if (!request_.quant)
            return choose_quant(ladder_, solver, {catalog, record, estimator, active, limits_, imatrix});
        ChosenQuant chosen{estimator.quantize(*request_.quant, imatrix), catalog.find_quant(traits(*request_.quant).name), {}, {}};
        if (chosen.record) chosen.quality = quality_of(catalog, record, active, *chosen.record);
        auto placement = solver.place(chosen.quantized, limits_);
        if (!placement) return tl::unexpected(placement.error());
        if (!fits(placement->verdict)) return std::optional<ChosenQuant>{};
        chosen.placement = std::move(*placement);
        return chosen;
    }

    FittingModel describe(const Estimator& estimator, Params active, const EngineSettings& settings, ChosenQuant chosen) {
        FittingModel model;
        model.parameters = estimator.parameters();
        model.active_parameters = active;
        model.expert_layers = expert_layers(estimator.model());
        model.context_length = estimator.model().context_length;
        model.context = settings.context;
        model.quant = chosen.quantized.type;
        model.quality = chosen.quality;
        model.bits_per_weight = chosen.quantized.bits_per_weight;
        model.file_size = chosen.quantized.file_size;
        model.placement = std::move(chosen.placement);
        quantized_ = std::move(chosen.quantized);
        return model;
    }

    const ModelsRequest& request_;
    const PlacementLimits& limits_;
    QuantLadder ladder_;
    bool any_computed_ = false;
    Bytes most_;  // memory of all devices and of the host
    QuantizedModel quantized_;  // the model last described
    std::map<Shape, ShapeAnswer> answers_;
};

}  // namespace

Result<ModelsReport> build_models_report(const ModelsRequest& request) {
    ModelsReport report;
    report.settings = settings_summary(request.question);
    report.devices = request.question.devices;
    report.context_given = request.context_given;
    report.quant_given = request.quant.has_value();
    report.warnings = request.question.warnings;
    warn_of_backend(request.question, report.settings, report.warnings);
    const PlacementLimits limits = placement_limits(request.question, report.settings.backend);
    Scanner scanner{request, limits};
    std::optional<Error> refusal;
    using Kind = ShapeAnswer::Kind;
    for (const ModelRecord* record : request.question.catalog->models()) {
        auto answer = scanner.answer(*record);
        // A cache type that a model's heads don't go with, for instance.
        if (!answer && answer.error().kind != ErrorKind::usage) return tl::unexpected(answer.error());
        if (!answer) {
            refusal = answer.error();
            report.not_computed.push_back(record);
            continue;
        }
        answer->model.record = record;
        switch (answer->kind) {
            case Kind::fits: report.models.push_back(std::move(answer->model)); break;
            case Kind::too_large: report.too_large.push_back(record); break;
            case Kind::too_short: report.too_short.push_back(record); break;
            case Kind::not_supported: report.not_computed.push_back(record); break;
        }
    }
    if (refusal && !scanner.any_computed()) return tl::unexpected(*refusal);
    std::ranges::stable_sort(report.models, std::ranges::greater{}, &FittingModel::parameters);
    return report;
}

}  // namespace fitcalc
