// The patterns of ignore lists, against the plainest matcher there is, and at their bounds.
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/checkpoint.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

// '*' stands for any characters.
bool plainly_matches(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() != '*') return !text.empty() && pattern.front() == text.front() && plainly_matches(pattern.substr(1), text.substr(1));
    for (std::size_t taken = 0; taken <= text.size(); ++taken)
        if (plainly_matches(pattern.substr(1), text.substr(taken))) return true;
    return false;
}

// All words of up to `length` letters.
std::vector<std::string> words(std::string_view letters, std::size_t length) {
    std::vector<std::string> all{""};
    for (std::size_t begin = 0, round = 0; round < length; ++round) {
        const std::size_t end = all.size();
        for (; begin < end; ++begin)
            for (const char letter : letters) all.push_back(all[begin] + letter);
    }
    return all;
}

}  // namespace

TEST_CASE("stars stand for any characters, wherever they are") {
    std::size_t wrong = 0, tried = 0;
    for (const std::string& pattern : words("ab*", 5)) {
        if (pattern.find('*') == pattern.npos) continue;
        for (const std::string& text : words("ab", 5)) {
            ++tried;
            wrong += names_module(pattern, text) != plainly_matches(pattern, text);
        }
    }
    CHECK(tried > 10'000);
    CHECK(wrong == 0);
}

TEST_CASE("a name without a star stands for what is within it") {
    CHECK(names_module("mlp", "layers.0.mlp"));
    CHECK(names_module("mlp", "mlp.gate"));
    CHECK(names_module("0.mlp", "layers.0.mlp.gate"));
    CHECK_FALSE(names_module("mlp", "layers.0.mlp2"));
    CHECK_FALSE(names_module("mlp", "layers.0.xmlp"));
    CHECK_FALSE(names_module("", "mlp"));
    // Classes with pictures put more in front.
    CHECK(names_module("model.language_model.layers.0", "model.layers.0.mlp"));
    CHECK(names_module("layers.0", "language_model.model.layers.0.mlp"));
    CHECK(names_module("mlp.shared_expert.up_proj", "layers.1.mlp.shared_experts.up_proj"));
}

TEST_CASE("an expression is read up to 1,000 characters, its counted repetitions written out") {
    const auto as_long_as = [](std::size_t length) { return "re:" + std::string(length - 2, 'a') + "|b"; };
    CHECK(names_module(as_long_as(1000), "b"));
    CHECK_FALSE(names_module(as_long_as(1001), "b"));
    CHECK(names_module("re:b{1}", "b"));
    CHECK(names_module("re:b{0,1}", "b"));
    CHECK(names_module("re:(b|c{9}){1,8}", "b"));  // 13 characters, 9 and 8 times: 936
    CHECK_FALSE(names_module("re:(b|c{9}){1,9}", "b"));
    CHECK_FALSE(names_module("re:(b|c{90}){1,90}", "b"));
    CHECK_FALSE(names_module("re:b|c{1001}", "b"));
    // One look-ahead, of either kind.
    CHECK(names_module("re:(?=b).", "b"));
    CHECK(names_module("re:(?!c).", "b"));
    CHECK(names_module("re:(?:b)", "b"));
    CHECK_FALSE(names_module("re:(?=b)(?=b).", "b"));
    CHECK_FALSE(names_module("re:(?=b)(?!c).", "b"));
    CHECK_FALSE(names_module("re:[", "b"));
    CHECK_FALSE(names_module("re:b", "bb"));
}
