#include "phrases.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "format.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

// What people choose from.
constexpr std::array<FileType, 16> usual_quants{
    FileType::f16,    FileType::q8_0,  FileType::q6_k,    FileType::q5_k_m, FileType::q5_k_s, FileType::q4_k_m,
    FileType::q4_k_s, FileType::q4_0,  FileType::iq4_xs,  FileType::q3_k_m, FileType::q3_k_s, FileType::iq3_xxs,
    FileType::q2_k,   FileType::iq2_m, FileType::iq2_xxs, FileType::iq1_m};

// "RTX 3090", as people say it: the maker and the brand go without saying.
std::string_view short_device_name(std::string_view name) {
    static constexpr std::array<std::string_view, 6> brands{"NVIDIA GeForce ", "NVIDIA ", "AMD Radeon ", "AMD Instinct ",
                                                            "AMD ", "Intel "};
    for (const std::string_view brand : brands)
        if (name.starts_with(brand)) return name.substr(brand.size());
    return name;
}

std::string cache_types(const EngineSettings& settings) {
    const auto k = traits(settings.type_k).name, v = traits(settings.type_v).name;
    return k == v ? formatted("{} cache", k) : formatted("{} K and {} V cache", k, v);
}

// "blk.N.ffn_down.weight × 3": equal tensors of many layers are one.
std::string named_once(const std::vector<Recipe::Difference>& differing) {
    std::vector<std::pair<std::string, std::int64_t>> names;
    for (const Recipe::Difference& each : differing) {
        std::string name = each.tensor;
        if (layer_of(name)) name.replace(0, name.find('.', 4), "blk.N");
        const auto same = std::ranges::find(names, name, [](const auto& n) { return n.first; });
        if (same == names.end())
            names.emplace_back(std::move(name), 1);
        else
            ++same->second;
    }
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
        text += (i == 0 ? "" : ", ") + names[i].first;
        if (names[i].second > 1) text += formatted(" × {}", names[i].second);
    }
    if (names.size() > most) text += formatted(" and {} more", names.size() - most);
    return text;
}

}  // namespace

VerdictSign sign_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::great:
        case Verdict::good: return {"✓", Style::good};
        case Verdict::offload: return {"✓", Style::caution};
        case Verdict::tight: return {"!", Style::caution};
        case Verdict::no: break;
    }
    return {"✗", Style::bad};
}

Cell verdict_lead(Verdict verdict) {
    const VerdictSign sign = sign_of(verdict);
    return {formatted("{} {:<7} ", sign.sign, name_of(verdict)), sign.style};
}

Cell verdict_lead(const DeviceSet& devices, Verdict verdict) {
    Cell lead = verdict_lead(verdict);
    // Nobody said that there is the memory.
    if (!unstated_ram(devices, verdict).empty()) lead.text.replace(0, sign_of(verdict).sign.size(), sign_of(Verdict::tight).sign);
    return lead;
}

std::string quality_figure(const std::optional<Quality>& quality) {
    if (!quality) return {};
    const bool estimated = !quality->measured && quality->low < quality->high;
    return (estimated ? "~" : "") + percent_number(quality->percent);
}

bool is_usual(FileType type) { return std::ranges::find(usual_quants, type) != usual_quants.end(); }

const ModelRecord& record_of(const ModelSummary& model) {
    static const ModelRecord nameless{};
    return model.record ? *model.record : nameless;
}

std::string_view backend_name(std::string_view backend) {
    struct Name {
        std::string_view key, title;
    };
    static constexpr std::array<Name, 6> names{{{"cuda", "CUDA"},
                                                {"rocm", "ROCm"},
                                                {"vulkan", "Vulkan"},
                                                {"metal", "Metal"},
                                                {"sycl", "SYCL"},
                                                {"cpu", "CPU"}}};
    const auto found = std::ranges::find(names, backend, &Name::key);
    return found == names.end() ? backend : found->title;
}

bool on_cpu(const SettingsSummary& settings) { return settings.backend == "cpu"; }

std::string_view quant_name(FileType type) {
    return traits(type).name;
}

std::string_view quant_name(const QuantRow& row) {
    return row.label.empty() ? quant_name(row.type) : row.label;
}

std::string_view quant_name(const SettingsSummary& settings) {
    return settings.quant_label.empty() ? quant_name(settings.quant) : settings.quant_label;
}

std::string_view quant_name(const Recommendation& recommendation) {
    return recommendation.label.empty() ? quant_name(recommendation.quant) : recommendation.label;
}

std::string recipe_sentence(const Recipe& recipe) {
    if (recipe.standard)
        return formatted("The file has llama-quantize's standard mix of {}.", quant_name(*recipe.standard));
    if (!recipe.declared) return "The file has none of llama-quantize's standard mixes.";
    return formatted("The file calls itself {}, but {} not the type of that mix: {}.", quant_name(*recipe.declared),
                       recipe.differing.size() == 1 ? "1 tensor has"
                                                    : formatted("{} tensors have", recipe.differing.size()),
                       named_once(recipe.differing));
}

