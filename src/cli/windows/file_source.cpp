// Compiled with MinGW, not yet run.
#include "cli/file_source.hpp"

#include <filesystem>
#include <fstream>
#include <mutex>
#include <system_error>

namespace fitcalc::cli {
namespace {

// Arguments are UTF-8 here; Windows takes names in UTF-16.
std::filesystem::path native(const std::string& path) {
    return std::filesystem::path(std::u8string(path.begin(), path.end()));
}

class FileSource final : public ByteSource {
public:
    FileSource(std::ifstream file, std::uint64_t size, std::string path)
        : file_{std::move(file)}, size_{size}, path_{std::move(path)} {}

    std::uint64_t size() const override { return size_; }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer) const override {
        const std::lock_guard lock{mutex_};
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(offset));
        file_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        if (file_.bad()) return fail(ErrorKind::bad_data, path_ + ": cannot be read");
        return static_cast<std::size_t>(file_.gcount());
    }

private:
    mutable std::mutex mutex_;  // a stream has one place at a time
    mutable std::ifstream file_;
    std::uint64_t size_;
    std::string path_;
};

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
    std::error_code error;
    const auto name = native(path);
    const auto status = std::filesystem::status(name, error);
    if (!std::filesystem::exists(status)) return fail(ErrorKind::bad_data, path + ": No such file or directory");
    if (!std::filesystem::is_regular_file(status)) return fail(ErrorKind::bad_data, path + ": not a regular file");
    const auto size = std::filesystem::file_size(name, error);
    std::ifstream file(name, std::ios::binary);
    if (error || !file) return fail(ErrorKind::bad_data, path + ": cannot be opened");
    return std::make_unique<FileSource>(std::move(file), size, path);
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(native(path), error);
}

std::string real_path(const std::string& path) {
    std::error_code error;
    const std::u8string found = std::filesystem::canonical(native(path), error).u8string();
    return error ? path : std::string(found.begin(), found.end());
}

}  // namespace

Files files_of_this_machine() { return {open_file, is_folder, real_path}; }

}  // namespace fitcalc::cli
