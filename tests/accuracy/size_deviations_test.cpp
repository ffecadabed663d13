// Published files of types that leave a mix no choice: whoever made them, their sizes are those of the model's tensors.
// A deviation is a wrong record, a file of another model, or one of the reasons that are named here and tried out.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "support/catch.hpp"
#include "support/published_sizes.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

constexpr double budget = 0.05;       // percent beyond the source's rounding: the median of a repository's files
constexpr double loose_budget = 0.3;  // of models with none but mixes

enum class Reason {
    no_next_token,
    tied_twice,
    tied_once,
    mxfp4_experts,
    kv_heads_twice,
    tensors_alone,
    other,  // what `why` says, which can't be tried out
};

struct Exception {
    const char* model;
    const char* repository;
    Reason reason;
    const char* why = "";
};

const std::vector<Exception>& exceptions() {
    // clang-format off
    static const std::vector<Exception> all{
        {"qwen3-0.6b", "unsloth/Qwen3-0.6B-GGUF", Reason::tied_once},
        {"qwen3-1.7b", "Qwen/Qwen3-1.7B-GGUF", Reason::tied_once},
        {"qwen3-1.7b", "unsloth/Qwen3-1.7B-GGUF", Reason::tied_once},
        {"qwen2.5-0.5b-instruct", "Qwen/Qwen2.5-0.5B-Instruct-GGUF", Reason::tied_twice},
        {"qwen2.5-1.5b-instruct", "Qwen/Qwen2.5-1.5B-Instruct-GGUF", Reason::tied_twice},
        {"qwen2.5-coder-1.5b-instruct", "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", Reason::tied_twice},
        {"qwen2.5-coder-3b-instruct", "Qwen/Qwen2.5-Coder-3B-Instruct-GGUF", Reason::tied_twice},
        {"granite-3.1-2b-instruct", "QuantFactory/granite-3.1-2b-instruct-GGUF", Reason::tied_twice},
        {"exaone-3.5-2.4b-instruct", "ollama/exaone3.5:2.4b", Reason::tied_twice},
        {"exaone-deep-2.4b", "ollama/exaone-deep:2.4b", Reason::tied_twice},
        {"deepseek-v3.2", "unsloth/DeepSeek-V3.2-GGUF", Reason::no_next_token},
        {"mimo-v2-flash", "bartowski/XiaomiMiMo_MiMo-V2-Flash-GGUF", Reason::no_next_token},
        {"mimo-v2-flash", "unsloth/MiMo-V2-Flash-GGUF", Reason::no_next_token},
        {"qwen3.5-0.8b", "lmstudio-community/Qwen3.5-0.8B-GGUF", Reason::no_next_token},
        {"qwen3.5-0.8b", "unsloth/Qwen3.5-0.8B-GGUF", Reason::no_next_token},
        {"qwen3.5-2b", "unsloth/Qwen3.5-2B-GGUF", Reason::no_next_token},
        {"qwen3.5-4b", "bartowski/Qwen_Qwen3.5-4B-GGUF", Reason::no_next_token},
        {"qwen3.5-4b", "unsloth/Qwen3.5-4B-GGUF", Reason::no_next_token},
        {"qwen3.5-9b", "lmstudio-community/Qwen3.5-9B-GGUF", Reason::no_next_token},
        {"qwen3.5-9b", "unsloth/Qwen3.5-9B-GGUF", Reason::no_next_token},
        {"qwen3.5-27b", "unsloth/Qwen3.5-27B-GGUF", Reason::no_next_token},
        {"qwen3.5-35b-a3b", "ggml-org/Qwen3.5-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.5-35b-a3b", "janhq/Qwen3.5-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.5-35b-a3b", "lmstudio-community/Qwen3.5-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.5-35b-a3b", "unsloth/Qwen3.5-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.5-122b-a10b", "unsloth/Qwen3.5-122B-A10B-GGUF", Reason::no_next_token},
        {"qwen3.6-27b", "ggml-org/Qwen3.6-27B-GGUF", Reason::no_next_token},
        {"qwen3.6-27b", "lmstudio-community/Qwen3.6-27B-GGUF", Reason::no_next_token},
        {"qwen3.6-27b", "mradermacher/Qwen3.6-27B-GGUF", Reason::no_next_token},
        {"qwen3.6-27b", "unsloth/Qwen3.6-27B-GGUF", Reason::no_next_token},
        {"qwen3.6-35b-a3b", "ggml-org/Qwen3.6-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.6-35b-a3b", "lmstudio-community/Qwen3.6-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.6-35b-a3b", "mradermacher/Qwen3.6-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.6-35b-a3b", "unsloth/Qwen3.6-35B-A3B-GGUF", Reason::no_next_token},
        {"qwen3.8-27b", "ggml-org/Qwen3.8-27B-GGUF", Reason::no_next_token},
        {"step-3.7-flash", "unsloth/Step-3.7-Flash-GGUF", Reason::no_next_token},
        {"gpt-oss-20b", "bartowski/openai_gpt-oss-20b-GGUF", Reason::mxfp4_experts},
        {"gpt-oss-20b", "docker ai/gpt-oss:20B-F16", Reason::mxfp4_experts},
        {"gpt-oss-20b", "unsloth/gpt-oss-20b-GGUF", Reason::mxfp4_experts},
        {"gpt-oss-120b", "bartowski/openai_gpt-oss-120b-GGUF", Reason::mxfp4_experts},
        {"gpt-oss-120b", "gabriellarson/gpt-oss-120b-GGUF", Reason::mxfp4_experts},
        {"gpt-oss-120b", "unsloth/gpt-oss-120b-GGUF", Reason::mxfp4_experts},
        {"gpt-oss-safeguard-20b", "unsloth/gpt-oss-safeguard-20b-GGUF", Reason::mxfp4_experts},
        {"gemma-3-270m-it", "docker ai/gemma3:270M-F16", Reason::tensors_alone},
        {"llama-3.2-1b", "docker ai/llama3.2:1B-F16", Reason::tensors_alone},
        {"llama-3.2-1b", "docker ai/llama3.2:1B-Q8_0", Reason::tensors_alone},
        {"llama-3.2-3b", "docker ai/llama3.2:3B-F16", Reason::tensors_alone},
        {"smollm3-3b", "docker ai/smollm3:Q8_0", Reason::tensors_alone},
        {"codegemma-7b-it", "google/codegemma-7b-GGUF", Reason::other,
         "the maker's one file is 1 GB smaller; Ollama's has the size of the record's tensors"},
        {"nvidia-nemotron-nano-9b-v2", "QuantFactory/NVIDIA-Nemotron-Nano-9B-v2-GGUF", Reason::other,
         "made when llama.cpp came to know the model; bartowski's files have the size of the record's tensors"},
        {"gemma-3-27b-it", "google/gemma-3-27b-it-qat-q4_0-gguf", Reason::other,
         "quantization-aware checkpoint: its maker's types for the embedding"},
        {"qwen2.5-vl-72b-instruct", "ollama/qwen2.5vl:72b", Reason::other, "holds the picture tower"},
        {"deepseek-v4-flash", "ggml-org/DeepSeek-V4-Flash-GGUF", Reason::other, "ggml-org's own mix under a standard name"},
        {"deepseek-v4-flash-0731", "ggml-org/DeepSeek-V4-Flash-0731-GGUF", Reason::other, "ggml-org's own mix under a standard name"},
        {"llama-3.1-405b", "MaziyarPanahi/Meta-Llama-3.1-405B-Instruct-GGUF", Reason::kv_heads_twice},
    };
    // clang-format on
    return all;
}

