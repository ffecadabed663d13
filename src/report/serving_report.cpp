#include "serving_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "fitcalc/architecture.hpp"
#include "fitcalc/text.hpp"
#include "subject.hpp"

namespace fitcalc {
namespace {

// A fifth more than asked for even at the low end of what was measured.
constexpr double great_margin = 1.2;

// Finds the best way of using equal GPUs.
class Deployer {
public:
    Deployer(const ServingRequest& request, const ModelSpec& model, const StoredCheckpoint& stored)
        : request_{request}, model_{model}, stored_{stored} {}

    Result<ServingDeployment> deploy(const DeviceRecord* record, const std::string& name, std::int64_t count, Bytes memory, Bytes usable) const {
        const auto blank = [&](const Parallelism& parallelism) {
            ServingDeployment d;
            d.record = record;
            d.name = name;
            d.count = count;
            d.memory = memory;
            d.usable = usable;
            d.settings = settings(record, usable, parallelism);
            return d;
        };
        std::optional<ServingDeployment> best;
        std::string refusal;
        for (const Parallelism& parallelism : divisions(count)) {
            if (const Divided& divided = divide(parallelism); !divided.refusal.empty()) {
                if (refusal.empty()) refusal = divided.refusal;
                continue;
            }
            ServingDeployment tried = blank(parallelism);
            tried.nodes = divide_up(parallelism.gpus(), request_.engine->gpus_in_node);
            if (auto ok = fill(tried); !ok) return tl::unexpected(ok.error());
            if (!best || better(tried, *best)) best = std::move(tried);
        }
        if (best) return std::move(*best);
        ServingDeployment none = blank({});
        none.divisible = false;
        none.reason = refusal.empty() ? forced_counts(count) : refusal;
        return none;
    }

private:
    // The same on every kind of GPU.
    struct Divided {
        std::string refusal;  // empty: it can be done
        std::vector<Bytes> weights;
    };

    const Divided& divide(const Parallelism& parallelism) const {
        const auto [at, is_new] = divided_.try_emplace({parallelism.tensor, parallelism.pipeline});
        if (!is_new) return at->second;
        if (const auto ok = check_parallelism(model_, stored_, parallelism); !ok)
            at->second.refusal = ok.error().message;
        else
            at->second.weights = weights_per_gpu(model_, stored_, parallelism);
        return at->second;
    }

    std::string forced_counts(std::int64_t count) const {
        return "--tp " + std::to_string(request_.tensor.value_or(1)) + " and --pp " + std::to_string(request_.pipeline.value_or(1)) +
               " do not divide " + std::to_string(count) + (count == 1 ? " GPU" : " GPUs");
    }

    // Tensor parallelism within a node, pipeline stages and replicas beyond.
    std::vector<Parallelism> divisions(std::int64_t count) const {
        std::vector<Parallelism> all;
        for (std::int64_t tensor = std::min(count, request_.tensor.value_or(request_.engine->gpus_in_node)); tensor >= 1; --tensor)
            for (std::int64_t pipeline = 1; tensor * pipeline <= count; ++pipeline) {
                if (count % (tensor * pipeline) != 0) continue;
                if (tensor != request_.tensor.value_or(tensor) || pipeline != request_.pipeline.value_or(pipeline)) continue;
                all.push_back({tensor, pipeline, count / (tensor * pipeline), request_.expert_parallel});
            }
        return all;
    }

