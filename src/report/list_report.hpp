// The answer to `fitcalc list X`: the records that a search leaves, in the order asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"

namespace fitcalc {

enum class ListTopic { models, gpus, quants, engines, architectures };

std::string_view topic_name(ListTopic topic);  // the key of the records: "models"

struct ListRequest {
    ListTopic topic = ListTopic::models;
    std::string words;           // all of them have to stand in a record's names; a record's own name shows it whole
    std::string family, publisher;          // models
    std::string vendor, kind;               // gpus; a kind or a class
    std::optional<Bytes> min_memory;        // gpus, as sold
    std::string released_after;             // models and gpus: a date or the beginning of one, included
    std::string sort;                       // a field, "field:desc" for the largest first
};

struct ListReport {
    ListTopic topic = ListTopic::models;
    std::vector<const ModelRecord*> models;
    std::vector<const DeviceRecord*> devices;
    std::vector<const QuantRecord*> quants;
    std::vector<const EngineRecord*> engines;
    std::vector<const Architecture*> architectures;
    bool whole = false;  // one record, asked for by its name

    std::size_t size() const;
};

// What the model's tensors add up to; nullopt where this version can't lay them out.
std::optional<Params> counted_parameters(const ModelRecord& record);

// A filter that the topic doesn't have and an unknown field are usage errors; that nothing is left is no error.
Result<ListReport> build_list_report(const ListRequest& request, const Catalog& catalog);

}  // namespace fitcalc
