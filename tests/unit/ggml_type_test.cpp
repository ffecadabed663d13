#include <stdexcept>

#include "fitcalc/ggml_type.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("block sizes are ggml's") {
    CHECK(bytes_of(GgmlType::f32, 3).count() == 12);
    CHECK(bytes_of(GgmlType::q8_0, 64).count() == 68);
    CHECK(bytes_of(GgmlType::q4_k, 256).count() == 144);
    CHECK(bytes_of(GgmlType::q6_k, 512).count() == 420);
    CHECK(bytes_of(GgmlType::mxfp4, 32).count() == 17);
    CHECK(bytes_of(GgmlType::iq1_s, 256).count() == 50);
}

TEST_CASE("a partial block is refused") {
    CHECK_FALSE(divides(GgmlType::q4_k, 128));
    CHECK(divides(GgmlType::q5_0, 128));
    CHECK_THROWS_AS(bytes_of(GgmlType::q4_k, 128), std::invalid_argument);
}

TEST_CASE("types are found by GGUF number and by name in any case") {
    CHECK(ggml_type_from_number(12) == GgmlType::q4_k);
    CHECK(ggml_type_from_number(4) == std::nullopt);   // Q4_2, removed from ggml
    CHECK(ggml_type_from_number(31) == std::nullopt);  // Q4_0_4_4, removed
    CHECK(ggml_type_from_number(4'000'000'000u) == std::nullopt);
    CHECK(ggml_type_from_name("Q4_k") == GgmlType::q4_k);
    CHECK(ggml_type_from_name("q4") == std::nullopt);
}
