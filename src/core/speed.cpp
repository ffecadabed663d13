#include "fitcalc/speed.hpp"

#include <algorithm>
#include <cmath>

namespace fitcalc {
namespace {

constexpr double best_share = 0.97;  // no kernel reads faster than the memory
constexpr double sampling = 100e-6;  // seconds for each token, on the host

// Of a token or a physical batch, in plain layers.
double launches(const TokenWork& work, const SpeedDevice& device) {
    const SpeedBackend& backend = *device.backend;
    return work.layers + work.expert_layers * backend.expert_launch / device.engine->experts +
           work.recurrent_layers * backend.recurrent_launch;
}

double launch_seconds(const TokenWork& work, const SpeedDevice& device) {
    return launches(work, device) * device.family->launch * device.backend->launch;
}

// Of one token that looks back `depth` tokens.
double multiply_adds(const TokenWork& work, double depth) {
    double sum = 0;
    for (const CachedAttention& each : work.attention) sum += each.multiply_adds * each.attended(depth);
    return sum;
}

double attention_rate(const SpeedDevice& device, const SpeedSettings& settings) {
    const SpeedBackend& backend = *device.backend;
    return *device.operations * backend.attention * (settings.flash_attention ? 1.0 : backend.attention_without_flash);
}

// `share` of the part's work, as tensor parallelism leaves to one device.
TokenTime part_time(const SpeedPart& part, const SpeedSettings& settings, double depth, double share) {
    const auto& [device, work] = part;
    const SpeedBackend& backend = *device.backend;
    const double reached = device.family->bandwidth * backend.bandwidth * device.engine->bandwidth;
    const double expert_factor = backend.experts * device.engine->experts;
    TokenTime time;
    for (std::size_t i = 0; i < kernel_kinds; ++i)
        time.weights += (work.dense_bytes[i] + work.expert_bytes[i] / expert_factor) /
                        (device.bandwidth * std::min(best_share, reached * backend.decode[i]));
    const double cache_share =
        std::min(best_share, backend.cache * (settings.flash_attention ? 1.0 : backend.cache_without_flash));
    // Latent attention multiplies so much for each byte that the multiplications weigh.
    const double multiplying = device.operations ? 2 * multiply_adds(work, depth) / attention_rate(device, settings) : 0;
    time.cache = std::hypot(work.cache_bytes(depth) / (device.bandwidth * cache_share), multiplying) +
                 work.state_bytes / (device.bandwidth * std::min(best_share, reached));
    time.weights *= share;
    time.cache *= share;
    time.launch = launch_seconds(work, device) * device.engine->launch;
    return time;
}

bool starts_with_any(std::string_view text, std::span<const std::string_view> starts) {
    return !text.empty() && std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
}

bool contains_any(std::string_view text, std::span<const std::string_view> parts) {
    return std::ranges::any_of(parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

}  // namespace

double PromptTime::total() const { return std::hypot(compute, weights) + attention + launch + transfer; }

TokenTime token_time(std::span<const SpeedPart> parts, const SpeedSettings& settings, double depth) {
    TokenTime time;
    if (parts.empty()) return time;
    const auto devices = static_cast<double>(parts.size());
    const SpeedDevice& first = parts.front().device;
    if (settings.sharing == Sharing::tensors && parts.size() > 1) {
        constexpr double sums_of_a_layer = 2;  // behind attention and behind the feed-forward network
        time = part_time(parts.front(), settings, depth, 1 / devices);
        const double one_sum = first.linked ? first.backend->linked : first.backend->unlinked;
        time.transfer = sums_of_a_layer * parts.front().work.layers * one_sum * std::log2(devices);
    } else {
        for (const SpeedPart& part : parts) {
            const TokenTime own = part_time(part, settings, depth, 1);
            if (part.device.host) {
                time.host += own.total();
                continue;
            }
            time.weights += own.weights;
            time.cache += own.cache;
            time.launch += own.launch;
        }
        time.transfer = (devices - 1) * first.backend->hop;
    }
    time.launch += sampling;
    return time;
}

PromptTime prompt_time(const SpeedPart& part, const SpeedSettings& settings, double tokens, double depth) {
    const auto& [device, work] = part;
    const SpeedBackend& backend = *device.backend;
    const double rate = *device.operations * device.family->compute * backend.compute * device.engine->compute;
    const double batch = std::min(tokens, settings.ubatch);
    const double batches = std::ceil(tokens / settings.ubatch);
    const double used = work.expert_layers > 0 ? work.experts_per_token / work.expert_layers : 0;
    const auto reached = [](double rows, double half) { return rows / (rows + half); };
    PromptTime time;
    for (std::size_t i = 0; i < kernel_kinds; ++i) {
        double multiply_adds = work.dense_weights[i] / reached(batch, backend.ramp);
        if (work.expert_weights[i] > 0)
            multiply_adds += work.expert_weights[i] / reached(batch * used, backend.expert_ramp);
        time.compute += 2 * multiply_adds * tokens / (rate * backend.prefill[i]);
    }
    double bytes = work.all_expert_bytes * (1 - std::pow(1 - used, batch));  // experts that no token picks stay unread
    for (const double dense : work.dense_bytes) bytes += dense;
    time.weights = batches * bytes / (device.bandwidth * backend.reread);
    time.attention = 2 * tokens * multiply_adds(work, depth + tokens / 2) / attention_rate(device, settings);
    time.launch = batches * launch_seconds(work, device) * backend.batch_launch;
    return time;
}

std::optional<double> prompt_seconds(std::span<const SpeedPart> parts, const SpeedSettings& settings, double tokens,
                                     double depth) {
    double seconds = 0;
    for (const SpeedPart& part : parts) {
        if (!part.device.operations) return std::nullopt;
        seconds += prompt_time(part, settings, tokens, depth).total();
    }
    if (parts.size() < 2) return seconds;
    // Physical batches follow each other through the devices: with b batches on n devices, b + n - 1 steps of an n-th.
    const SpeedBackend& backend = *parts.front().device.backend;
    const auto devices = static_cast<double>(parts.size());
    const double batches = std::ceil(tokens / settings.ubatch);
    const double at_once = batches * devices / (batches + devices - 1);
    return seconds / std::max(1.0, at_once * backend.pipeline) + (devices - 1) * backend.hop;
}

const SpeedFamily* find_family(std::span<const SpeedFamily* const> families, std::string_view vendor, std::string_view name,
                               std::string_view compute_capability, std::string_view gfx_target) {
    const auto found = std::ranges::find_if(families, [&](const SpeedFamily* family) {
        return family->vendor == vendor && (starts_with_any(compute_capability, family->compute_capability) ||
                                            starts_with_any(gfx_target, family->gfx_target) || contains_any(name, family->names));
    });
    return found == families.end() ? nullptr : *found;
}

std::optional<double> matrix_operations(const SpeedFamily& family, std::string_view device_name,
                                        std::optional<double> fp16_dense_tflops, double bandwidth) {
    constexpr double tera = 1e12, full_rate = 2;
    if (fp16_dense_tflops)
        return *fp16_dense_tflops * tera * family.rate * (contains_any(device_name, family.half_rate) ? full_rate : 1);
    if (family.operations_per_byte) return bandwidth * *family.operations_per_byte;
    return std::nullopt;
}

}  // namespace fitcalc
