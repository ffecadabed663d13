#include "own_flags.hpp"

#include <algorithm>
#include <utility>

namespace fitcalc {
namespace {

// Whether a setting was another than the usual one, which it now is.
template <class Value>
bool reset(Value& value, const Value& usual = {}) {
    return std::exchange(value, usual) != usual;
}

constexpr EngineSettings usual;

// It may also leave less free than is usual.
bool reset_reserve(FitRequest& request) {
    auto& groups = request.devices.groups;
    if (!std::ranges::all_of(groups, [](const DeviceChoice& group) { return group.unreserved > group.usable; }))
        return false;
    for (DeviceChoice& group : groups) group.usable = group.unreserved;
    return reset(request.devices.reserve);
}

// A physical batch is part of a logical one, which was raised with it.
bool reset_batch(FitRequest& request) {
    request.settings.batch = usual.batch;
    return reset(request.settings.ubatch, usual.ubatch);
}

struct OwnFlag {
    std::string_view name, instead;
    bool (*take_back)(FitRequest&);  // whether it was given
};

constexpr OwnFlag flags[]{
    {"--tensor-split", "the split solved", [](FitRequest& r) { return reset(r.devices.tensor_split); }},
    {"--ngl", "layers solved", [](FitRequest& r) { return reset(r.devices.gpu_layers); }},
    {"--n-cpu-moe", "experts solved", [](FitRequest& r) { return reset(r.devices.cpu_moe_layers); }},
    {"--reserve", "all that is usable", reset_reserve},
    {"--flash-attn off", "flash attention", [](FitRequest& r) { return reset(r.settings.flash_attention, true); }},
    {"--ubatch", "the usual batch", reset_batch},
    {"--outputs batch", "a row a sequence", [](FitRequest& r) { return reset(r.settings.outputs, usual.outputs); }},
    {"--swa-full", "windows alone", [](FitRequest& r) { return reset(r.settings.swa_full); }},
    {"--kv-unified", "separate caches", [](FitRequest& r) { return reset(r.settings.kv_unified); }},
};

}  // namespace

std::vector<WithoutFlag> without_own_flags(const FitRequest& request) {
    std::vector<WithoutFlag> without;
    for (const OwnFlag& flag : flags) {
        FitRequest changed = request;
        if (flag.take_back(changed)) without.push_back({flag.name, flag.instead, std::move(changed)});
    }
    return without;
}

}  // namespace fitcalc
