#include "cli/file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fitcalc::cli {
namespace {

tl::unexpected<Error> refused(const std::string& path) {
    return fail(ErrorKind::bad_data, path + ": " + std::strerror(errno));
}

// Reads where it is asked to; a file that shrinks meanwhile ends early instead of ending the process.
class FileSource final : public ByteSource {
public:
    FileSource(int descriptor, std::uint64_t size, std::string path)
        : descriptor_{descriptor}, size_{size}, path_{std::move(path)} {}
    ~FileSource() override { ::close(descriptor_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    std::uint64_t size() const override { return size_; }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer) const override {
        std::size_t done = 0;
        while (done < buffer.size()) {
            const ssize_t count = ::pread(descriptor_, buffer.data() + done, buffer.size() - done,
                                          static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return refused(path_);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

private:
    int descriptor_;
    std::uint64_t size_;
    std::string path_;
};

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
    // A pipe without a writer must not keep us waiting.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return refused(path);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return fail(ErrorKind::bad_data, path + ": not a regular file");
    }
    return std::make_unique<FileSource>(descriptor, static_cast<std::uint64_t>(status.st_size), path);
}

bool is_folder(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string real_path(const std::string& path) {
    char* const found = ::realpath(path.c_str(), nullptr);
    if (!found) return path;
    std::string real = found;
    std::free(found);
    return real;
}

}  // namespace

Files files_of_this_machine() { return {open_file, is_folder, real_path}; }

}  // namespace fitcalc::cli
