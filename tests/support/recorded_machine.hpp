// Machines as data, in tests/machines/NAME:
//   files.txt        files: "== PATH" and the text below it; "!! PATH REASON" for one that can't be read
//   nvml.txt         what NVML says; see fake_nvml.cpp. Without it there is no NVML.
//   nvidia-smi.txt   "exit N", then its standard output. Without it there is none. ioreg.txt likewise
//   sysctl.txt       "name: value"; a machine with it runs macOS
//   environment.txt  "NAME=VALUE"
//   expected.json    the answer of fitcalc detect --json
//   note.md          what is recorded and what is reconstructed
#pragma once

#include <string>
#include <vector>

#include "devices/probe.hpp"

namespace fitcalc::test {

std::vector<std::string> recorded_machines();
std::string machine_path(const std::string& name, const std::string& file);

// Nothing of it reaches this machine but the loader of libraries.
Probe recorded_probe(const std::string& name);

// Writes the recorded files below a folder.
void lay_out_files(const std::string& name, const std::string& root);

// FITCALC_FAKE_NVML set to a file while it lives.
class FakeNvmlAnswers {
public:
    explicit FakeNvmlAnswers(const std::string& path);
    ~FakeNvmlAnswers();
    FakeNvmlAnswers(const FakeNvmlAnswers&) = delete;
    FakeNvmlAnswers& operator=(const FakeNvmlAnswers&) = delete;
};

}  // namespace fitcalc::test
