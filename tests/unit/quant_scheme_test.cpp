// The mix rules one by one, on small made-up models; the real ones are in tests/accuracy.
#include <map>

#include "fitcalc/architecture.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

// A llama of 16 layers with rows of 4096 values.
Dimensions dimensions() {
    Dimensions d;
    d.block_count = 16;
    d.context_length = 8192;
    d.embedding_length = 4096;
    d.vocab_size = 32000;
    d.feed_forward_length = PerLayer{8192};
    d.head_count = PerLayer{32};
    d.head_count_kv = PerLayer{8};
    return d;
}

class Types {
public:
    Types(const Dimensions& d, FileType type, bool imatrix = false, const char* architecture = "llama") {
        const ModelSpec model = describe_model(architecture, d).value();
        const TensorInventory inventory = tensor_inventory(model);
        const auto types = QuantPlanner{model, inventory}.types(type, imatrix);
        for (std::size_t i = 0; i < types.size(); ++i) by_name_[inventory.tensors[i].name.str()] = types[i];
    }
    GgmlType operator()(const std::string& name) const { return by_name_.at(name + ".weight"); }

private:
    std::map<std::string, GgmlType> by_name_;
};

}  // namespace

TEST_CASE("file types are found in any case, and only by their whole name") {
    CHECK(file_type_from_name("q4_k_m") == FileType::q4_k_m);
    CHECK(file_type_from_name("MXFP4_moe") == FileType::mxfp4_moe);
    CHECK(file_type_from_name("Q4_K") == std::nullopt);
    CHECK(file_type_from_name("") == std::nullopt);
    for (const auto& type : file_types()) CHECK(traits(type.type).name == type.name);
}

TEST_CASE("norms and one-dimensional tensors stay F32") {
    const Types types{dimensions(), FileType::q4_k_m};
    CHECK(types("blk.0.attn_norm") == GgmlType::f32);
    CHECK(types("output_norm") == GgmlType::f32);
}

TEST_CASE("Q4_K_M gives the first and last eighth and every third layer between more bits") {
    const Types types{dimensions(), FileType::q4_k_m};
    for (const int layer : {0, 1, 4, 7, 10, 13, 14, 15}) {
        INFO(layer);
        CHECK(types("blk." + std::to_string(layer) + ".ffn_down") == GgmlType::q6_k);
        CHECK(types("blk." + std::to_string(layer) + ".attn_v") == GgmlType::q6_k);
    }
    for (const int layer : {2, 3, 5, 6, 8, 9, 11, 12}) {
        INFO(layer);
        CHECK(types("blk." + std::to_string(layer) + ".ffn_down") == GgmlType::q4_k);
    }
    CHECK(types("output") == GgmlType::q6_k);
    CHECK(types("token_embd") == GgmlType::q4_k);
}

TEST_CASE("a tied embedding takes the output's type") {
    Dimensions d = dimensions();
    d.tied_embeddings = true;
    CHECK(Types(d, FileType::q4_k_m)("token_embd") == GgmlType::q6_k);
    CHECK(Types(d, FileType::iq2_m)("token_embd") == GgmlType::q5_k);
    CHECK(Types(d, FileType::q8_0)("token_embd") == GgmlType::q8_0);
}

TEST_CASE("an importance matrix changes five mixes") {
    const Dimensions d = dimensions();
    CHECK(Types(d, FileType::q4_0, false)("blk.0.ffn_down") == GgmlType::q4_0);
    CHECK(Types(d, FileType::q4_0, true)("blk.0.ffn_down") == GgmlType::q4_1);
    CHECK(Types(d, FileType::q5_0, true)("blk.1.ffn_down") == GgmlType::q5_1);
    CHECK(Types(d, FileType::q5_0, true)("blk.2.ffn_down") == GgmlType::q5_0);
    CHECK(Types(d, FileType::iq4_xs, false)("blk.0.ffn_down") == GgmlType::q5_k);
    CHECK(Types(d, FileType::iq4_xs, true)("blk.0.ffn_down") == GgmlType::iq4_xs);
    CHECK(Types(d, FileType::iq3_xxs, false)("blk.2.ffn_down") == GgmlType::q3_k);
    CHECK(Types(d, FileType::iq3_xxs, true)("blk.2.ffn_down") == GgmlType::iq3_xxs);
}

TEST_CASE("grouped attention raises V") {
    Dimensions d = dimensions();
    CHECK(Types(d, FileType::q2_k)("blk.5.attn_v") == GgmlType::q4_k);
    d.head_count_kv = PerLayer{16};
    CHECK(Types(d, FileType::q2_k)("blk.5.attn_v") == GgmlType::q3_k);
}

TEST_CASE("eight experts raise attention, and experts go by their layer") {
    Dimensions d = dimensions();
    d.expert_count = 8;
    d.expert_used_count = 2;
    const Types types{d, FileType::q4_k_m};
    CHECK(types("blk.5.attn_v") == GgmlType::q8_0);
    CHECK(types("blk.5.attn_k") == GgmlType::q8_0);
    CHECK(types("blk.5.attn_output") == GgmlType::q5_k);
    CHECK(types("blk.4.ffn_down_exps") == GgmlType::q6_k);
    CHECK(types("blk.5.ffn_down_exps") == GgmlType::q4_k);
    CHECK(types("blk.5.ffn_gate_inp") == GgmlType::f32);
    CHECK(Types(d, FileType::mxfp4_moe)("blk.5.ffn_up_exps") == GgmlType::mxfp4);
    CHECK(Types(d, FileType::mxfp4_moe)("blk.5.attn_q") == GgmlType::q8_0);
    d.expert_count = 2;  // the fewest that make a stack of matrices
    CHECK(Types(d, FileType::mxfp4_moe)("blk.5.ffn_up_exps") == GgmlType::mxfp4);
}

