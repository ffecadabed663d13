// The corpus, through the functions that the fuzzers call: inputs that reached new code, and those that once broke it.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/targets.hpp"
#include "support/catch.hpp"
#include "support/transcript.hpp"

namespace fitcalc {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus_of(std::string_view target) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(FITCALC_SOURCE_DIR) / "tests/fuzz/corpus" / target))
        files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

}  // namespace

TEST_CASE("fuzz corpus", "[fuzz]") {
    for (const fuzz::Target& target : fuzz::targets()) {
        const auto files = corpus_of(target.name);
        CHECK(files.size() >= 10);
        for (const fs::path& path : files) {
            INFO(path.string());
            const std::string text = test::read_text(path.string());
            CHECK_NOTHROW(target.call(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
        }
    }
}

}  // namespace fitcalc
