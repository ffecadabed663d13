#include <limits>
#include <map>
#include <string>

#include "importers/model_file.hpp"
#include "report/inspect_report.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {
namespace {

void require_file(const GgufFile& file) {
    require(file.keys >= 0 && file.split.count >= 0, "counts are not negative");
    require(file.metadata <= file.header, "the metadata are part of the header");
    require(file.inventory.tensors.empty() || file.header <= file.file_size, "the header is part of the file");
    Bytes bytes;
    for (const Tensor& tensor : file.inventory.tensors) {
        require(tensor.params() >= Params{1} && !tensor.name.empty(), "a tensor has a name and values");
        bytes += tensor.bytes();
    }
    require(bytes <= file.file_size, "the tensors are part of the file");
}

void read(std::string_view bytes, std::uint64_t size) {
    const MemorySource source{bytes, size};
    const auto file = read_gguf(source, "model.gguf");
    if (!file) return require_error(file.error());
    require_file(*file);
    // Bytes that the file claims and does not hold are the tensors' data, which nobody reads.
    const auto again = read_gguf(source, "model.gguf");
    require(again && again->inventory.tensors.size() == file->inventory.tensors.size(), "the same file reads the same");
}

// Every part of a split set with the same header, then all that inspect says.
void inspect(std::string_view bytes, std::uint64_t size) {
    std::map<std::string, InputFile, std::less<>> named;
    for (const char* path : {"model.gguf", "m-00001-of-00002.gguf", "m-00002-of-00002.gguf"})
        named[path] = {std::string(bytes), size};
    const Files files = files_of(named);
    for (const char* path : {"model.gguf", "m-00001-of-00002.gguf"}) {
        auto model = open_model_file(path, files);
        if (!model) {
            require_error(model.error());
            continue;
        }
        const auto report = build_inspect_report(std::move(*model), true);
        if (!report) require_error(report.error());
    }
}

}  // namespace

int fuzz_gguf(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    constexpr std::uint64_t sparse = std::uint64_t{1} << 40;
    read(bytes, size);
    read(bytes, sparse);
    read(bytes, std::numeric_limits<std::uint64_t>::max());
    inspect(bytes, sparse);
    return 0;
}

}  // namespace fitcalc::fuzz
