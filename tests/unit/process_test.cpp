// What only a whole process shows.
#include "support/catch.hpp"
#include "support/shell.hpp"

using namespace fitcalc;

#if defined(__SANITIZE_ADDRESS__)
#define FITCALC_NEEDS_ADDRESS_SPACE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FITCALC_NEEDS_ADDRESS_SPACE
#endif
#endif

#if defined(__linux__) && !defined(FITCALC_NEEDS_ADDRESS_SPACE)
TEST_CASE("too little memory ends in one line") {
    int refused = 0;
    for (int mib = 8; mib <= 32; ++mib) {
        const std::string limited = "ulimit -v " + std::to_string(mib * 1024) + "; " + test::quoted(FITCALC_PROGRAM) +
                                    " models --gpu 24GB 2>&1 > /dev/null";
        const auto ran = test::shell_output(limited);
        INFO(mib << " MiB: " << ran.out);
        if (ran.status == 0) continue;
        if (ran.status != 4 && refused == 0) continue;  // too little even to load the program
        CHECK(ran.status == 4);
        CHECK(ran.out == "fitcalc: error: out of memory\n");
        ++refused;
    }
    CHECK(refused > 0);
}
#endif