std::string device_phrase(const DeviceRecord* record, std::string_view named, std::int64_t count) {
    const std::string_view name = record ? short_device_name(record->name) : named;
    return count == 1 ? std::string(name) : formatted("{}× {}", count, name);
}

std::string device_phrase(const DeviceSet& devices) {
    std::string text;
    const auto& groups = devices.groups;
    for (std::size_t i = 0; i < groups.size();) {
        // Equal devices of which one has more free memory than the other are still two of a kind.
        const DeviceChoice& group = groups[i];
        std::int64_t count = 0;
        for (; i < groups.size() && groups[i].record == group.record && groups[i].name == group.name; ++i)
            count += groups[i].count;
        (text += text.empty() ? "" : " + ") += device_phrase(group.record, group.name, count);
    }
    return text.empty() ? "the CPU" : text;
}

std::string unstated_ram(const DeviceSet& devices, Verdict verdict) {
    return fits(verdict) && !devices.yes(verdict) ? formatted("; {}", ram_unstated) : "";
}

std::string usable_phrase(const DeviceSet& devices, Units units) {
    if (!devices) return devices.ram ? size(*devices.ram, units) + " of RAM" : "";
    if (devices.groups.size() == 1)
        return size(devices.groups.front().usable, units) + (devices.count() > 1 ? " usable each" : " usable");
    std::vector<std::string> sizes;
    for (const DeviceChoice& group : devices.groups)
        sizes.push_back((group.count > 1 ? formatted("{} × ", group.count) : "") + size_number(group.usable, units));
    return formatted("{} {} usable", enumerated(sizes), name_of(units));
}

std::string memory_phrase(const DeviceSet& devices, Units units) {
    std::string text = device_phrase(devices);
    if (devices) text += ", " + usable_phrase(devices, units);
    const bool shared = std::ranges::any_of(devices.groups, &DeviceChoice::shares_ram);
    const char* joint = shared ? " of" : devices ? " and" : ",";
    if (devices.ram) text += formatted("{} {} of RAM", joint, size(*devices.ram, units));
    return text;
}

std::string device_phrase(const DeviceRow& device) { return device_phrase(device.record, device.name, device.count); }

void add_model_line(Page& page, const ModelSummary& model) {
    const ModelRecord& record = record_of(model);
    std::vector<std::string> items;
    // Not the size in the name: some name what is active, or experts times their size.
    std::string count = parameters(model.parameters);
    if (model.active_parameters < model.parameters)
        count += formatted(", {} active", parameters(model.active_parameters));
    items.push_back(std::move(count));
    if (model.layers > 0) items.push_back(counted(model.layers, "layer"));
    if (!model.attention.empty()) items.push_back(model.attention);
    if (model.context_length > Tokens{}) items.push_back(tokens(model.context_length) + " context");
    if (!record.license.empty()) items.emplace_back(record.license);
    page.items(items, " · ", {std::string(record.name) + " · ", Style::strong});
}

std::vector<std::string> settings_items(const SettingsSummary& settings, std::vector<std::string> stated) {
    const EngineSettings& engine = settings.engine_settings;
    const EngineSettings defaults;
    std::vector<std::string> items = std::move(stated);
    items.insert(items.begin(), settings.engine);
    items.push_back(cache_types(engine));
    items.push_back(counted(engine.sequences, "sequence"));
    items.emplace_back(settings.backend.empty() ? "each device's own backend" : backend_name(settings.backend));
    if (engine.ubatch != defaults.ubatch) items.push_back("ubatch " + tokens(engine.ubatch));
    if (!engine.flash_attention) items.emplace_back("no flash attention");
    if (engine.outputs != defaults.outputs) items.emplace_back("logits of the whole batch");
    if (engine.kv_unified) items.emplace_back("unified cache");
    if (engine.swa_full) items.emplace_back("whole sliding windows");
    if (!settings.importance_matrix) items.emplace_back("no importance matrix");
    return items;
}

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
    std::string text;
    for (const std::string& item : items) {
        if (!text.empty()) text += separator;
        text += item;
    }
    return text;
}

std::string enumerated(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i)
        text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
    return text;
}

void add_settings_line(Page& page, const SettingsSummary& settings) {
    const std::string quant{quant_name(settings)}, context = tokens(settings.engine_settings.context) + " context";
    const bool nominal = settings.method == Method::nominal;
    page.items(nominal ? std::vector<std::string>{"nominal arithmetic", quant, context} : settings_items(settings, {quant, context}), ", ");
}

}  // namespace fitcalc
