#include "render/units.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("thousands are grouped", "[render][units]") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(163'840) == "163,840");
    CHECK(grouped(-1'234'567) == "-1,234,567");
    CHECK(grouped(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
}

TEST_CASE("sizes have at most three digits, or one decimal", "[render][units]") {
    CHECK(size_number(Bytes{0}, Units::gb) == "0");
    CHECK(size_number(Bytes{575'668'224}, Units::gb) == "0.58");
    CHECK(size_number(Bytes{9'994'999'999}, Units::gb) == "9.99");
    CHECK(size_number(Bytes{9'995'000'000}, Units::gb) == "10.0");
    CHECK(size_number(Bytes{404'494'088'864}, Units::gb) == "404.5");
    CHECK(size_number(Bytes{999'949'999'999}, Units::gb) == "999.9");
    CHECK(size_number(Bytes{999'950'000'000}, Units::gb) == "1,000");
    CHECK(size_number(Bytes{2'053'700'000'000}, Units::gb) == "2,054");
    CHECK(size_number(Bytes{-3'280'000'000}, Units::gb) == "-3.28");
    CHECK(size_number(Bytes{std::numeric_limits<std::int64_t>::max()}, Units::gb) == "9,223,372,037");
}

TEST_CASE("what is there never reads as nothing", "[render][units]") {
    CHECK(size_number(Bytes{1}, Units::gb) == "<0.01");
    CHECK(size_number(Bytes{4'999'999}, Units::gb) == "<0.01");
    CHECK(size_number(Bytes{5'000'000}, Units::gb) == "0.01");
    CHECK(size_number(Bytes{-4'999'999}, Units::gb) == ">-0.01");
    CHECK(size_number(Bytes{-5'000'000}, Units::gb) == "-0.01");
}

TEST_CASE("a size has the unit that was asked for", "[render][units]") {
    CHECK(size(24 * GiB, Units::gib) == "24.0 GiB");
    CHECK(size(24 * GiB, Units::gb) == "25.8 GB");
}

TEST_CASE("columns with a fixed number of decimals round half up", "[render][units]") {
    CHECK(size_number(Bytes{410'718'831'600}, Units::gb, 2) == "410.72");
    CHECK(size_number(Bytes{414'550'000'000}, Units::gb, 1) == "414.6");
    CHECK(size_number(Bytes{-50'000'000}, Units::gb, 1) == "-0.1");
    CHECK(size_number(Bytes{192'000'000'000}, Units::gb, 0) == "192");
}

TEST_CASE("short token counts read as --ctx reads them", "[render][units]") {
    CHECK(tokens(Tokens{163'840}) == "163,840");
    CHECK(tokens_short(Tokens{8'192}) == "8K");
    CHECK(tokens_short(Tokens{163'840}) == "160K");
    CHECK(tokens_short(Tokens{1'048'576}) == "1M");
    CHECK(tokens_short(Tokens{10'000}) == "10,000");
    CHECK(tokens_short(Tokens{512}) == "512");
}

TEST_CASE("parameters have three digits", "[render][units]") {
    CHECK(parameters(Params{671'026'419'200}) == "671B");
    CHECK(parameters(Params{37'552'297'472}) == "37.6B");
    CHECK(parameters(Params{1'777'088'000}) == "1.78B");
    CHECK(parameters(Params{494'032'768}) == "494M");
    CHECK(parameters(Params{1'026'408'232'448}) == "1.03T");
    CHECK(parameters(Params{7'000'000'000}) == "7B");
    CHECK(parameters(Params{300'000'000'000}) == "300B");
    CHECK(parameters(Params{12}) == "12");
}

TEST_CASE("a quality below 100 % never reads 100", "[render][units]") {
    CHECK(percent_number(99.98) == "99.9");
    CHECK(percent_number(99.68) == "99.7");
    CHECK(percent_number(100.0) == "100.0");
    CHECK(percent_number(10.27) == "10.3");
}

TEST_CASE("nouns follow their number", "[render][units]") {
    CHECK(counted(1, "layer") == "1 layer");
    CHECK(counted(2'000, "token") == "2,000 tokens");
}
