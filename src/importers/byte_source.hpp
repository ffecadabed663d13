// Files as the importers see them: bytes at offsets, behind a seam that tests and fuzzers replace.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fitcalc/result.hpp"

namespace fitcalc {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const = 0;
    // Fills the buffer from `offset` on; fewer bytes than asked for only at the end.
    virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer) const = 0;
};

// Bytes in memory, which must outlive it. A header alone can stand for a file of any size: `size` is what the file
// claims, and reading beyond the bytes gives nothing.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : MemorySource{bytes, bytes.size()} {}
    MemorySource(std::string_view bytes, std::uint64_t size) : bytes_{bytes}, size_{size} {}

    std::uint64_t size() const override { return size_; }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer) const override {
        if (offset >= bytes_.size()) return std::size_t{0};
        const auto count = std::min(buffer.size(), bytes_.size() - static_cast<std::size_t>(offset));
        std::memcpy(buffer.data(), bytes_.data() + offset, count);
        return count;
    }

private:
    std::string_view bytes_;
    std::uint64_t size_;
};

// How files are found by name.
struct Files {
    std::function<Result<std::unique_ptr<ByteSource>>(const std::string& path)> open = [](const std::string& path) {
        return Result<std::unique_ptr<ByteSource>>{fail(ErrorKind::bad_data, path + ": there are no files here")};
    };
    std::function<bool(const std::string& path)> is_folder = [](const std::string&) { return false; };
    // From the root on, without "." and ".."; the path itself where there is no telling.
    std::function<std::string(const std::string& path)> real_path = [](const std::string& path) { return path; };
};

}  // namespace fitcalc
