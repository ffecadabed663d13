#include "cli/device_words.hpp"
#include "cli/values.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;

TEST_CASE("tokens") {
    CHECK(parse_tokens("--ctx", "8192") == Tokens{8192});
    CHECK(parse_tokens("--ctx", "32k") == Tokens{32768});
    CHECK(parse_tokens("--ctx", "128K") == Tokens{131072});
    CHECK(parse_tokens("--ctx", "1M") == Tokens{1048576});
    for (const char* bad : {"", "0", "-1", "+5", "8k9", "1.5k", "k", "99999999999999999999", "4194304k", " 8", "8 "}) {
        INFO(bad);
        CHECK_FALSE(parse_tokens("--ctx", bad));
    }
}

TEST_CASE("sizes say which unit they are in") {
    CHECK(parse_size("--ram", "24GB", MemoryUnits::as_sold) == GiB * 24);
    CHECK(parse_size("--ram", "24GB", MemoryUnits::decimal) == GB * 24);
    CHECK(parse_size("--ram", "24GiB", MemoryUnits::decimal) == GiB * 24);
    CHECK(parse_size("--ram", "24576MiB", MemoryUnits::decimal) == GiB * 24);
    CHECK(parse_size("--ram", "7.5 gb", MemoryUnits::decimal) == Bytes{7'500'000'000});
    CHECK(parse_size("--ram", "0.5GiB", MemoryUnits::decimal) == MiB * 512);
    CHECK(parse_size("--ram", "1000B", MemoryUnits::decimal) == Bytes{1000});
    for (const char* bad : {"", "GB", "0", "0GB", "1000", "7.5", "-1GB",
                            "1.GB", "1.2.3GB", "12XB", "9999999999999TB", "1.1234567GB", "24GBB"}) {
        INFO(bad);
        CHECK_FALSE(parse_size("--ram", bad, MemoryUnits::decimal));
    }
}

TEST_CASE("a size without a unit is refused with one that may be meant, and a reserve may be 0") {
    for (const char* text : {"100", "1.5"}) {
        const auto size = parse_size("--ram", text, MemoryUnits::as_sold);
        REQUIRE_FALSE(size);
        CHECK(size.error().kind == ErrorKind::usage);
        CHECK(size.error().hint == "say " + std::string(text) + "GB");
    }
    CHECK(parse_reserve("0") == Bytes{});
    CHECK(parse_reserve("0GB") == Bytes{});
    CHECK(parse_reserve("2GB") == GB * 2);
    CHECK_FALSE(parse_reserve("2"));
    CHECK_FALSE(parse_reserve("-1GB"));
}

TEST_CASE("devices come with a count, a name or a bare size") {
    const auto words = [](const char* text) { return split_device_words(text).value(); };
    CHECK(words("rtx-3090").count == 1);
    CHECK(words("2x rtx-3090").count == 2);
    CHECK(words("2x rtx-3090").name == "rtx-3090");
    CHECK(words("8xh100-80gb").name == "h100-80gb");
    CHECK(words("4 × 4090").name == "4090");
    CHECK(words("4090").name == "4090");
    CHECK(words("4090").count == 1);
    CHECK(words("24GB").size == GiB * 24);
    CHECK(words("2x 24GiB").size == GiB * 24);
    CHECK_FALSE(words("16gb-card").size);
    // AMD's letters begin as a count's x does.
    for (const char* name :
         {"7900xtx", "7900xt", "7900 xtx", "7900 XT", "6800xt", "6700xt", "5700xt", "7900xt 20gb", "7900xt20gb"}) {
        INFO(name);
        CHECK(words(name).count == 1);
        CHECK(words(name).name == name);
    }
    CHECK(words("2x7900xtx").count == 2);
    CHECK(words("2x7900xtx").name == "7900xtx");
    CHECK(words("2x 7900 XTX").name == "7900 XTX");
    CHECK(words("8xt4").count == 8);
    CHECK(words("8xt4").name == "t4");
    CHECK(words("2 x titan-rtx").name == "titan-rtx");
    for (const char* bad : {"", "2x", "0x rtx-3090", "9999999x rtx-3090", "auto"}) {
        INFO(bad);
        CHECK_FALSE(split_device_words(bad));
    }
}