TEST_CASE("the least bits keep V in Q4_K where few heads or several experts share it") {
    const auto value = [](std::uint32_t kv_heads, std::uint32_t experts, FileType type) {
        Dimensions d = dimensions();
        d.head_count_kv = PerLayer{kv_heads};
        if (experts > 0) {
            d.expert_count = experts;
            d.expert_used_count = 2;
        }
        return Types(d, type, true)("blk.12.attn_v");
    };
    CHECK(value(8, 0, FileType::iq1_s) == GgmlType::q4_k);   // 4 heads share a V
    CHECK(value(16, 0, FileType::iq1_s) == GgmlType::q2_k);  // 2 do
    CHECK(value(16, 3, FileType::iq1_s) == GgmlType::q2_k);
    CHECK(value(16, 4, FileType::iq1_s) == GgmlType::q4_k);
    CHECK(value(16, 3, FileType::iq2_m) == GgmlType::iq3_s);
    CHECK(value(16, 4, FileType::iq2_m) == GgmlType::q4_k);
    Dimensions d = dimensions();
    d.head_count = PerLayer{24};  // 3 heads share a V, as in Llama 3.2 3B
    d.key_length = d.value_length = 128;
    CHECK(Types(d, FileType::iq1_s, true)("blk.12.attn_v") == GgmlType::q2_k);
}

// llama_ftype, include/llama.h; 4 to 6 and 33 to 35 are types that llama.cpp gave up.
TEST_CASE("the numbers of file types are llama.cpp's") {
    const std::map<std::uint32_t, std::string_view> names{
        {0, "F32"},      {1, "F16"},     {2, "Q4_0"},    {3, "Q4_1"},    {7, "Q8_0"},    {8, "Q5_0"},   {9, "Q5_1"},
        {10, "Q2_K"},    {11, "Q3_K_S"}, {12, "Q3_K_M"}, {13, "Q3_K_L"}, {14, "Q4_K_S"}, {15, "Q4_K_M"}, {16, "Q5_K_S"},
        {17, "Q5_K_M"},  {18, "Q6_K"},   {19, "IQ2_XXS"}, {20, "IQ2_XS"}, {21, "Q2_K_S"}, {22, "IQ3_XS"}, {23, "IQ3_XXS"},
        {24, "IQ1_S"},   {25, "IQ4_NL"}, {26, "IQ3_S"},  {27, "IQ3_M"},  {28, "IQ2_S"},  {29, "IQ2_M"}, {30, "IQ4_XS"},
        {31, "IQ1_M"},   {32, "BF16"},   {36, "TQ1_0"},  {37, "TQ2_0"},  {38, "MXFP4_MOE"}};
    for (std::uint32_t number = 0; number < 50; ++number) {
        const auto type = file_type_from_number(number);
        const auto name = names.find(number);
        INFO(number);
        REQUIRE(type.has_value() == (name != names.end()));
        if (type) CHECK(traits(*type).name == name->second);
    }
}

TEST_CASE("the 70B shape raises V to Q5_K") {
    Dimensions d = dimensions();
    d.block_count = 80;
    CHECK(Types(d, FileType::q4_k_s)("blk.40.attn_v") == GgmlType::q5_k);
    CHECK(Types(dimensions(), FileType::q4_k_s)("blk.12.attn_v") == GgmlType::q4_k);
    Dimensions experts = d;  // eight of them have a rule of their own
    experts.expert_count = 7;
    experts.expert_used_count = 2;
    CHECK(Types(experts, FileType::q4_k_s)("blk.40.attn_v") == GgmlType::q5_k);
    // Jais 2 has 68 layers at that size.
    for (const std::uint32_t layers : {67u, 68u, 80u}) {
        d.block_count = layers;
        CHECK(Types(d, FileType::q4_k_s, false, "jais2")("blk.40.attn_v") == (layers == 68 ? GgmlType::q5_k : GgmlType::q4_k));
    }
}

TEST_CASE("rows that don't fill a block fall back to a smaller one") {
    Dimensions d = dimensions();
    d.feed_forward_length = PerLayer{8192 + 32};  // divisible by 32, not by 256
    const Types types{d, FileType::q4_k_m};
    CHECK(types("blk.2.ffn_down") == GgmlType::q5_0);
    CHECK(types("blk.0.ffn_down") == GgmlType::q8_0);
    CHECK(types("blk.2.ffn_up") == GgmlType::q4_k);
    d.feed_forward_length = PerLayer{8192 + 8};  // not by 32 either
    CHECK(Types(d, FileType::q4_k_m)("blk.2.ffn_down") == GgmlType::f16);
}

// Those that put IQ1, IQ2 or IQ3_XXS tensors anywhere, and Q2_K_S (llama.cpp de3ff81, src/llama-quant.cpp).
TEST_CASE("types of few bits are refused without an importance matrix, and no others") {
    std::vector<std::string_view> refused;
    for (const FileTypeTraits& type : file_types())
        if (type.needs_imatrix) refused.push_back(type.name);
    CHECK(refused == std::vector<std::string_view>{"IQ3_XS", "IQ3_XXS", "Q2_K_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ1_M", "IQ1_S"});
}
