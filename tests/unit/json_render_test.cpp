#include "render/json.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catalog/packed_dimensions.hpp"
#include "render/json_record.hpp"
#include "support/catch.hpp"
#include "support/sample_report.hpp"

using namespace fitcalc;

namespace {

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& item : object.items()) keys.push_back(item.key());
    return keys;
}

}  // namespace

TEST_CASE("the answer opens with its schema and command", "[render][json]") {
    const std::string text = dump(to_json(sample_report()));
    CHECK(text.starts_with("{\n  \"schema\": \"fitcalc/1\",\n  \"command\": \"fit\",\n"));
    CHECK(text.ends_with("}\n"));
}

TEST_CASE("sizes are exact and the parts add up", "[render][json]") {
    const Json answer = to_json(sample_report());
    const Json& e = answer["estimate"];
    CHECK(e["total_bytes"] == 6'273'741'824);
    CHECK(e["total_bytes"].get<std::int64_t>() ==
          e["weights_device_bytes"].get<std::int64_t>() + e["kv_cache_bytes"].get<std::int64_t>() +
              e["recurrent_state_bytes"].get<std::int64_t>() + e["compute_bytes"].get<std::int64_t>() +
              e["overhead_bytes"].get<std::int64_t>());
    CHECK(e["error_percent"] == 4.782);
    CHECK(keys_of(answer["full_context"]) == keys_of(e));
    CHECK(answer["full_context"]["total_bytes"] == 22'379'869'184);
}

TEST_CASE("facts that nobody knows are null", "[render][json]") {
    const Json answer = to_json(sample_report());
    CHECK(answer["model"]["huggingface"].is_null());
    CHECK(answer["model"]["released"].is_null());
    CHECK(answer["quants"][0]["quality_percent"].is_null());
    CHECK(answer["quants"][0]["description"].is_null());
    CHECK(answer["verdict"].is_null());
    CHECK(answer["devices"].empty());
    CHECK(answer["nominal"].is_null());
    CHECK_FALSE(answer.contains("explanation"));
    CHECK_FALSE(answer.contains("placement"));
}

TEST_CASE("a model's sources are one text", "[render][json]") {
    const Json answer = to_json(sample_report());
    CHECK(answer["model"]["source"] == "a config.json; a model card");
    CHECK(answer["model"]["ollama"] == Json::array({"sample:8b", "sample:latest"}));
}

TEST_CASE("a model that is in no catalog has no name", "[render][json]") {
    FitReport report = sample_report();
    report.model.record = nullptr;
    CHECK(to_json(report)["model"]["id"].is_null());
    CHECK(to_json(report)["model"]["layers"] == 32);
}

TEST_CASE("a device that has no speed answers with its verdict", "[render][json]") {
    const Json answer = to_json(sample_report_on_device());
    CHECK(answer["verdict"] == "great");
    const Json& device = answer["devices"][0];
    CHECK(device["device"] == "8GB");
    CHECK(device["headroom_bytes"] == 8'100'000'000 - 6'273'741'824);
    CHECK(device["max_context"] == 17'152);
    CHECK(device["decode_tokens_per_second"].is_null());
}

TEST_CASE("the nominal method answers with the page's rows", "[render][json]") {
    FitReport report = sample_report();
    report.settings.method = Method::nominal;
    NominalRow row;
    row.bits = 4.8;
    row.at_context.weights = Bytes{4'800'000'000};
    row.at_context.total = Bytes{5'200'000'000};
    row.at_context.recommended = Bytes{6'760'000'000};
    row.at_full_context.total = Bytes{9'000'000'000};
    report.nominal_rows = {row};
    const Json answer = to_json(report);
    CHECK(answer["settings"]["method"] == "nominal");
    REQUIRE(answer["quants"].size() == 1);
    const Json& quant = answer["quants"][0];
    CHECK(quant["bits_per_weight"] == 4.8);
    CHECK(quant["file_size_bytes"] == 4'800'000'000);
    CHECK(quant["total_full_context_bytes"] == 9'000'000'000);
    CHECK(quant["recommended_bytes"] == 6'760'000'000);
    CHECK(quant["recommended"] == true);
    CHECK(answer["estimate"]["error_percent"].is_null());
}

TEST_CASE("an explanation has the weights by role and the cache by kind", "[render][json]") {
    FitReport report = sample_report();
    report.command = "explain";
    report.weight_groups = {{TensorRole::attention, Params{512}, Bytes{288}, {{GgmlType::q4_k, Params{512}}}}};
    CacheGroup cache;
    cache.kind = "grouped-query attention";
    cache.layers = 32;
    cache.cached_values = 2'048;
    cache.bytes_per_token = Bytes{131'072};
    report.cache_groups = {cache};
    const Json explanation = to_json(report)["explanation"];
    CHECK(explanation["weights"][0]["types"][0] == Json{{"type", "q4_K"}, {"parameters", 512}, {"bytes", 288}});
    CHECK(explanation["cache"][0]["bytes_per_token"] == 131'072);
    CHECK(explanation["cache_cells"] == 8'192);
}

TEST_CASE("a record is written with every field, its dimensions and its source", "[render][json]") {
    Dimensions dimensions;
    dimensions.block_count = 2;
    dimensions.head_count = PerLayer{std::vector<std::uint32_t>{8, 4}};
    dimensions.tied_embeddings = false;
    const auto packed = pack(dimensions);
    ModelRecord record = sample_model();
    record.packed_dimensions = packed;
    const Json out = record_json(record);
    CHECK(out["dimensions"] == Json{{"block_count", 2}, {"attention.head_count", {8, 4}}, {"tied_embeddings", false}});
    CHECK(out["published_parameters"] == 8'000'000'000);
    CHECK(out["hf_attention"].is_null());
    CHECK(out["scores"] == Json::array());
    CHECK(out["sources"].size() == 2);
    CHECK(out["source"] == "a config.json; a model card");
    CHECK(record_json(ModelRecord{})["source"].is_null());
}

TEST_CASE("a range of bytes is its two ends", "[render][json]") {
    BackendRecord backend;
    backend.name = "cuda";
    backend.context_range_bytes = ByteRange{5, 7};
    const Json out = field_json(backend);
    CHECK(out["context_range_bytes"] == Json::array({5, 7}));
    CHECK(out["pool_range_bytes"].is_null());
}

TEST_CASE("every list of the catalog can be written", "[render][json]") {
    const Catalog catalog;
    for (const auto topic :
         {ListTopic::models, ListTopic::gpus, ListTopic::quants, ListTopic::engines, ListTopic::architectures}) {
        ListRequest request;
        request.topic = topic;
        const Json answer = to_json(build_list_report(request, catalog).value());
        CHECK(answer["command"] == "list");
        CHECK_FALSE(answer[std::string(topic_name(topic))].empty());
    }
}