    ServingSettings settings(const DeviceRecord* record, Bytes usable, const Parallelism& parallelism) const {
        const ServingEngine& engine = *request_.engine;
        ServingSettings s;
        s.parallelism = parallelism;
        s.context = request_.question.settings.context;
        const auto fits = [&](const ServingDefaults& d) {
            const bool excepted = record && !d.except.empty() && record->id.find(d.except) != std::string_view::npos;
            return d.memory_below_bytes == 0 || excepted || usable < Bytes{d.memory_below_bytes};
        };
        const ServingDefaults& defaults = *std::ranges::find_if(engine.defaults, fits);
        s.batch = Tokens{defaults.batch};
        s.sequences = defaults.sequences;
        s.utilization = engine.utilization;
        if (engine.rule == BudgetRule::fraction) {
            const FractionDefaults fraction = fraction_defaults(usable, parallelism);
            s.utilization = fraction.fraction;
            s.batch = fraction.chunk;
            s.sequences = fraction.graph_batch;
        }
        if (request_.users_given) s.sequences = std::max<std::int64_t>(1, divide_up(request_.users, parallelism.replicas));
        if (request_.batch) s.batch = *request_.batch;
        if (request_.utilization) s.utilization = *request_.utilization;
        s.cache.type = request_.cache_type;
        s.cache.block = engine.block;
        s.cache.latent_block = engine.latent_block;
        s.cache.paged = engine.paged;
        return s;
    }

    Result<ServingPlan> plan(const ServingSettings& settings, Bytes usable) const {
        return plan_serving(model_, stored_.inventory(), divide(settings.parallelism).weights, settings,
                            request_.engine->coefficients, request_.engine->rule, usable);
    }

    Result<void> fill(ServingDeployment& d) const {
        const auto plan_here = plan(d.settings, d.usable);
        if (!plan_here) return tl::unexpected(plan_here.error());
        ServingSettings whole = d.settings;
        whole.context = model_.context_length;
        const auto plan_whole = plan(whole, d.usable);
        if (!plan_whole) return tl::unexpected(plan_whole.error());
        d.plan = *plan_here;
        const auto replicas = static_cast<double>(d.settings.parallelism.replicas);
        d.concurrency = d.plan.concurrency * replicas;
        d.concurrency_low = d.plan.concurrency_low * replicas;
        d.concurrency_high = d.plan.concurrency_high * replicas;
        d.concurrency_full = plan_whole->concurrency * replicas;
        const std::int64_t each = divide_up(request_.users, d.settings.parallelism.replicas);
        d.required = d.plan.budget - d.plan.pool + d.plan.cache_of_sequence * each;
        judge(d);
        return {};
    }

    void judge(ServingDeployment& d) const {
        const auto users = static_cast<double>(request_.users);
        if (!d.plan.starts || d.concurrency < users) {
            d.verdict = Verdict::no;
            d.reason = reason(d);
        } else if (d.concurrency_low < users) {
            d.verdict = Verdict::tight;
        } else {
            d.verdict = d.concurrency_low < great_margin * users ? Verdict::good : Verdict::great;
        }
    }

    std::string reason(const ServingDeployment& d) const {
        if (d.plan.weights > d.plan.budget) return "the weights alone are more than the engine may use of each GPU";
        if (d.plan.pool <= Bytes{}) return "weights and working memory leave nothing for the cache";
        if (!d.plan.starts)
            return "the cache that is left holds no sequence of " + grouped(d.settings.context.count()) + " tokens, but one of " +
                   grouped(d.plan.longest.count());
        return "the cache that is left holds " + grouped(static_cast<std::int64_t>(d.concurrency)) + " sequences of " +
               grouped(d.settings.context.count()) + " tokens at once, not " + grouped(request_.users);
    }

    // What serves the users before what doesn't, and what starts before what doesn't; then the fewest stages, which wait for
    // each other, the fewest copies of the weights, and each layer on as many GPUs as are left.
    static bool better(const ServingDeployment& a, const ServingDeployment& b) {
        const auto rank = [](const ServingDeployment& d) {
            const Parallelism& p = d.settings.parallelism;
            return std::tuple{d.verdict == Verdict::no, !d.plan.starts, p.pipeline, p.replicas, -p.tensor};
        };
        return rank(a) < rank(b);
    }

