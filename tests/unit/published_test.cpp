// Published files with a recipe of their makers' own, and what a quantization leaves of a model's quality.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/quality.hpp"
#include "support/ask.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;

namespace {

Outcome run_words(const std::vector<std::string>& words) {
    World world = test::empty_world();
    world.read_file = [](const std::string&) {
        return Result<std::string>{
            R"({"published": [{"model": "qwen3-8b", "publisher": "me", "repository": "me/mine", "source": "label",
                               "files": [{"quant": "MY-MIX", "bytes": 5000000000}, {"quant": "UD-Q4_K_XL", "bytes": 6000000000}]}],
                "quality": [{"model": "qwen3-8b", "quant": "Q4_K_M", "ppl": 10.2, "ppl_base": 10.0, "source": "label"},
                            {"model": "qwen3-8b", "quant": "Q6_K", "ppl": 9.9, "ppl_base": 10.0, "source": "label"}]})"};
    };
    return run(words, world);
}

Estimator estimator_of(const Catalog& catalog, const char* id) {
    const auto found = catalog.find_model(id);
    REQUIRE(found);
    auto model = describe_model(found->record->architecture, found->record->dimensions());
    REQUIRE(model);
    auto estimator = Estimator::create(std::move(*model), Bytes{6'000'000});
    REQUIRE(estimator);
    return std::move(*estimator);
}

std::vector<QuantizedModel> mixes_of(const Estimator& estimator) {
    std::vector<QuantizedModel> mixes;
    for (const FileTypeTraits& type : file_types()) mixes.push_back(estimator.quantize(type.type, true));
    return mixes;
}

}  // namespace

TEST_CASE("a maker's own mix has the published size") {
    const Catalog catalog;
    const auto answer = nlohmann::json::parse(run_words({"qwen3-8b", "-q", "ud-q4_k_xl", "--format", "json"}).out);
    CHECK(answer["settings"]["quant"] == "UD-Q4_K_XL");
    const auto files = catalog.published_files(*catalog.find_model("qwen3-8b")->record);
    const auto file = std::find_if(files.begin(), files.end(), [](const auto& f) { return f.file->quant == "UD-Q4_K_XL"; });
    REQUIRE(file != files.end());
    CHECK(file->set->publisher == "Unsloth");
    CHECK(answer["estimate"]["file_size_bytes"] == file->file->bytes);
    CHECK(answer["estimate"]["error_bytes"].get<std::int64_t>() >= file->file->rounding_bytes);
    const std::string warning = answer["warnings"].back();
    CHECK(warning.find("Unsloth, unsloth/Qwen3-8B-GGUF") != std::string::npos);
    // Nobody else has the file.
    const auto placed = nlohmann::json::parse(run_words({"qwen3-8b", "-q", "ud-q4_k_xl", "--gpu", "24GB", "--format", "json"}).out);
    const auto& commands = placed["placement"]["commands"];
    CHECK(commands["llama_server"].get<std::string>().find("-hf unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL ") != std::string::npos);
    CHECK(commands["ollama"].get<std::string>().find("hf.co/unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL") != std::string::npos);
    int asked = 0;
    for (const auto& row : answer["quants"]) {
        if (row["quant"] != "UD-Q4_K_XL") continue;
        ++asked;
        CHECK(row["published_by"] == "Unsloth");
        CHECK(row["quality_percent"].is_null());
        CHECK(row["total_bytes"] == answer["estimate"]["total_bytes"]);
    }
    CHECK(asked == 1);
}

TEST_CASE("commands download from a repository that has the file") {
    const Catalog catalog;
    const ModelRecord& qwen = *catalog.find_model("qwen3-8b")->record;
    CHECK(qwen.gguf == "Qwen/Qwen3-8B-GGUF");
    CHECK(catalog.repository_of(qwen, "Q4_K_M") == qwen.gguf);
    CHECK(catalog.repository_of(qwen, "IQ4_XS") == "unsloth/Qwen3-8B-GGUF");
    CHECK(catalog.repository_of(qwen, "IQ2_M") == "bartowski/Qwen_Qwen3-8B-GGUF");
    CHECK(catalog.repository_of(qwen, "IQ1_S").empty());
    // Of a repository whose files are not known the name alone is.
    ModelRecord other = qwen;
    other.gguf = "somebody/else-GGUF";
    CHECK(catalog.repository_of(other, "Q4_K_M") == "somebody/else-GGUF");

    const auto commands = [](const char* quant) {
        return nlohmann::json::parse(run_words({"qwen3-8b", "-q", quant, "--gpu", "24GB", "--format", "json"}).out)["placement"]["commands"];
    };
    CHECK(commands("IQ4_XS")["llama_server"].get<std::string>().starts_with("llama-server -hf unsloth/Qwen3-8B-GGUF:IQ4_XS "));
    CHECK(commands("IQ4_XS")["file_note"].is_null());
    CHECK(commands("IQ1_S")["llama_server"].get<std::string>().starts_with("llama-server -m Qwen3-8B-IQ1_S.gguf "));
    CHECK(commands("IQ1_S")["file_note"].get<std::string>().find("llama-quantize") != std::string::npos);
}

// Qwen2.5-Coder-7B is another model than Qwen2.5-Coder-7B-Instruct, though its files have the same sizes.
TEST_CASE("a tuned model is not downloaded from its base model's repository") {
    const std::regex tuned{"[-_](it|instruct|chat)(?![a-z])", std::regex::icase};
    const Catalog catalog;
    int models = 0, named = 0;
    for (const ModelRecord* model : catalog.models()) {
        if (!std::regex_search(std::string(model->huggingface), tuned)) continue;
        ++models;
        for (const FileTypeTraits& type : file_types()) {
            const std::string repository{catalog.repository_of(*model, type.name)};
            if (repository.empty()) continue;
            ++named;
            INFO(model->id << ": " << repository);
            CHECK(std::regex_search(repository, tuned));
        }
    }
    CHECK(models > 100);
    CHECK(named > 1000);
}

