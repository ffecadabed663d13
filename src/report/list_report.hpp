// The answer to `fitcalc list X`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"

namespace fitcalc {

enum class ListTopic { models, gpus, quants, engines, architectures };

struct ListReport {
    ListTopic topic = ListTopic::models;
    const Catalog* catalog = nullptr;
};

}  // namespace fitcalc
