// A libnvidia-ml that says what the file named by FITCALC_FAKE_NVML says. Built as a shared library, so that the tests go
// the way that the program goes: load, look up, call. Structures are as NVML's documentation gives them.
//
//   driver VERSION          of the driver
//   init CODE|hang|crash    what nvmlInit_v2 does; 0 without it
//   gpu                     one more GPU; what follows is about it
//   slice                   one more MIG instance of that GPU; likewise
//   name, uuid TEXT         pci DOMAIN BUS DEVICE ID (hexadecimal)    capability MAJOR MINOR
//   memory2 TOTAL RESERVED FREE USED | error CODE                     memory TOTAL FREE USED | error CODE
//   link GENERATION MOST WIDTH MOST      power MILLIWATTS    nvlink UP    mig MOST
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int not_supported = 3, invalid_argument = 2, not_found = 6;

struct Unit {
    std::string name, uuid;
    unsigned domain = 0, bus = 0, device = 0, id = 0;
    int major = 0, minor = 0;
    int memory2_code = not_supported, memory_code = not_supported;
    unsigned long long memory2[4] = {}, memory[3] = {};
    int link[4] = {-1, -1, -1, -1};
    long power = -1, nvlinks = -1, most_slices = -1;
    std::vector<Unit> slices;
};

struct Answers {
    std::string driver, init = "0";
    std::vector<Unit> gpus;
};
Answers answers;

void read_memory(std::istringstream& words, int& code, unsigned long long* sizes, int count) {
    std::string first;
    words >> first;
    if (first == "error") {
        words >> code;
        return;
    }
    code = 0;
    sizes[0] = std::strtoull(first.c_str(), nullptr, 10);
    for (int i = 1; i < count; ++i) words >> sizes[i];
}

void read_line(const std::string& line) {
    std::istringstream words(line);
    std::string key, rest;
    words >> key;
    if (key == "driver") words >> answers.driver;
    if (key == "init") words >> answers.init;
    if (key == "gpu") answers.gpus.emplace_back();
    if (answers.gpus.empty()) return;
    if (key == "slice") answers.gpus.back().slices.emplace_back();
    Unit& gpu = answers.gpus.back();
    Unit& unit = gpu.slices.empty() ? gpu : gpu.slices.back();
    if (key == "name" || key == "uuid") {
        std::getline(words >> std::ws, rest);
        (key == "name" ? unit.name : unit.uuid) = rest;
    }
    if (key == "pci") words >> std::hex >> unit.domain >> unit.bus >> unit.device >> unit.id;
    if (key == "capability") words >> unit.major >> unit.minor;
    if (key == "memory2") read_memory(words, unit.memory2_code, unit.memory2, 4);
    if (key == "memory") read_memory(words, unit.memory_code, unit.memory, 3);
    if (key == "link")
        for (int& value : unit.link) words >> value;
    if (key == "power") words >> unit.power;
    if (key == "nvlink") words >> unit.nvlinks;
    if (key == "mig") words >> unit.most_slices;
}

int give_text(const std::string& text, char* buffer, unsigned length) {
    if (text.size() + 1 > length) return 7;  // NVML_ERROR_INSUFFICIENT_SIZE
    std::memcpy(buffer, text.c_str(), text.size() + 1);
    return 0;
}

int give_number(long value, unsigned* into) {
    if (value < 0) return not_supported;
    *into = static_cast<unsigned>(value);
    return 0;
}

}  // namespace