std::string text(const Exception& exception) {
    switch (exception.reason) {
        case Reason::no_next_token: return "made without the next-token layer";
        case Reason::tied_twice: return "holds the tied output matrix a second time";
        case Reason::tied_once: return "made from a copy without the tied output matrix that the checkpoint stores";
        case Reason::mxfp4_experts: return "keeps the experts in the checkpoint's MXFP4";
        case Reason::kv_heads_twice: return "made from a first upload that stored every KV head twice";
        case Reason::tensors_alone: return "the source states the size without the key-value section";
        case Reason::other: break;
    }
    return exception.why;
}

bool leaves_no_choice(FileType type) {
    return type == FileType::f32 || type == FileType::f16 || type == FileType::bf16 || type == FileType::q8_0;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// Files of one model in one repository.
struct Group {
    std::string model, repository;
    double allowed = budget;
    std::vector<PublishedSize> files;

    double deviation() const {
        std::vector<double> all;
        for (const PublishedSize& file : files) all.push_back(file.beyond_rounding());
        return median(std::move(all));
    }
    bool deviates() const { return std::abs(deviation()) > allowed; }
};

std::vector<Group> groups(CatalogEstimators& estimators) {
    std::map<std::string, std::map<std::string, std::vector<PublishedSize>>> fixed, mixed;
    for (PublishedSize& file : published_sizes()) {
        file.predicted = file_size(estimators.of(file.model), file);
        auto& kind = leaves_no_choice(file.type) ? fixed : mixed;
        kind[file.model][file.repository].push_back(std::move(file));
    }
    std::vector<Group> out;
    const auto add = [&](auto& models, double allowed) {
        for (auto& [model, repositories] : models)
            for (auto& [repository, files] : repositories)
                out.push_back({model, repository, allowed, std::move(files)});
    };
    for (const auto& [model, repositories] : fixed) mixed.erase(model);
    add(fixed, budget);
    add(mixed, loose_budget);
    return out;
}

// The tensors that `chosen` picks in another type, or in none at all.
double resized(const Estimator& estimator, const PublishedSize& file, auto chosen, std::optional<GgmlType> instead) {
    const auto types = estimator.types(file.type, file.importance_matrix);
    double size = file.predicted;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const Tensor& tensor = estimator.inventory().tensors[i];
        if (!chosen(tensor)) continue;
        size -= static_cast<double>(tensor.bytes_as(types[i]).count());
        if (instead) size += static_cast<double>(tensor.bytes_as(*instead).count());
    }
    return size;
}

