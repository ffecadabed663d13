#include <stdexcept>
#include <string>

#include "fitcalc/tensor_name.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("a tensor's name holds what a GGUF file allows") {
    const std::string longest(TensorName::most_characters, 'n');
    CHECK(TensorName{longest} == longest);
    CHECK_THROWS_AS(TensorName{longest + "n"}, std::length_error);
    CHECK(TensorName{"blk.0.", std::string(57, 'n')}.size() == TensorName::most_characters);
    CHECK_THROWS_AS((TensorName{"blk.0.", std::string(58, 'n')}), std::length_error);
    CHECK(TensorName{}.empty());
}

TEST_CASE("within its layer a tensor is called the same in every layer") {
    CHECK(TensorName{"blk.0.attn_q.weight"}.in_layer() == "attn_q.weight");
    CHECK(TensorName{"blk.127.attn_q.weight"}.in_layer() == "attn_q.weight");
    for (const char* outside : {"token_embd.weight", "blk", "blk.", "blk.5", "blk..attn_q", "blk.x.attn_q", "blk.5x.attn_q"})
        CHECK(TensorName{outside}.in_layer() == outside);
}

TEST_CASE("a tensor's name is shortened at its end") {
    TensorName name{"blk.3.exp_probs_b.bias"};
    name.remove_suffix(5);
    CHECK(name == "blk.3.exp_probs_b");
    CHECK(name == TensorName{"blk.3.", "exp_probs_b"});
    CHECK_FALSE(name == TensorName{"blk.3.exp_probs_b.bias"});
    name.remove_suffix(100);
    CHECK(name.empty());
}
