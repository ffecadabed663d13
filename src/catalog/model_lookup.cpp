#include <algorithm>

#include "embedded.hpp"
#include "lookup.hpp"
#include "model_name.hpp"
#include "name_pool.hpp"

namespace fitcalc {
namespace {

using Models = std::vector<const ModelRecord*>;

constexpr std::string_view default_tag = ":latest";

// How a record is called by the names that share the typed one's identity.
struct Callings {
    bool same_tuning = false, says_none = false;
    bool repository = false;  // with the same tuning, by the repository's own name
};

Callings callings_of(const ModelRecord& model, const ModelName& typed, std::string_view identity) {
    Callings callings;
    for (const std::string_view text : texts_of(model)) {
        const ModelName name = model_name(text);
        if (name.identity() != identity) continue;
        callings.same_tuning = callings.same_tuning || name.tuning == typed.tuning;
        callings.says_none = callings.says_none || name.tuning == Tuning::unsaid;
        if (text == model.huggingface && name.tuning == typed.tuning) callings.repository = true;
    }
    return callings;
}

class ModelLookup {
public:
    explicit ModelLookup(const Models& models)
        : models_{models}, pool_{models, embedded_tables().models}, tables_{embedded_names()} {}

    Result<Found<ModelRecord>> find(std::string_view name) const {
        if (name.ends_with(default_tag))
            if (const auto* model = literal(name.substr(0, name.size() - default_tag.size()))) return Found<ModelRecord>{model, {}};
        if (const auto* model = literal(name)) return Found<ModelRecord>{model, {}};
        const ModelName typed = model_name(name);
        Models found = fitting(typed, typed.identity());
        if (found.empty()) found = without_publisher(typed);
        if (found.empty()) found = beginning_with(typed);
        if (found.size() == 1) return Found<ModelRecord>{found.front(), {}};
        return found.empty() ? unknown(name) : several(name, found);
    }

private:
    // The record that has the name letter by letter; nullptr where none or several have it.
    const ModelRecord* literal(std::string_view name) const {
        const std::string key = name_key(name);
        const Models found = pool_.with_key(tables_.model_keys, key, [&](const ModelRecord& model) {
            return std::ranges::any_of(texts_of(model), [&](std::string_view text) { return matches_key(text, key); });
        });
        const auto by_id = std::ranges::find_if(found, [&](const ModelRecord* m) { return matches_key(m->id, key); });
        if (by_id != found.end()) return *by_id;
        return found.size() == 1 ? found.front() : nullptr;
    }

    Models with_identity(std::string_view identity) const {
        return pool_.with_key(tables_.model_identities, identity, [&](const ModelRecord& model) {
            return std::ranges::any_of(texts_of(model), [&](std::string_view text) { return model_name(text).identity() == identity; });
        });
    }

    // Records of that identity which the typed name doesn't contradict: those of the same tuning before those that
    // cover both; where a repository is named, the one of that very name.
    Models fitting(const ModelName& typed, std::string_view identity) const {
        Models repository, same, loose;
        for (const ModelRecord* model : with_identity(identity)) {
            const Callings callings = callings_of(*model, typed, identity);
            if (callings.repository && !typed.owner.empty()) repository.push_back(model);
            if (callings.same_tuning) same.push_back(model);
            if (callings.says_none || typed.tuning == Tuning::unsaid) loose.push_back(model);
        }
        return !repository.empty() ? repository : !same.empty() ? same : loose;
    }

    // "meta-llama-3.1-8b", "google_gemma-3-27b-it": begun with the publisher's name.
    Models without_publisher(const ModelName& typed) const {
        constexpr std::size_t longest = 3;
        std::string prefix;
        for (std::size_t from = 1; from <= longest && from < typed.parts.size(); ++from) {
            prefix += typed.parts[from - 1];
            Models found = fitting(typed, typed.identity(from));
            std::erase_if(found, [&](const ModelRecord* model) {
                const std::string owner = name_key(model->huggingface.substr(0, model->huggingface.find('/')));
                return !name_key(model->publisher).starts_with(prefix) && owner != prefix;
            });
            if (!found.empty()) return found;
        }
        return {};
    }

    // Records with a name that goes on where the typed one ends: a family, or a model of several sizes.
    Models beginning_with(const ModelName& typed) const {
        Models found;
        if (typed.parts.empty()) return found;
        for (const ModelRecord* model : models_) {
            const auto begins = [&](std::string_view text) {
                const ModelName name = model_name(text);
                return name.parts.size() > typed.parts.size() && std::equal(typed.parts.begin(), typed.parts.end(), name.parts.begin());
            };
            if (begins(model->id) || begins(model->name)) found.push_back(model);
        }
        return found;
    }

    static tl::unexpected<Error> several(std::string_view name, const Models& found) {
        constexpr std::size_t shown = 8;
        std::vector<std::string_view> ids;
        for (const ModelRecord* model : found)
            if (ids.size() < shown) ids.push_back(model->id);
        std::string hint = "name one of " + listed(ids);
        if (found.size() > shown) hint += " and " + std::to_string(found.size() - shown) + " more: fitcalc list models";
        return fail(ErrorKind::unknown_name, "'" + std::string(name) + "' could be several models", hint);
    }

    tl::unexpected<Error> unknown(std::string_view name) const {
        constexpr std::size_t shown = 3;
        std::vector<NameOf> known;
        for (const ModelRecord* model : models_)
            for (const std::string_view text : texts_of(*model)) known.push_back({text, model->id});
        const std::vector<std::string_view> near = nearest_ids(name, known, shown);
        return fail(ErrorKind::unknown_name, "no model named '" + std::string(name) + "'",
                    near.empty() ? "fitcalc list models shows them all" : "did you mean " + listed(near) + "?");
    }

    const Models& models_;
    NamePool<ModelRecord> pool_;
    NameTables tables_;
};

}  // namespace

Result<Found<ModelRecord>> look_up(const Models& models, std::string_view name) { return ModelLookup{models}.find(name); }

}  // namespace fitcalc