extern "C" {

struct nvmlMemory_t {
    unsigned long long total, free, used;
};
struct nvmlMemory_v2_t {
    unsigned int version;
    unsigned long long total, reserved, free, used;
};
struct nvmlPciInfo_t {
    char busIdLegacy[16];
    unsigned int domain, bus, device, pciDeviceId, pciSubSystemId;
    char busId[32];
};

int nvmlInit_v2() {
    answers = {};
    const char* path = std::getenv("FITCALC_FAKE_NVML");
    std::ifstream file(path == nullptr ? "" : path);
    for (std::string line; std::getline(file, line);) read_line(line);
    if (answers.init == "hang")
        while (true) ::pause();
    if (answers.init == "crash") std::abort();
    return std::atoi(answers.init.c_str());
}
int nvmlShutdown() { return 0; }

const char* nvmlErrorString(int code) {
    switch (code) {
        case not_supported: return "Not Supported";
        case 9: return "Driver Not Loaded";
        case 15: return "GPU is lost";
        case 18: return "RM has detected an NVML/RM version mismatch.";
        default: return "Unknown Error";
    }
}

int nvmlSystemGetDriverVersion(char* buffer, unsigned length) { return give_text(answers.driver, buffer, length); }
int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = static_cast<unsigned>(answers.gpus.size());
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Unit** unit) {
    if (index >= answers.gpus.size()) return invalid_argument;
    *unit = &answers.gpus[index];
    return 0;
}
int nvmlDeviceGetName(Unit* unit, char* buffer, unsigned length) { return give_text(unit->name, buffer, length); }
int nvmlDeviceGetUUID(Unit* unit, char* buffer, unsigned length) { return give_text(unit->uuid, buffer, length); }
int nvmlDeviceGetPciInfo_v3(Unit* unit, nvmlPciInfo_t* pci) {
    *pci = {};
    pci->domain = unit->domain;
    pci->bus = unit->bus;
    pci->device = unit->device;
    pci->pciDeviceId = unit->id;
    std::snprintf(pci->busId, sizeof pci->busId, "%08X:%02X:%02X.0", unit->domain, unit->bus, unit->device);
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(Unit* unit, int* major, int* minor) {
    *major = unit->major;
    *minor = unit->minor;
    return 0;
}
int nvmlDeviceGetMemoryInfo(Unit* unit, nvmlMemory_t* memory) {
    if (unit->memory_code == 0) *memory = {unit->memory[0], unit->memory[1], unit->memory[2]};
    return unit->memory_code;
}
int nvmlDeviceGetMemoryInfo_v2(Unit* unit, nvmlMemory_v2_t* memory) {
    if (memory->version != (sizeof(nvmlMemory_v2_t) | 2u << 24)) return 25;  // NVML_ERROR_ARGUMENT_VERSION_MISMATCH
    if (unit->memory2_code == 0)
        *memory = {memory->version, unit->memory2[0], unit->memory2[1], unit->memory2[2], unit->memory2[3]};
    return unit->memory2_code;
}
int nvmlDeviceGetCurrPcieLinkGeneration(Unit* unit, unsigned* value) { return give_number(unit->link[0], value); }
int nvmlDeviceGetMaxPcieLinkGeneration(Unit* unit, unsigned* value) { return give_number(unit->link[1], value); }
int nvmlDeviceGetCurrPcieLinkWidth(Unit* unit, unsigned* value) { return give_number(unit->link[2], value); }
int nvmlDeviceGetMaxPcieLinkWidth(Unit* unit, unsigned* value) { return give_number(unit->link[3], value); }
int nvmlDeviceGetPowerManagementLimit(Unit* unit, unsigned* value) { return give_number(unit->power, value); }
int nvmlDeviceGetNvLinkState(Unit* unit, unsigned link, int* active) {
    if (unit->nvlinks < 0) return not_supported;
    *active = static_cast<long>(link) < unit->nvlinks ? 1 : 0;
    return 0;
}
int nvmlDeviceGetMigMode(Unit* unit, unsigned* current, unsigned* pending) {
    if (unit->most_slices < 0) return not_supported;
    *current = *pending = 1;
    return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(Unit* unit, unsigned* count) { return give_number(unit->most_slices, count); }
int nvmlDeviceGetMigDeviceHandleByIndex(Unit* unit, unsigned index, Unit** slice) {
    if (index >= unit->slices.size()) return not_found;
    *slice = &unit->slices[index];
    return 0;
}
}