// The size that the reason gives.
double explained(CatalogEstimators& estimators, const PublishedSize& file, Reason reason) {
    const Estimator& estimator = estimators.of(file.model);
    switch (reason) {
        case Reason::no_next_token:
            return resized(
                estimator, file,
                [&](const Tensor& tensor) {
                    return tensor.layer && estimator.model().layers[static_cast<std::size_t>(*tensor.layer)].next_token;
                },
                std::nullopt);
        case Reason::mxfp4_experts:
            return resized(
                estimator, file,
                [](const Tensor& tensor) {
                    return tensor.role == TensorRole::routed_experts &&
                           tensor.name.in_layer().ends_with("_exps.weight");
                },
                GgmlType::mxfp4);
        case Reason::tied_twice:
        case Reason::tied_once: {
            Dimensions dimensions = estimators.record(file.model).dimensions();
            dimensions.tied_output_stored = reason == Reason::tied_twice;
            return file_size(estimators.with(file.model, dimensions), file);
        }
        case Reason::kv_heads_twice: {
            Dimensions dimensions = estimators.record(file.model).dimensions();
            dimensions.head_count_kv = PerLayer{2 * dimensions.head_count_kv.at(0)};
            return file_size(estimators.with(file.model, dimensions), file);
        }
        case Reason::tensors_alone:
            return static_cast<double>(
                estimator.quantize(file.type, file.importance_matrix).weights.file_padded.count());
        case Reason::other: break;
    }
    return file.published;
}

}  // namespace

TEST_CASE("files of types that leave no choice have the sizes of the catalog's tensors") {
    CatalogEstimators estimators;
    std::vector<Group> all = groups(estimators);
    std::size_t files = 0;
    std::vector<double> medians;
    std::vector<const Exception*> unused;
    for (const Exception& exception : exceptions()) unused.push_back(&exception);
    for (Group& group : all) {
        INFO(group.model << " in " << group.repository << ": " << group.deviation() << " %");
        const auto named = std::ranges::find_if(unused, [&](const Exception* exception) {
            return exception->model == group.model && exception->repository == group.repository;
        });
        if (named == unused.end()) {
            CHECK_FALSE(group.deviates());
            if (group.allowed == budget) medians.push_back(std::abs(group.deviation()));
            files += group.files.size();
            continue;
        }
        // An exception has to be needed, and its reason has to give the size.
        CHECK(group.deviates());
        std::printf("  %-28s %-44s %+7.2f %%: %s\n", group.model.c_str(), group.repository.c_str(), group.deviation(),
                    text(**named).c_str());
        for (PublishedSize& file : group.files) file.predicted = explained(estimators, file, (*named)->reason);
        INFO("explained: " << group.deviation() << " %");
        CHECK_FALSE(group.deviates());
        unused.erase(named);
    }
    for (const Exception* exception : unused)
        FAIL_CHECK("no such files: " << exception->model << " in " << exception->repository);
    std::ranges::sort(medians);
    std::printf(
        "repositories with files of types that leave no choice: %zu; deviation beyond rounding: nine of ten within "
        "%.2f %%, worst %.2f %%\n",
        medians.size(), medians[medians.size() * 9 / 10], medians.back());
    CHECK(files >= 900);
}
