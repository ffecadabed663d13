#include "importers/safetensors.hpp"

#include "importers/model_file.hpp"
#include "report/inspect_report.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {
namespace {

void require_checkpoint(const Checkpoint& checkpoint) {
    require(checkpoint.files >= 1, "a checkpoint has a file");
    require(checkpoint.bytes() <= checkpoint.file_size, "the tensors are part of the files");
    for (const CheckpointTensor& tensor : checkpoint.tensors)
        require(!tensor.type.empty() && tensor.params() >= Params{0}, "a tensor has a type and a size");
}

void read_one(std::string_view bytes, std::uint64_t size) {
    const MemorySource source{bytes, size};
    const auto checkpoint = read_safetensors(source, "model.safetensors");
    if (!checkpoint) return require_error(checkpoint.error());
    require_checkpoint(*checkpoint);
}

// As the index of a folder whose files are all the same small one.
void read_index(std::string_view text) {
    const auto names = read_safetensors_index(text, "model.safetensors.index.json");
    if (!names) return require_error(names.error());
    require(!names->empty(), "an index names a file");
    static const std::string shard = std::string("\x40\0\0\0\0\0\0\0", 8) +
                                     R"({"w":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}       )" + std::string(8, '\0');
    std::map<std::string, InputFile, std::less<>> named;
    named["m/model.safetensors.index.json"] = {std::string(text), text.size()};
    for (const std::string& name : *names) {
        require(name.find_first_of("/\\") == std::string::npos && name != "..", "an index names files beside it: " + name);
        named["m/" + name] = {shard, shard.size()};
    }
    const Files files = files_of(named);
    const auto checkpoint = read_checkpoint("m/model.safetensors.index.json", files);
    if (checkpoint) require_checkpoint(*checkpoint);
    auto model = open_model_file("m", files);
    if (model) (void)build_inspect_report(std::move(*model), true);
}

}  // namespace

int fuzz_safetensors(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    read_one(bytes, size);
    read_one(bytes, std::uint64_t{1} << 20);
    read_index(bytes);
    return 0;
}

}  // namespace fitcalc::fuzz
