// What makes a record unfit to compute with though each of its fields is of the right type: what is divided by can't be 0,
// and a share or a size can't be negative. Each fault is what follows the record's place: ".bytes: must be above 0".
#pragma once

#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

using Faults = std::vector<std::string>;

Faults faults_of(const HuggingFaceAttention& attention);
Faults faults_of(const PublishedFile& file);
Faults faults_of(const QualityRecord& record);
Faults faults_of(const QuantQuality& quality);
Faults faults_of(const LossFit& fit);
Faults faults_of(const SpeedFamily& family);
Faults faults_of(const SpeedBackend& backend);
Faults faults_of(const SpeedEngine& engine);
Faults faults_of(const SpeedTable& table);

}  // namespace fitcalc
