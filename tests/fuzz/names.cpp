#include "catalog/model_name.hpp"
#include "cli/device_words.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "require.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {
namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

template <class Find>
void require_any_case(std::string_view name, Find find) {
    const auto found = find(name);
    if (!found) require_error(found.error());
    const auto loud = find(upper(name));
    require(found.has_value() == loud.has_value(), "names are found in any case");
    require(!found || found->record == loud->record, "in any case the same record");
}

}  // namespace

int fuzz_names(const std::uint8_t* data, std::size_t size) {
    static const Catalog catalog;
    const std::string_view text = as_text(data, size);
    require_any_case(text, [&](std::string_view name) { return catalog.find_model(name); });
    require_any_case(text, [&](std::string_view name) { return catalog.find_device(name); });
    (void)catalog.find_engine(text);
    (void)catalog.find_quant(text);
    (void)file_type_from_name(text);
    (void)model_name(text);
    const auto words = cli::split_device_words(text);
    if (!words) return require_error(words.error()), 0;
    require(words->count >= 1 && !words->name.empty(), "devices have a name and a count");
    return 0;
}

}  // namespace fitcalc::fuzz
