#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("an unknown architecture is an error that names it") {
    const auto spec = describe_model("mamba9", Dimensions{});
    REQUIRE_FALSE(spec);
    CHECK(spec.error().kind == ErrorKind::unsupported);
    CHECK(spec.error().message.find("mamba9") != std::string::npos);
}

TEST_CASE("a missing dimension is an error that names it, never a default") {
    struct Case {
        const char* name;
        void (*drop)(Dimensions&);
    };
    const Case cases[] = {
        {"block_count", [](Dimensions& d) { d.block_count.reset(); }},
        {"embedding_length", [](Dimensions& d) { d.embedding_length.reset(); }},
        {"vocab_size", [](Dimensions& d) { d.vocab_size.reset(); }},
        {"context_length", [](Dimensions& d) { d.context_length.reset(); }},
        {"attention.head_count", [](Dimensions& d) { d.head_count = {}; }},
        {"attention.kv_lora_rank", [](Dimensions& d) { d.kv_lora_rank.reset(); }},
        {"attention.key_length_mla", [](Dimensions& d) { d.key_length_mla.reset(); }},
        {"rope.dimension_count", [](Dimensions& d) { d.rope_dimension_count.reset(); }},
        {"expert_used_count", [](Dimensions& d) { d.expert_used_count.reset(); }},
        {"feed_forward_length", [](Dimensions& d) { d.feed_forward_length = {}; }},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        Dimensions d = reference_model("deepseek-r1-0528").dimensions;
        REQUIRE(describe_model("deepseek2", d));
        each.drop(d);
        const auto spec = describe_model("deepseek2", d);
        REQUIRE_FALSE(spec);
        CHECK(spec.error().kind == ErrorKind::bad_data);
        CHECK(spec.error().message == "dimension '" + std::string(each.name) + "' is missing");
    }
}

TEST_CASE("hostile dimensions end in an error") {
    Dimensions d = reference_model("llama-3.1-8b").dimensions;
    SECTION("a layer count that no model has") { d.block_count = 4'000'000'000u; }
    SECTION("heads that don't divide") { d.head_count_kv = PerLayer{7}; }
    SECTION("zero") { d.vocab_size = 0; }
    SECTION("more experts used than there are") {
        d.expert_count = 8;
        d.expert_used_count = 9;
    }
    CHECK_FALSE(describe_model("llama", d));
}

TEST_CASE("sizes beyond 64 bits are an error") {
    Dimensions d = reference_model("llama-3.1-8b").dimensions;
    d.embedding_length = 1u << 31;
    d.vocab_size = 1u << 31;
    d.expert_count = 65'536;
    d.expert_used_count = 1;
    d.feed_forward_length = PerLayer{1u << 31};
    auto spec = describe_model("llama", d);
    REQUIRE(spec);
    CHECK_FALSE(Estimator::create(std::move(*spec), Bytes{0}));
}

TEST_CASE("a query without compression has one matrix (DeepSeek-V2-Lite)") {
    Dimensions d = reference_model("deepseek-v2-236b").dimensions;
    d.q_lora_rank.reset();
    const TensorInventory inventory = tensor_inventory(describe_model("deepseek2", d).value());
    CHECK(inventory.find("blk.0.attn_q.weight"));
    CHECK_FALSE(inventory.find("blk.0.attn_q_a.weight"));
}
