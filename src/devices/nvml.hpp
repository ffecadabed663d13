// NVIDIA's own answers: NVML, or nvidia-smi's.
#pragma once

#include <string>
#include <string_view>

#include "found.hpp"
#include "probe.hpp"

namespace fitcalc {

// Asks a loaded libnvidia-ml. An error when it can't say which GPUs there are.
Reading<FoundGpus> ask_nvml(const Library& library);

// The fields that nvidia-smi is asked for, and its answer read: --format=csv,noheader,nounits.
std::string nvidia_smi_fields();
FoundGpus read_nvidia_smi(std::string_view csv);

}  // namespace fitcalc
