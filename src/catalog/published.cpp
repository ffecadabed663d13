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

bool holds(const PublishedSet& set, std::string_view quant) {
    return std::ranges::find(set.standard, quant) != set.standard.end() ||
           std::ranges::find(set.files, quant, &PublishedFile::quant) != set.files.end();
}

}  // namespace

std::string_view Catalog::repository_of(const ModelRecord& model, std::string_view quant) const {
    bool listed = false;  // what the record's own repository holds is known
    const PublishedSet* best = nullptr;
    for (const auto& layer : published_)
        for (const PublishedSet& set : layer) {
            if (set.model != model.id || set.publisher == "Ollama") continue;
            const bool own = set.repository == model.gguf;
            listed = listed || (own && !set.standard.empty());
            if (!holds(set, quant)) continue;
            if (own) return set.repository;
            if (best == nullptr || rank(set, model) < rank(*best, model)) best = &set;
        }
    if (!listed && !model.gguf.empty()) return model.gguf;
    return best != nullptr ? best->repository : std::string_view{};
}

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
