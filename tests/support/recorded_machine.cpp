#include "recorded_machine.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "transcript.hpp"

namespace fitcalc::test {
namespace {

namespace fs = std::filesystem;

struct RecordedFile {
    std::string text, refusal;
};

struct Recording {
    std::string name;
    std::map<std::string, RecordedFile> files;
    std::map<std::string, std::string> environment, sysctl;
};

bool recorded(const std::string& name, const std::string& file) { return fs::exists(machine_path(name, file)); }

std::map<std::string, RecordedFile> read_files(const std::string& text) {
    std::map<std::string, RecordedFile> files;
    RecordedFile* current = nullptr;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string line = text.substr(at, end - at);
        at = end;
        if (line.starts_with("== ")) {
            current = &files[line.substr(3, line.size() - 4)];
        } else if (line.starts_with("!! ")) {
            const std::size_t space = line.find(' ', 3);
            files[line.substr(3, space - 3)].refusal = line.substr(space + 1, line.size() - space - 2);
            current = nullptr;
        } else if (current != nullptr) {
            current->text += line;
        }
    }
    return files;
}

std::map<std::string, std::string> read_pairs(const std::string& text, const std::string& separator) {
    std::map<std::string, std::string> pairs;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t at = line.find(separator);
        if (at != std::string::npos) pairs[line.substr(0, at)] = line.substr(at + separator.size());
    }
    return pairs;
}

Recording read_recording(const std::string& name) {
    Recording recording;
    recording.name = name;
    if (recorded(name, "files.txt")) recording.files = read_files(read_text(machine_path(name, "files.txt")));
    if (recorded(name, "environment.txt")) recording.environment = read_pairs(read_text(machine_path(name, "environment.txt")), "=");
    if (recorded(name, "sysctl.txt")) recording.sysctl = read_pairs(read_text(machine_path(name, "sysctl.txt")), ": ");
    return recording;
}

// What lies right below a folder.
std::vector<std::string> names_below(const Recording& recording, std::string folder) {
    if (!folder.ends_with('/')) folder += '/';
    std::set<std::string> names;
    for (const auto& [path, file] : recording.files)
        if (path.starts_with(folder)) names.insert(path.substr(folder.size(), path.find('/', folder.size()) - folder.size()));
    return {names.begin(), names.end()};
}

std::optional<std::string> look_up(const std::map<std::string, std::string>& pairs, const char* name) {
    const auto found = pairs.find(name);
    return found == pairs.end() ? std::nullopt : std::optional(found->second);
}

Reading<CommandOutput> recorded_output(const Recording& recording, const std::string& command) {
    const std::string file = fs::path(command).filename().string() + ".txt";
    // In WSL the program is in a place of its own.
    const bool elsewhere = recording.files.contains("/dev/dxg") && !command.starts_with("/usr/lib/wsl/");
    if (elsewhere || !recorded(recording.name, file)) return absent("No such file or directory");
    const std::string text = read_text(machine_path(recording.name, file));
    const std::size_t end = text.find('\n');
    return CommandOutput{std::stoi(text.substr(5, end - 5)), text.substr(end + 1)};
}

}  // namespace

std::vector<std::string> recorded_machines() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(std::string(FITCALC_SOURCE_DIR) + "/tests/machines"))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::string machine_path(const std::string& name, const std::string& file) {
    return std::string(FITCALC_SOURCE_DIR) + "/tests/machines/" + name + "/" + file;
}

Probe recorded_probe(const std::string& name) {
    const auto recording = std::make_shared<const Recording>(read_recording(name));
    const auto library = std::make_shared<const FakeNvmlAnswers>(machine_path(name, "nvml.txt"));
    Probe probe;
    probe.read = [recording](const std::string& path, std::size_t limit) -> Reading<std::string> {
        const auto file = recording->files.find(path);
        if (file == recording->files.end()) return absent("No such file or directory");
        if (!file->second.refusal.empty()) return refused(file->second.refusal);
        if (file->second.text.size() > limit) return refused("larger than " + std::to_string(limit) + " bytes");
        return file->second.text;
    };
    probe.list = [recording](const std::string& path) { return names_below(*recording, path); };
    probe.exists = [recording](const std::string& path) { return recording->files.contains(path); };
    probe.variable = [recording](const char* variable) { return look_up(recording->environment, variable); };
    probe.load = [recording, library](const std::string& wanted) -> Reading<std::unique_ptr<Library>> {
        if (wanted != "libnvidia-ml.so.1" || !recorded(recording->name, "nvml.txt")) return absent("No such file or directory");
        return probe_of_this_machine().load(FITCALC_FAKE_NVML_LIBRARY);
    };
    probe.run = [recording](const std::vector<std::string>& command, Milliseconds) {
        return recorded_output(*recording, command.front());
    };
    probe.sysctl = [recording](const char* variable) { return look_up(recording->sysctl, variable); };
    probe.apart = [](const std::function<std::string()>& work, Milliseconds) -> Reading<std::string> { return work(); };
    probe.left = [] { return usual_time; };
    probe.macos = !recording->sysctl.empty();
    return probe;
}

void lay_out_files(const std::string& name, const std::string& root) {
    for (const auto& [path, file] : read_recording(name).files) {
        if (!file.refusal.empty()) continue;
        fs::create_directories(fs::path(root + path).parent_path());
        write_text(root + path, file.text);
    }
}

FakeNvmlAnswers::FakeNvmlAnswers(const std::string& path) { ::setenv("FITCALC_FAKE_NVML", path.c_str(), 1); }
FakeNvmlAnswers::~FakeNvmlAnswers() { ::unsetenv("FITCALC_FAKE_NVML"); }

}  // namespace fitcalc::test
