#include "json_record.hpp"

#include <array>

#include "catalog/packed_dimensions.hpp"

namespace fitcalc {

Json field_json(std::string_view value) {
    return value.empty() ? Json(nullptr) : Json(value);
}

Json field_json(ByteRange range) {
    return Json::array({range.low, range.high});
}

Json dimensions_json(const Dimensions& dimensions) {
    struct Writer {
        Json& out;

        void operator()(const char* name, const Dimension& value) const {
            if (value) out[name] = *value;
        }
        void operator()(const char* name, const std::optional<bool>& value) const {
            if (value) out[name] = *value;
        }
        void operator()(const char* name, const PerLayer& value) const {
            if (!value.known()) return;
            out[name] = value.uniform() ? Json(value.values().front()) : Json(value.values());
        }
    };
    Json out = Json::object();
    visit_dimensions(dimensions, Writer{out});
    return out;
}

Json dimensions_json(std::span<const std::uint32_t> packed) {
    return packed.empty() ? Json::object() : dimensions_json(unpack(packed));
}

Json joined_sources(Names sources) {
    std::string text;
    for (const auto source : sources)
        if (!source.empty()) (text += text.empty() ? "" : "; ") += source;
    return field_json(std::string_view(text));
}

Json source_json(const ModelRecord& record) {
    return joined_sources(record.sources);
}
Json source_json(const DeviceRecord& record) {
    return joined_sources(record.sources);
}

Json source_json(const QuantRecord& record) {
    // What a file type is made of comes from the quantizer itself.
    const std::array sources{std::string_view{"llama.cpp de3ff81, src/llama-quant.cpp"}, record.nominal_bits_source,
                             record.quality_source};
    return joined_sources(sources);
}

// The backends' figures have sources of their own.
Json source_json(const EngineRecord& record) {
    return field_json(record.version_modelled);
}

}  // namespace fitcalc
