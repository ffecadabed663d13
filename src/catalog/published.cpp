#include <algorithm>
#include <array>

#include "fitcalc/catalog.hpp"

namespace fitcalc {
namespace {

// Whose file a bare name means, after the model's own publisher.
constexpr std::array<std::string_view, 4> usual_publishers{"ggml-org", "Unsloth", "bartowski", "LM Studio"};

std::size_t rank(const PublishedSet& set, const ModelRecord& model) {
    if (set.publisher == model.publisher) return 0;
    const auto found = std::ranges::find(usual_publishers, set.publisher);
    return 1 + static_cast<std::size_t>(found - usual_publishers.begin());
}

}  // namespace

std::vector<PublishedChoice> Catalog::published_files(const ModelRecord& model) const {
    std::vector<PublishedChoice> chosen;
    for (const auto& layer : published_) {
        const std::size_t above = chosen.size();  // what an overlay says stands
        for (const PublishedSet& set : layer) {
            if (set.model != model.id) continue;
            for (const PublishedFile& file : set.files) {
                const auto same = std::ranges::find_if(
                    chosen, [&](const PublishedChoice& other) { return other.file->quant == file.quant; });
                if (same == chosen.end())
                    chosen.push_back({&set, &file});
                else if (same - chosen.begin() >= static_cast<std::ptrdiff_t>(above) &&
                         rank(set, model) < rank(*same->set, model))
                    *same = {&set, &file};
            }
        }
    }
    std::ranges::stable_sort(chosen, std::ranges::greater{}, [](const PublishedChoice& c) { return c.file->bytes; });
    return chosen;
}

}  // namespace fitcalc
