#include "models_report.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "fitcalc/architecture.hpp"
#include "parallel.hpp"
#include "placing.hpp"
#include "quant_ladder.hpp"
#include "speed_rows.hpp"
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
    enum class Kind { fits, needs_ram, too_large, too_short, not_supported } kind = Kind::not_supported;
    bool computed = false;  // the settings suit it
    FittingModel model;     // without its record, the file without its header
    Bytes tensor_list;      // of that header
    std::int64_t vocab_size = 0;
};

ShapeAnswer no_answer(ShapeAnswer::Kind kind, bool computed = false) { return {kind, computed, {}, {}, 0}; }

// Models of one shape differ in what their files' headers say beside the tensors.
FittingModel of_record(const ShapeAnswer& answer, const ModelRecord& record) {
    FittingModel model = answer.model;
    model.record = &record;
    model.file_size += gguf_header_size(answer.tensor_list, metadata_size(record, answer.vocab_size));
    return model;
}

// All that an answer depends on.
struct Shape {
    std::string_view measured;  // a model of which losses are known is like no other
    std::string_view architecture;
    std::span<const std::uint32_t> dimensions;

    Shape(const Catalog& catalog, const ModelRecord& record)
        : measured{catalog.measured(record.id) ? record.id : ""}, architecture{record.architecture},
          dimensions{record.packed_dimensions} {}

    bool operator<(const Shape& other) const {
        if (measured != other.measured) return measured < other.measured;
        if (architecture != other.architecture) return architecture < other.architecture;
        return std::ranges::lexicographical_compare(dimensions, other.dimensions);
    }
};

class Scanner {
public:
    Scanner(const ModelsRequest& request, const PlacementLimits& limits)
        : request_{request}, limits_{limits}, ladder_{*request.question.catalog} {
        for (const PlacementDevice& device : limits.devices) most_ += device.usable;
        if (limits.host) most_ += *limits.host;
        // What is kept off the devices may be as large as it likes.
        const bool unlimited = !limits.host && (limits.gpu_layers || limits.cpu_moe_layers);
        if (unlimited) most_ = Bytes{std::numeric_limits<std::int64_t>::max()};
    }

    // Any threads may ask.
    Result<ShapeAnswer> look_at(const ModelRecord& record) const {
        using Kind = ShapeAnswer::Kind;
        auto spec = describe_model(record.architecture, record.dimensions());
        if (!spec) return ShapeAnswer{};
        EngineSettings settings = request_.question.settings;
        if (request_.question.whole_context) settings.context = spec->context_length;
        if (!request_.context_given) settings.context = std::min(settings.context, spec->context_length);
        if (settings.context > spec->context_length) return no_answer(Kind::too_short);
        if (least_weights(*spec) > most_) return no_answer(Kind::too_large);
        const auto estimator = Estimator::create(std::move(*spec), Bytes{});
        if (!estimator) return tl::unexpected(estimator.error());
        PlacementSolver solver{*estimator, settings};
        const Params active = active_parameters(estimator->model(), estimator->inventory());
        PlacementLimits limits = limits_;
        limits.cpu_moe_layers = routed_layers(estimator->model()).moved(limits.cpu_moe_layers);
        auto chosen = choice(record, *estimator, active, solver, limits);
        if (!chosen) return tl::unexpected(chosen.error());
        if (!*chosen) return no_answer(Kind::too_large, true);
        if (!request_.question.devices.yes((*chosen)->placement.verdict)) return no_answer(Kind::needs_ram, true);
        const QuantizedModel quantized = std::move((*chosen)->quantized);
        ShapeAnswer answer{Kind::fits, true, describe(*estimator, active, settings, quantized, std::move(**chosen)),
                           gguf_tensor_list_size(estimator->inventory()), estimator->model().vocab_size};
        answer.model.speed = speed(*estimator, settings, answer.model);
        if (!request_.max_context) return answer;
        const auto longest = solver.max_context(quantized, limits);
        if (!longest) return tl::unexpected(longest.error());
        answer.model.max_context = *longest;
        return answer;
    }

private:
    Result<std::optional<ChosenQuant>> choice(const ModelRecord& record, const Estimator& estimator, Params active,
                                              PlacementSolver& solver, const PlacementLimits& limits) const {
        const Catalog& catalog = *request_.question.catalog;
        const bool imatrix = request_.question.importance_matrix;
        if (!request_.quant)
            return choose_quant(ladder_, solver, {catalog, record, estimator, active, limits, imatrix});
        ChosenQuant chosen{estimator.quantize(*request_.quant, imatrix), catalog.find_quant(traits(*request_.quant).name), {}, {}};
        if (chosen.record) chosen.quality = quality_of(catalog, record, estimator.model(), active, *chosen.record);
        auto placement = solver.place(chosen.quantized, limits);
        if (!placement) return tl::unexpected(placement.error());
        if (!fits(placement->verdict)) return std::optional<ChosenQuant>{};
        chosen.placement = std::move(*placement);
        return chosen;
    }

