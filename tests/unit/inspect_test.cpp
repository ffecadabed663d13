// Model files on the command line.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "fitcalc/architecture.hpp"
#include "support/ask.hpp"
#include "support/gguf_writer.hpp"
#include "support/shell.hpp"
#include "support/temporary_folder.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::test;
using nlohmann::json;

namespace {

struct Bench {
    MemoryFiles files;

    cli::Outcome run(const std::vector<std::string>& words) const { return run_words(words, world_of(files)); }
    json answer(std::vector<std::string> words) const { return answer_to(std::move(words), world_of(files)); }
};

std::vector<GgmlType> types_of(const ReferenceModel& model, FileType type) {
    return QuantPlanner{spec_of(model), model.tensors}.types(type, true);
}

}  // namespace

TEST_CASE("a 16-bit file answers for every quantization that it could become") {
    const ReferenceModel& model = reference_model("llama-3.2-1b");
    Bench bench;
    bench.files.add("m.gguf", gguf_of(model, types_of(model, FileType::f16)).number("general.file_type", 1));
    const json own = bench.answer({"m.gguf"});
    CHECK(own["settings"]["quant"] == "F16");
    CHECK(own["estimate"]["weights_bytes"] == model.weights.at("F16").first.count());
    CHECK(own["file"]["standard_mix"] == "F16");
    CHECK(own["quants"].size() == file_types().size());
    for (const json& row : own["quants"]) {
        INFO(row["quant"]);
        CHECK(row["weights_bytes"] == model.weights.at(row["quant"].get<std::string>()).second.count());
        CHECK(row["requantized"] == false);
    }
    const json asked = bench.answer({"m.gguf", "-q", "q4_k_m"});
    const json catalog = bench.answer({"llama-3.2-1b", "-q", "Q4_K_M"});
    for (const char* field : {"weights_bytes", "weights_device_bytes", "kv_cache_bytes", "compute_bytes", "total_bytes"})
        CHECK(asked["estimate"][field] == catalog["estimate"][field]);
}

TEST_CASE("a quantized file answers for itself first") {
    const ReferenceModel& model = reference_model("llama-3.2-1b");
    Bench bench;
    bench.files.add("m.gguf", gguf_of(model, types_of(model, FileType::q4_k_m)).number("general.file_type", 15));
    const json own = bench.answer({"m.gguf", "--gpu", "rtx-4090"});
    CHECK(own["settings"]["quant"] == "Q4_K_M");
    CHECK(own["quants"][0]["quant"] == "Q4_K_M");
    CHECK(own["quants"][0]["requantized"] == false);
    CHECK(own["quants"][1]["requantized"] == true);
    CHECK(own["recommendation"]["quant"] == "Q4_K_M");
    CHECK(own["file"]["differing_tensors"].empty());
    const cli::Outcome again = bench.run({"m.gguf", "-q", "Q2_K"});
    CHECK(again.err.find("quantized already") != std::string::npos);
}

TEST_CASE("a recipe of one's own is told tensor by tensor") {
    const ReferenceModel& model = reference_model("llama-3.2-1b");
    auto types = types_of(model, FileType::q4_k_m);
    types.front() = GgmlType::q8_0;  // token_embd
    Bench bench;
    bench.files.add("declared.gguf", gguf_of(model, types).number("general.file_type", 15));
    bench.files.add("nameless.gguf", gguf_of(model, types));
    bench.files.add("guessed.gguf", gguf_of(model, types_of(model, FileType::q5_0)));
    const json declared = bench.answer({"declared.gguf"});
    CHECK(declared["settings"]["quant"] == "Q4_K_M");
    REQUIRE(declared["file"]["differing_tensors"].size() == 1);
    CHECK(declared["file"]["differing_tensors"][0]["name"] == "token_embd.weight");
    CHECK(declared["file"]["differing_tensors"][0]["standard"] == "q6_K");
    CHECK(declared["file"]["differing_tensors"][0]["type"] == "q8_0");
    CHECK(bench.answer({"nameless.gguf"})["settings"]["quant"] == "as it is");
    CHECK(bench.answer({"guessed.gguf"})["settings"]["quant"] == "Q5_0");
}

