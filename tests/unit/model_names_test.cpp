// Models under the names that people type.
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("models answer to the names that people type") {
    const std::pair<const char*, const char*> typed[] = {
        {"Llama-3-8B", "llama-3-8b"},
        {"Meta-Llama-3-8B-Instruct", "llama-3-8b"},
        {"meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"},
        {"llama 3.3 70b", "llama-3.3-70b-instruct"},
        {"llama2:13b", "llama-2-13b"},
        {"llama-4-scout", "llama-4-scout-17b-16e-instruct"},
        {"Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b-instruct-2507"},
        {"qwen3:4b", "qwen3-4b"},
        {"qwen3 235b", "qwen3-235b-a22b"},
        {"qwen2.5-coder:32b", "qwen2.5-coder-32b-instruct"},
        {"qwen3-coder-30b", "qwen3-coder-30b-a3b-instruct"},
        {"Qwen/Qwen3-Next-80B-A3B-Instruct", "qwen3-next-80b-a3b-instruct"},
        {"QwQ-32B", "qwq-32b"},
        {"deepseek-r1:32b", "deepseek-r1-distill-qwen-32b"},
        {"DeepSeek-R1-0528", "deepseek-r1-0528"},
        {"deepseek-v3.2", "deepseek-v3.2"},
        {"gemma3:27b", "gemma-3-27b-it"},
        {"google/gemma-2-9b-it", "gemma-2-9b"},
        {"gemma-4-31b", "gemma-4-31b"},
        {"mistral-nemo", "mistral-nemo"},
        {"Mistral-7B-Instruct-v0.3", "mistral-7b-v0.3"},
        {"mistral-small-3.2", "mistral-small-3.2-24b-instruct-2506"},
        {"Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"},
        {"ministral-3-8b", "ministral-3-8b-instruct-2512"},
        {"phi4", "phi-4"},
        {"microsoft/Phi-3.5-mini-instruct", "phi-3.5-mini-instruct"},
        {"gpt-oss:20b", "gpt-oss-20b"},
        {"GLM-4.5-Air", "glm-4.5-air"},
        {"Kimi K2", "kimi-k2"},
        {"minimax m2.5", "minimax-m2.5"},
        {"command-r-plus", "c4ai-command-r-plus"},
        {"nemotron-nano-9b-v2", "nvidia-nemotron-nano-9b-v2"},
        {"falcon3-7b", "falcon3-7b"},
        {"tiiuae/Falcon3-7B-Base", "falcon3-7b"},
        {"olmo-2-13b", "olmo-2-1124-13b"},
        {"ERNIE-4.5-21B-A3B", "ernie-4.5-21b-a3b-pt"},
        {"seed-oss-36b", "seed-oss-36b-instruct"},
        {"codellama:34b", "codellama-34b"},
    };
    const Catalog catalog;
    for (const auto& [name, id] : typed) {
        INFO(name);
        const auto found = catalog.find_model(name);
        REQUIRE(found);
        CHECK(found->record->id == id);
    }
}
