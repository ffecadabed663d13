// Names typed from memory, in the ways people write them.
#include <string>
#include <vector>

#include "catalog/device_name.hpp"
#include "catalog/model_name.hpp"
#include "catalog/names.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

struct Typed {
    const char* name;
    const char* id;       // "" where nothing is to be found
    bool others = false;  // there are others of the name: a warning
};

template <class Result>
void check_found(const Result& found, const Typed& typed) {
    INFO(typed.name);
    if (std::string(typed.id).empty()) {
        CHECK_FALSE(found);
        return;
    }
    INFO((found ? std::string{} : found.error().message + "; " + found.error().hint));
    REQUIRE(found);
    CHECK(found->record->id == typed.id);
    CHECK(found->passed_over.empty() != typed.others);
}

}  // namespace

TEST_CASE("devices are found by the names people type") {
    const Typed typed[] = {
        {"NVIDIA GeForce RTX 4090", "rtx-4090"},
        {"4090", "rtx-4090"},
        {"rtx4090", "rtx-4090"},
        {"RTX-4090", "rtx-4090"},
        {"geforcertx 4090", "rtx-4090"},
        {"rtx 4090 24gb", "rtx-4090"},
        {"RTX 4090 Laptop GPU", "rtx-4090-laptop"},
        {"4090 mobile", "rtx-4090-laptop"},
        {"RTX 4060 Ti 16GB", "rtx-4060-ti-16gb"},
        {"4060ti16gb", "rtx-4060-ti-16gb"},
        {"rtx 4060ti", "rtx-4060-ti-8gb", true},
        {"4070tisuper", "rtx-4070-ti-super"},
        {"3060", "rtx-3060-12gb", true},
        {"rtx 3080", "rtx-3080-10gb", true},
        {"gtx 1080 ti", "gtx-1080-ti"},
        {"rtx 5090 32 GB", "rtx-5090"},
        {"7900xtx", "rx-7900-xtx"},
        {"7900 XT", "rx-7900-xt"},
        {"6800xt", "rx-6800-xt"},
        {"6700xt", "rx-6700-xt"},
        {"5700xt", "rx-5700-xt"},
        {"m3 ultra 512gb", "apple-m3-ultra-80c-512gb"},
        {"Mac Studio M3 Ultra 96GB", "apple-m3-ultra-60c-96gb", true},
        {"Apple M4 Max (40-core)", "apple-m4-max-40c-48gb", true},
        {"m4 max 128", "apple-m4-max-40c-128gb"},
        {"MacBook Pro 14-inch M4 Pro 48GB", "apple-m4-pro-48gb"},
        {"macbook air m2 16gb", "apple-m2-16gb"},
        {"GB10 (DGX Spark)", "dgx-spark"},
        {"GB10 DGX Spark", "dgx-spark"},
        {"Radeon RX 7900 XTX", "rx-7900-xtx"},
        {"7900xtx", "rx-7900-xtx"},
        {"AMD Radeon RX 7900 XTX (RADV NAVI31)", "rx-7900-xtx"},
        {"Arc B580", "arc-b580"},
        {"Intel(R) Arc(TM) B580 Graphics", "arc-b580"},
        {"h100", "h100-sxm-80gb", true},
        {"H100 PCIe", "h100-pcie-80gb"},
        {"NVIDIA H100 80GB HBM3", "h100-sxm-80gb"},
        {"NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"},
        {"a100 40gb", "a100-sxm-40gb", true},
        {"a100 80", "a100-sxm-80gb", true},
        {"Tesla V100-SXM2-16GB", "tesla-v100-sxm2-16gb"},
        {"quadro rtx a6000", "rtx-a6000"},
        {"RTX 6000 Ada", "rtx-6000-ada"},
        {"rtx pro 6000", "rtx-pro-6000-blackwell", true},
        {"NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "rtx-pro-6000-blackwell-max-q"},
        {"strix halo 128gb", "ryzen-ai-max-plus-395-128gb"},
        {"AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "ryzen-ai-max-plus-395-128gb", true},
        {"Framework Desktop 64GB", "ryzen-ai-max-plus-395-64gb"},
        {"mi50 32gb", "mi50-32gb"},
        {"T4", "tesla-t4"},
        {"w7900", "radeon-pro-w7900"},
        {"dgx a100 640", "dgx-a100-640gb"},
        {"gb200 nvl72", "gb200-nvl72"},
        {"Jetson AGX Orin 64GB", "jetson-agx-orin-64gb"},
        // What no record is, is not taken for one that is near.
        {"rtx 4090 48gb", ""},
        {"AMD RTX 4090", ""},
        {"rtx 1080", ""},
        {"h100 ada", ""},
        {"arc 4090", ""},
        {"", ""},
        {"()", ""},
        {"16gb", ""},
    };
    const Catalog catalog;
    for (const Typed& each : typed) check_found(catalog.find_device(each.name), each);
}

TEST_CASE("a device name of several, none of them marked, lists them") {
    const Catalog catalog;
    const auto found = catalog.find_device("rtx 5000");
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::unknown_name);
    CHECK(found.error().message.find("several") != std::string::npos);
    for (const char* id : {"quadro-rtx-5000", "rtx-5000-ada", "rtx-5000-ada-laptop"})
        CHECK(found.error().hint.find(id) != std::string::npos);
}

TEST_CASE("what is wrong about a device name leads to those it could have meant") {
    const Catalog catalog;
    CHECK(catalog.find_device("rtx 4090 48gb").error().hint == "did you mean rtx-4090, rtx-4090-laptop?");
    CHECK(catalog.find_device("rtx 4091").error().hint.find("rtx-4090") != std::string::npos);
    CHECK(catalog.find_device("zzzz").error().hint == "fitcalc list gpus shows them all");
}

TEST_CASE("a number that no memory has is no size in a device's name") {
    CHECK(device_names("a100 40").front().number_at_end == 2);
    CHECK(device_names("a100 1000000").front().number_at_end == 7);
    CHECK(device_names("a100 1000001").front().number_at_end == 0);
    CHECK_FALSE(Catalog{}.find_device("a100 9000000000000000000"));
}

TEST_CASE("models are found by the names people type") {
    const Typed typed[] = {
        {"Llama-3-8B", "llama-3-8b"},
        {"llama 3.1 8b", "llama-3.1-8b"},
        {"llama3.1", "llama-3.1-8b"},
        {"llama3.1:latest", "llama-3.1-8b"},
        {"llama3.1:8b-instruct-q8_0", "llama-3.1-8b"},
        {"meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"},
        {"Meta-Llama-3.1-8B-Instruct-Q4_K_M", "llama-3.1-8b"},
        {"bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "llama-3.1-8b"},
        {"hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q8_0", "llama-3.1-8b"},
        {"https://huggingface.co/Qwen/Qwen3-8B", "qwen3-8b"},
        {"unsloth/Qwen3-8B-GGUF", "qwen3-8b"},
        {"unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL", "qwen3-8b"},
        {"bartowski/Qwen_Qwen3-8B-GGUF", "qwen3-8b"},
        {"Qwen3-8B-Q4_K_M", "qwen3-8b"},
        {"mlx-community/Qwen3-8B-4bit", "qwen3-8b"},
        {"Qwen/Qwen3-8B-AWQ", "qwen3-8b"},
        {"Qwen3-4B-Instruct-2507", "qwen3-4b-instruct-2507"},
        {"Qwen3-4B-Thinking-2507-FP8", "qwen3-4b-thinking-2507"},
        {"Qwen3-8B-Base", "qwen3-8b-base"},
        {"qwen2.5 7b", "qwen2.5-7b-instruct"},
        {"Qwen/Qwen2.5-7B", "qwen2.5-7b-base"},
        {"unsloth/Qwen2.5-7B", "qwen2.5-7b-base"},
        {"Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "qwen2.5-7b-instruct"},
        {"qwen2.5-coder:32b", "qwen2.5-coder-32b-instruct"},
        {"Qwen 2.5 Coder 32B Instruct", "qwen2.5-coder-32b-instruct"},
        {"deepseek-r1:32b", "deepseek-r1-distill-qwen-32b"},
        {"DeepSeek-R1-Distill-Qwen-32B", "deepseek-r1-distill-qwen-32b"},
        {"deepseek-ai_DeepSeek-R1-0528-GGUF", "deepseek-r1-0528"},
        {"deepseek r1", "deepseek-r1"},
        {"deepseek v3.1", "deepseek-v3.1"},
        {"Mistral-7B-Instruct-v0.3", "mistral-7b-v0.3"},
        {"mixtral 8x7b", "mixtral-8x7b"},
        {"TheBloke/Llama-2-13B-chat-GGUF", "llama-2-13b"},
        {"Llama-3.3-70B-Instruct-bnb-4bit", "llama-3.3-70b-instruct"},
        {"QwQ-32B", "qwq-32b"},
        {"llama 3.4 8b", ""},
        {"someone/Llama-3.1-8B-Wizard-GGUF", ""},
        {"qwen", ""},
        {"/", ""},
        {"-gguf", ""},
    };
    const Catalog catalog;
    for (const Typed& each : typed) check_found(catalog.find_model(each.name), each);
    CHECK(catalog.find_model("qwen").error().message.find("several models") != std::string::npos);
}

TEST_CASE("a model's name may name its quantization") {
    CHECK(model_name("Qwen3-8B-Q4_K_M").quant == "Q4_K_M");
    CHECK(model_name("llama3.1:8b-instruct-q8_0").quant == "Q8_0");
    CHECK(model_name("x/Y-7B-GGUF:iq2_xxs").quant == "IQ2_XXS");
    CHECK(model_name("unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL").quant == "UD-Q4_K_XL");
    CHECK(model_name("Qwen/Qwen3-8B-AWQ").packing == "AWQ");
    CHECK(model_name("mlx-community/Qwen3-8B-4bit").packing == "4-bit");
    CHECK(model_name("mlx-community/Qwen3-8B-4bit").identity() == "qwen38b");
    CHECK(model_name("Phi-3.5-mini-instruct").quant.empty());
    CHECK(model_name("Q4_K_M").identity() == "q4km");  // a name is never nothing but packing
}

TEST_CASE("the parts of a name") {
    const auto texts = [](std::string_view name) {
        std::string out;
        for (const NamePart& part : name_parts(name)) out += (part.attached ? "+" : " ") + part.text;
        return out;
    };
    CHECK(texts("RTX4060Ti 16GB") == " rtx+4060+ti 16+gb");
    CHECK(texts("Llama-3.1-8B.") == " llama 3.1 8+b");
    CHECK(texts("AI Max+ 395") == " ai max plus 395");
    CHECK(texts("\xe2\x84\xa2 ") == "");
}

TEST_CASE("names of overlays are found as those built in") {
    Catalog catalog;
    REQUIRE(catalog.overlay(R"({"gpus": [{"id": "acme-x9-48gb", "name": "Acme GeForce RTX 9999 48GB", "vendor": "nvidia",
                                          "memory_bytes": 51539607552, "marketed_memory_bytes": 51539607552},
                                         {"id": "rtx-4090", "name": "Mine", "vendor": "nvidia", "memory_bytes": 1}],
                               "models": [{"id": "own-7b", "name": "Own 7B Instruct", "huggingface": "me/Own-7B-Instruct"}]})",
                            "mine.json"));
    CHECK(catalog.find_device("acme 9999 48 gb")->record->id == "acme-x9-48gb");
    CHECK(catalog.find_device("rtx 4090")->record->memory_bytes == 1);
    CHECK_FALSE(catalog.find_device("4090 24gb"));  // the record that said so was replaced
    CHECK(catalog.find_model("unsloth/Own-7B-GGUF:Q8_0")->record->id == "own-7b");
}