TEST_CASE("an architecture that is not supported answers its weights") {
    ReferenceModel model = reference_model("llama-3.2-1b");
    const auto types = types_of(model, FileType::q8_0);
    model.architecture = "nonesuch";
    Bench bench;
    bench.files.add("m.gguf", gguf_of(model, types).number("general.file_type", 7));
    const cli::Outcome outcome = bench.run({"m.gguf"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.find("architecture 'nonesuch' is not supported") != std::string::npos);
    const json answer = bench.answer({"m.gguf"});
    CHECK(answer["estimate"]["weights_bytes"] == model.weights.at("Q8_0").first.count());
    CHECK(answer["estimate"]["kv_cache_bytes"].is_null());
    CHECK(answer["estimate"]["total_bytes"].is_null());
    CHECK(bench.run({"m.gguf", "--gpu", "rtx-4090"}).status == 3);
    CHECK(bench.run({"explain", "m.gguf"}).status == 0);
    CHECK(bench.answer({"inspect", "m.gguf"})["warnings"].size() == 1);
}

TEST_CASE("a part of a model shows its tensors, and nothing that only a model has") {
    Bench bench;
    GgufWriter tower;
    tower.text("general.architecture", "clip").text("general.type", "mmproj").tensor("mm.0.weight", {1024, 4096}, 1);
    bench.files.add("mmproj.gguf", tower);
    GgufWriter adapter;
    adapter.text("general.architecture", "llama").text("general.type", "adapter");
    adapter.tensor("blk.0.attn_q.weight.lora_a", {4096, 16}, 1);
    bench.files.add("lora.gguf", adapter);
    for (const char* path : {"mmproj.gguf", "lora.gguf"}) {
        INFO(path);
        const cli::Outcome shown = bench.run({"inspect", path});
        CHECK(shown.status == 0);
        CHECK(shown.err.find("not a model by itself") != std::string::npos);
        CHECK(shown.out.find("tied_embeddings") == std::string::npos);
        CHECK(bench.run({path}).status == 3);
    }
}

TEST_CASE("a file that lacks tensors or has others is warned of") {
    ReferenceModel model = reference_model("llama-3.2-1b");
    model.tensors.tensors.pop_back();
    model.tensors.tensors.emplace_back("blk.0.extra.weight", Shape{256}, GgmlType::f32, 0);
    Bench bench;
    bench.files.add("m.gguf", gguf_of(model, {}));
    const cli::Outcome outcome = bench.run({"m.gguf"});
    CHECK(outcome.err.find("lacks 1 tensor (blk.15.ffn_down.weight)") != std::string::npos);
    CHECK(outcome.err.find("has 1 tensor (blk.0.extra.weight)") != std::string::npos);
    model.tensors.tensors.emplace_back("blk.77.extra.weight", Shape{256}, GgmlType::f32, 77);
    bench.files.add("beyond.gguf", gguf_of(model, {}));
    CHECK(bench.run({"beyond.gguf"}).status == 3);
    CHECK(bench.run({"inspect", "beyond.gguf"}).status == 0);
}

TEST_CASE("inspect") {
    const ReferenceModel& model = reference_model("deepseek-v2-236b");
    Bench bench;
    bench.files.add("m.gguf", gguf_of(model, types_of(model, FileType::q4_k_m)).number("general.file_type", 15));
    const json answer = bench.answer({"inspect", "m.gguf", "--tensors"});
    CHECK(answer["command"] == "inspect");
    CHECK(answer["architecture"] == "deepseek2");
    CHECK(answer["parameters"] == model.parameters.count());
    CHECK(answer["weights_bytes"] == model.weights.at("Q4_K_M").second.count());
    CHECK(answer["tensors"].size() == model.tensors.tensors.size());
    CHECK(answer["layers"]["attention"][0]["layers"] == 60);
    CHECK(answer["layers"]["feed_forward"][1]["kind"] == "6 of 160 experts");
    CHECK(answer["standard_mix"] == "Q4_K_M");
    CHECK_FALSE(bench.answer({"inspect", "m.gguf"}).contains("tensors"));
    std::int64_t tensors = 0, bytes = 0;
    for (const json& group : answer["groups"]) {
        tensors += group["tensors"].get<std::int64_t>();
        bytes += group["bytes"].get<std::int64_t>();
    }
    CHECK(tensors == answer["tensor_count"]);
    CHECK(bytes == answer["weights_bytes"]);
    CHECK(bench.run({"inspect", "m.gguf", "--value", "gguf.version"}).out == "3\n");
    CHECK(bench.run({"inspect", "m.gguf", "--format", "csv"}).out.starts_with("role,type,tensors,"));
    CHECK(bench.run({"inspect", "m.gguf", "--tensors", "--format", "csv", "--fields", "name"}).out.starts_with("name\n"));
    CHECK(bench.run({"inspect"}).status == 2);
    CHECK(bench.run({"inspect", "absent.gguf"}).status == 3);
    CHECK(bench.run({"inspect", "m.gguf", "n.gguf"}).status == 2);
}

TEST_CASE("the program reads real files, of which only the header is there") {
    const TemporaryFolder folder;
    const ReferenceModel& model = reference_model("llama-3.1-405b");
    const GgufWriter writer = gguf_of(model, types_of(model, FileType::f16));
    const std::string path = folder / "m.gguf", file = quoted(path);
    write_text(path, writer.header());
    const auto status = [](const std::string& arguments) {
        return shell(quoted(FITCALC_PROGRAM) + " " + arguments + " > /dev/null 2>&1");
    };
    CHECK(status("inspect " + file) == 3);  // the data aren't there
    std::error_code error;
    std::filesystem::resize_file(path, writer.file_size(), error);
    if (!error) {
        CHECK(status("inspect " + file) == 0);
        CHECK(status(file) == 0);
        CHECK(status(file + " --gpu rtx-4090") == 1);
    }
    CHECK(status("inspect " + quoted(folder / "absent.gguf")) == 3);
    CHECK(status("inspect " + quoted(folder.path())) == 3);
    CHECK(status("inspect /dev/zero") == 3);
}
