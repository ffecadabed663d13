// A folder of its own for each test, however many run at once, removed with what is in it. There is a space in its name, as there
// may be in a user's.
#pragma once

#include <stdlib.h>
#include <unistd.h>  // mkdtemp, on macOS

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace fitcalc::test {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "fitcalc test XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder " + name);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace fitcalc::test
