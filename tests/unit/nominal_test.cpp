// The table that hardware-requirement pages print for DeepSeek R1 0528, to the digit.
#include <fmt/format.h>

#include "fitcalc/nominal.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("nominal arithmetic gives the pages' figures for DeepSeek R1 0528") {
    const NominalModel r1{Params{684'531'386'000}, 61, 128, 128, 7168, Tokens{163'840}};
    struct Row {
        std::int64_t hundredths;
        const char* at_context;
        const char* at_full_context;
        const char* file;
    };
    const Row rows[] = {
        {220, "192.1", "475.1", "188.25"}, {270, "234.9", "517.9", "231.03"}, {310, "269.1", "552.1", "265.26"},
        {340, "294.8", "577.8", "290.93"}, {350, "303.4", "586.3", "299.48"}, {390, "337.6", "620.6", "333.71"},
        {400, "346.1", "629.1", "342.27"}, {430, "371.8", "654.8", "367.94"}, {450, "388.9", "671.9", "385.05"},
        {480, "414.6", "697.6", "410.72"}, {550, "474.5", "757.5", "470.62"}, {570, "491.6", "774.6", "487.73"},
        {660, "568.6", "851.6", "564.74"}, {800, "688.4", "971.4", "684.53"},
    };
    const auto gb = [](Bytes bytes, int digits) { return fmt::format("{:.{}f}", static_cast<double>(bytes.count()) / 1e9, digits); };
    for (const Row& row : rows) {
        INFO(row.hundredths);
        const auto at = nominal_estimate(r1, NominalBits{row.hundredths}, Tokens{2048});
        CHECK(gb(at.total, 1) == row.at_context);
        CHECK(gb(at.weights, 2) == row.file);
        CHECK(gb(nominal_estimate(r1, NominalBits{row.hundredths}, r1.context_length).total, 1) == row.at_full_context);
        CHECK(at.recommended == at.total * 13 / 10);
    }
}