TEST_CASE("a mix that nobody published for a model is refused") {
    const Outcome unknown = run_words({"deepseek-v3", "-q", "UD-Q4_K_XL"});
    CHECK(unknown.status == 2);
    CHECK(unknown.err.find("known: ") != std::string::npos);
    const Outcome none = run_words({"llama-2-7b", "-q", "UD-Q4_K_XL"});
    CHECK(none.status == 2);
    CHECK(none.err.find("no such files") != std::string::npos);
    CHECK(run_words({"qwen3-8b", "-q", "UD-NONESUCH"}).err.find("no quantization named") != std::string::npos);
    CHECK(run_words({"explain", "qwen3-8b", "-q", "UD-Q4_K_XL"}).status == 2);
    CHECK(run_words({"qwen3-8b", "-q", "UD-Q4_K_XL", "--method", "nominal"}).status == 2);
}

TEST_CASE("no way out of a published file leads into host memory, for which its tensors would have to be known") {
    const Outcome outcome = run_words({"r1-distill-llama-70b", "-q", "UD-Q4_K_XL", "--gpu", "rtx-4090", "--format", "json"});
    const auto answer = nlohmann::json::parse(outcome.out);
    REQUIRE(answer["verdict"] == "no");
    REQUIRE_FALSE(answer["ways_out"].empty());
    for (const auto& way : answer["ways_out"]) CHECK(way["change"] != "ram");
}

TEST_CASE("an overlay's published files and measurements stand before the built-in ones") {
    const auto size = [](const char* quant) {
        return run_words({"qwen3-8b", "-q", quant, "--catalog", "mine.json", "--value", "file_size_bytes"}).out;
    };
    CHECK(size("MY-MIX") == "5000000000\n");
    CHECK(size("UD-Q4_K_XL") == "6000000000\n");
    const auto answer =
        nlohmann::json::parse(run_words({"qwen3-8b", "--catalog", "mine.json", "--format", "json"}).out);
    for (const auto& row : answer["quants"]) {
        if (row["quant"] == "Q4_K_M") {
            CHECK(row["quality_basis"] == "measured");
            CHECK(row["quality_percent"].get<double>() == Approx(100.0 / 1.02).epsilon(0.001));
        }
        if (row["quant"] == "Q6_K") CHECK(row["quality_basis"] == "estimated");  // better than the original: noise
    }
}

TEST_CASE("a file of a standard mix's size is split as that mix") {
    const Catalog catalog;
    for (const char* id : {"qwen3-8b", "qwen2.5-0.5b-instruct", "deepseek-v3"}) {
        INFO(id);
        const Estimator estimator = estimator_of(catalog, id);
        const QuantizedModel mix = estimator.quantize(FileType::q4_k_m, true);
        const QuantizedModel same = estimator.of_size(mix.file_size, false, mixes_of(estimator));
        CHECK(same.type == FileType::q4_k_m);
        CHECK(same.weights.file == mix.weights.file);
        CHECK(same.weights.device() == mix.weights.device());
        CHECK(same.weights.host == mix.weights.host);
        // Where the output matrix is tied, the device holds all of the file whatever the embedding's type.
        CHECK((same.uncertain == Bytes{}) == estimator.inventory().tied());
    }
}

TEST_CASE("a stretched mix fills the file") {
    const Catalog catalog;
    const Estimator estimator = estimator_of(catalog, "qwen3-8b");
    const Bytes between{5'200'000'000};
    for (const bool q8_ends : {false, true}) {
        const QuantizedModel fitted = estimator.of_size(between, q8_ends, mixes_of(estimator));
        CHECK(fitted.file_size == between);
        const std::int64_t parts = (fitted.weights.device() + fitted.weights.host).count();
        CHECK(static_cast<double>(parts) == Approx(static_cast<double>(fitted.weights.file.count())).epsilon(0.001));
        if (q8_ends) CHECK(fitted.uncertain == Bytes{});
        if (q8_ends) continue;
        // The embedding, 151,936 rows of 4,096, lies somewhere between Q4_0 and Q8_0: 18 and 34 bytes for 32 values.
        const std::int64_t blocks = 151936LL * 4096 / 32, host = fitted.weights.host.count();
        CHECK(fitted.uncertain.count() == std::max(blocks * 34 - host, host - blocks * 18));
    }
}

TEST_CASE("larger models lose less") {
    const Catalog catalog;
    const ModelRecord* model = catalog.find_model("qwen3-8b")->record;
    for (const QuantRecord* quant : catalog.quants()) {
        if (!quant->loss_fit) continue;
        INFO(quant->name);
        const auto small = quality_of(catalog, *model, Params{1'000'000'000}, *quant);
        const auto large = quality_of(catalog, *model, Params{70'000'000'000}, *quant);
        REQUIRE(small);
        REQUIRE(large);
        CHECK_FALSE(small->measured);
        CHECK(small->percent < large->percent);
        CHECK(small->low < small->percent);
        CHECK(small->percent < small->high);
    }
    const auto half = quality_of(catalog, *model, Params{8'000'000'000}, *catalog.find_quant("F16"));
    REQUIRE(half);
    CHECK(half->percent == 100);
    CHECK_FALSE(quality_of(catalog, *model, Params{8'000'000'000}, *catalog.find_quant("TQ1_0")));
}