    std::optional<SpeedReport> speed(const Estimator& estimator, const EngineSettings& settings, const FittingModel& model) const {
        const FitRequest& question = request_.question;
        const auto work = token_work(estimator.model(), estimator.inventory(),
                                     estimator.types(model.quant, question.importance_matrix), settings);
        return placed_speed(question, settings, estimator.model(), work, model.placement,
                            sites_of(model.placement, question.devices));
    }

    static FittingModel describe(const Estimator& estimator, Params active, const EngineSettings& settings,
                                 const QuantizedModel& quantized, ChosenQuant chosen) {
        FittingModel model;
        model.parameters = estimator.parameters();
        model.active_parameters = active;
        model.expert_layers = routed_layers(estimator.model()).end;
        model.context_length = estimator.model().context_length;
        model.context = settings.context;
        model.quant = quantized.type;
        model.quality = chosen.quality;
        model.bits_per_weight = quantized.bits_per_weight;
        model.file_size = quantized.weights.file_padded;
        model.placement = std::move(chosen.placement);
        return model;
    }

    const ModelsRequest& request_;
    const PlacementLimits& limits_;
    QuantLadder ladder_;
    Bytes most_;  // memory of all devices and of the host
};

// The models of a catalog by what their answers depend on, the first of each for all of them.
struct Shapes {
    std::vector<const ModelRecord*> first;
    std::vector<std::size_t> of_model;  // places in `first`, in the catalog's order

    explicit Shapes(const Catalog& catalog) {
        std::map<Shape, std::size_t> known;
        for (const ModelRecord* record : catalog.models()) {
            const auto [shape, added] = known.try_emplace(Shape{catalog, *record}, first.size());
            if (added) first.push_back(record);
            of_model.push_back(shape->second);
        }
    }
};

}  // namespace

Result<ModelsReport> build_models_report(const ModelsRequest& request) {
    ModelsReport report;
    report.settings = settings_summary(request.question);
    report.devices = request.question.devices;
    report.context_given = request.context_given;
    report.whole_context = request.question.whole_context;
    report.quant_given = request.quant.has_value();
    report.warnings = request.question.warnings;
    warn_of_backend(request.question, report.settings, report.warnings);
    const PlacementLimits limits = placement_limits(request.question, report.settings.backend);
    const Catalog& catalog = *request.question.catalog;
    const Scanner scanner{request, limits};
    const Shapes shapes{catalog};
    std::vector<Result<ShapeAnswer>> answers(shapes.first.size());
    for_each_index(answers.size(), [&](std::size_t shape) { answers[shape] = scanner.look_at(*shapes.first[shape]); });

    std::optional<Error> refusal;
    bool any_computed = false;
    using Kind = ShapeAnswer::Kind;
    for (std::size_t i = 0; i < catalog.models().size(); ++i) {
        const ModelRecord* record = catalog.models()[i];
        const Result<ShapeAnswer>& answer = answers[shapes.of_model[i]];
        // A cache type that a model's heads don't go with, for instance.
        if (!answer && answer.error().kind != ErrorKind::usage) return tl::unexpected(answer.error());
        if (!answer) {
            refusal = answer.error();
            report.not_computed.push_back(record);
            continue;
        }
        any_computed |= answer->computed;
        switch (answer->kind) {
            case Kind::fits: report.models.push_back(of_record(*answer, *record)); break;
            case Kind::needs_ram: report.needs_ram.push_back(record); break;
            case Kind::too_large: report.too_large.push_back(record); break;
            case Kind::too_short: report.too_short.push_back(record); break;
            case Kind::not_supported: report.not_computed.push_back(record); break;
        }
    }
    if (refusal && !any_computed) return tl::unexpected(*refusal);
    // A large model that fits only at what nobody is advised to take is no better than a smaller one.
    std::ranges::stable_sort(report.models, {}, [](const FittingModel& model) {
        return std::pair{model.quality && below_proposed(*model.quality), -model.parameters.count()};
    });
    return report;
}

}  // namespace fitcalc
