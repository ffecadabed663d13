// Headers of GGUF files, as an answer to what the importer must read. The weights are left out: a header stands for a
// sparse file of the full size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/ggml_type.hpp"
#include "fitcalc/tensor.hpp"
#include "importers/byte_source.hpp"
#include "support/reference.hpp"

namespace fitcalc::test {

class GgufWriter {
public:
    GgufWriter& version(std::uint32_t version);
    GgufWriter& text(std::string_view key, std::string_view value);
    GgufWriter& number(std::string_view key, std::uint32_t value);
    GgufWriter& boolean(std::string_view key, bool value);
    GgufWriter& numbers(std::string_view key, const std::vector<std::uint32_t>& values);
    GgufWriter& words(std::string_view key, std::size_t count);  // "word0", "word1", …
    GgufWriter& raw(std::string_view key, std::uint32_t type, std::string_view bytes);
    GgufWriter& dimensions(std::string_view architecture, const Dimensions& dimensions);

    GgufWriter& tensor(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type);
    GgufWriter& tensors(const TensorInventory& inventory);  // in the inventory's own types

    std::string header() const;
    std::uint64_t metadata_size() const { return pairs_.size(); }
    std::uint64_t file_size() const;  // with the data of tensors of known types

private:
    GgufWriter& key(std::string_view name, std::uint32_t type);

    std::uint32_t version_ = 3;
    std::string pairs_, infos_;
    std::uint64_t pair_count_ = 0, tensor_count_ = 0, data_ = 0;
};

// The header of a measured model's file in these types, as its converter writes it.
GgufWriter gguf_of(const ReferenceModel& model, const std::vector<GgmlType>& types);

// Files in memory by name; sizes may be larger than what is there.
class MemoryFiles {
public:
    void add(std::string path, std::string bytes) { add(std::move(path), bytes, bytes.size()); }
    void add(std::string path, std::string bytes, std::uint64_t size);
    void add(std::string path, const GgufWriter& writer) { add(std::move(path), writer.header(), writer.file_size()); }
    Files files() const;  // must not outlive this

private:
    struct File {
        std::string path, bytes;
        std::uint64_t size;
    };
    std::vector<std::unique_ptr<File>> files_;
};

// Sample files: a measured model as F16 and as quantized files, one of an architecture that nobody knows, one cut short.
const MemoryFiles& model_files();

}  // namespace fitcalc::test