    const ServingRequest& request_;
    const ModelSpec& model_;
    const StoredCheckpoint& stored_;
    mutable std::map<std::pair<std::int64_t, std::int64_t>, Divided> divided_;  // by tensor and pipeline degree
};

double capability(std::string_view text) {
    double value = 0;
    for (std::size_t i = 0; i < text.size() && text[i] != '.'; ++i)
        if (text[i] >= '0' && text[i] <= '9') value = value * 10 + (text[i] - '0');
    const auto dot = text.find('.');
    if (dot != std::string_view::npos && dot + 1 < text.size()) value += (text[dot + 1] - '0') / 10.0;
    return value;
}

// Why the engine does not run on the device; empty: it does.
std::string obstacle(const ServingEngine& engine, const DeviceRecord& device) {
    if (std::ranges::find(engine.vendors, device.vendor) == engine.vendors.end())
        return std::string(engine.name) + " is not modelled on devices of " + std::string(device.vendor);
    if (device.vendor == "amd" && std::ranges::find(engine.gfx_targets, device.gfx_target) == engine.gfx_targets.end())
        return std::string(engine.name) + " does not run on " + std::string(device.id) + " (" + std::string(device.gfx_target) + ")";
    if (!device.compute_capability.empty() && capability(device.compute_capability) < engine.least_compute_capability) {
        const auto tenths = static_cast<std::int64_t>(std::lround(engine.least_compute_capability * 10));
        return std::string(engine.name) + " needs compute capability " + std::to_string(tenths / 10) + "." +
               std::to_string(tenths % 10) + ", and " + std::string(device.id) + " has " + std::string(device.compute_capability);
    }
    return {};
}

// Numbers of a kind that people put together: up to a node, then whole nodes.
std::vector<std::int64_t> counts_up_to(std::int64_t most, std::int64_t node) {
    std::vector<std::int64_t> counts;
    for (std::int64_t count = 1; count <= most; count += count < node ? 1 : node) counts.push_back(count);
    return counts;
}

// Of sets with as much memory the first, and no more than a page shows.
void keep_smallest(std::vector<ServingDeployment>& devices) {
    constexpr std::size_t most = 10;
    std::vector<ServingDeployment> kept;
    const auto sold = [](const ServingDeployment& d) { return d.record->marketed_memory_bytes.value_or(d.memory.count()) * d.count; };
    for (ServingDeployment& each : devices) {
        const auto same = [&](const ServingDeployment& k) { return sold(k) == sold(each); };
        if (std::ranges::none_of(kept, same) && kept.size() < most) kept.push_back(std::move(each));
    }
    devices = std::move(kept);
}

Result<void> add_every_kind(const ServingRequest& request, const Deployer& deployer, ServingReport& report) {
    for (const DeviceRecord* device : request.question.catalog->devices()) {
        if (device->kind != "gpu" || !device->memory_bytes || !device->members.empty() || device->device_class == "laptop") continue;
        if (!request.several && device->uncommon) continue;
        if (!request.vendor.empty() && device->vendor != request.vendor) continue;
        if (!request.kind.empty() && device->kind != request.kind && device->device_class != request.kind) continue;
        if (!obstacle(*request.engine, *device).empty()) continue;
        const Bytes usable = usable_memory(*device, *request.record, request.question.devices.reserve);
        bool found = false;
        for (const std::int64_t count : counts_up_to(request.max_count, request.engine->gpus_in_node)) {
            if (usable <= Bytes{}) break;
            auto deployment = deployer.deploy(device, std::string(device->id), count, Bytes{*device->memory_bytes}, usable);
            if (!deployment) return tl::unexpected(deployment.error());
            if (deployment->verdict == Verdict::no) continue;
            report.devices.push_back(std::move(*deployment));
            found = true;
            break;
        }
        if (!found && request.several) report.too_small.push_back(device);
    }
    const auto rank = [](const ServingDeployment& d) { return std::tuple{d.memory * d.count, d.count, d.name}; };
    std::ranges::sort(report.devices, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    if (!request.several) keep_smallest(report.devices);
    return {};
}

Result<void> add_asked(const ServingRequest& request, const Deployer& deployer, ServingReport& report) {
    const std::vector<DeviceChoice>& groups = request.question.devices.groups;
    const DeviceChoice& first = groups.front();
    for (const DeviceChoice& group : groups) {
        if (group.record)
            if (const std::string why = obstacle(*request.engine, *group.record); !why.empty())
                return fail(ErrorKind::usage, why, "without --engine fitcalc answers for llama.cpp");
        if (group.memory != first.memory || group.name != first.name)
            return fail(ErrorKind::usage, std::string(request.engine->name) + " divides a model among equal GPUs, not among " +
                                              first.name + " and " + group.name,
                        "name one kind; llama.cpp takes a mixed set");
    }
    auto deployment = deployer.deploy(first.record, first.name, request.question.devices.count(), first.memory, first.usable);
    if (!deployment) return tl::unexpected(deployment.error());
    report.asked = std::move(*deployment);
    if (report.asked->verdict != Verdict::no) report.commands = serving_commands(request, *report.asked);
    return {};
}

// Parameters of the repository's next-token block that the conversion leaves out.
Params left_out(const ServingRequest& request, const Subject& subject) {
    const Count published = request.question.model->published_parameters;
    if (!published || request.vision > Params{}) return {};
    return std::max(Params{}, Params{*published} - subject.estimator.parameters());
}

}  // namespace

Verdict ServingReport::verdict() const {
    if (asked) return asked->verdict;
    Verdict best = Verdict::no;
    for (const ServingDeployment& each : devices) best = std::min(best, each.verdict);
    return best;
}

Result<ServingReport> build_serving_report(const ServingRequest& request) {
    const auto subject = open_subject(request.question);
    if (!subject) return tl::unexpected(subject.error());
    const ModelSpec& model = subject->estimator.model();
    if (!request.engine->serves(model.architecture))
        return fail(ErrorKind::unsupported,
                    std::string(request.engine->name) + " is not known to serve the architecture " + model.architecture,
                    "without --engine fitcalc answers for llama.cpp");
    const CheckpointInventory inventory =
        checkpoint_inventory(model, subject->estimator.inventory(), request.vision, left_out(request, *subject));
    const StoredCheckpoint stored{inventory, *request.format, request.details}, plain{inventory, *checkpoint_format("bf16")};
    if (stored.file() == plain.file() && !(*request.format == plain.format()))
        return fail(ErrorKind::usage, std::string(request.format->name) + " quantizes routed experts alone, and " +
                                          std::string(request.question.model->id) + " has none",
                    "fitcalc MODEL --engine " + std::string(request.engine->name) + " lists the formats of its size");
    ServingReport report;
    report.model = subject->model;
    report.engine = request.record->name;
    report.engine_version = request.record->version_modelled;
    report.format = request.format;
    report.own_format = request.own_format;
    report.context = request.question.settings.context;
    report.users = request.users;
    report.cache_type = request.cache_type;
    report.vision = request.vision;
    // What llama.cpp's files leave out or call otherwise is no news here.
    for (const std::string& warning : subject->warnings)
        if (warning.find("llama.cpp") == std::string::npos) report.warnings.push_back(warning);
    for (const CheckpointFormat& format : checkpoint_formats()) {
        if (!request.engine->reads(format)) continue;
        const bool asked = format == *request.format;
        const StoredCheckpoint other{inventory, format, asked ? request.details : FormatDetails{}};
        if (other.file() == plain.file() && !(format == plain.format())) continue;  // it leaves all of this model alone
        report.formats.push_back({&format, other.bits_per_weight(), other.file(), asked});
    }
    std::ranges::stable_sort(report.formats, std::ranges::greater{}, &FormatRow::file);
    const Deployer deployer{request, model, stored};
    const auto ok = request.question.devices ? add_asked(request, deployer, report) : add_every_kind(request, deployer, report);
    if (!ok) return tl::unexpected(ok.error());
    return report;
}

}  // namespace fitcalc
