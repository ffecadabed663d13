// The answer to `fitcalc detect`, and what --gpu auto makes of it, as plain data.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device_choice.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/machine.hpp"

namespace fitcalc {

struct DetectedDevice {
    Gpu gpu;
    const DeviceRecord* record = nullptr;  // the catalog's; null: unknown to it
    std::optional<Bytes> usable;           // by a new process, now; absent where engines can't use the GPU
    std::optional<Bytes> usable_idle;      // if no other process used it
    std::optional<Bytes> unreserved, unreserved_idle;  // the same two without --reserve
    bool chosen = false;                   // --gpu auto plans with it
};

struct DetectReport {
    Machine machine;
    std::vector<DetectedDevice> devices;
    std::string backend;  // of the chosen ones: "cuda"; "cpu" without any
    std::vector<std::string> warnings;
};

// Which memory a plan counts with.
struct MemoryChoice {
    bool idle = false;             // --total: as if nothing else ran
    std::optional<Bytes> reserve;  // --reserve, instead of what the driver keeps
};

DetectReport build_detect_report(Machine machine, const Catalog& catalog, const EngineRecord& engine,
                                 std::string_view backend = {}, const MemoryChoice& memory = {});

// The chosen devices of a machine, with what runs on them, and its host memory.
struct MachineChoice {
    std::vector<DeviceChoice> devices;  // equal ones with equal free memory are one entry; empty: the CPU alone
    std::optional<Bytes> host;          // what a process can have of it; absent where the memory is unknown
};
MachineChoice choose_devices(const DetectReport& report, const MemoryChoice& memory);

}  // namespace fitcalc
