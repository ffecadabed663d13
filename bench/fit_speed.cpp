// Fits data/speed.json to tests/reference/speed: reads the file named, replaces its numbers and prints it.
// usage: fitcalc_fit_speed data/speed.json DATE [ROWS.tsv]
// ROWS.tsv: every measurement beside what was predicted for it by a fit without its device and model.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "catalog/fields.hpp"
#include "support/speed_fit.hpp"

namespace {

using namespace fitcalc;
using namespace fitcalc::test;
using json = nlohmann::ordered_json;

double rounded(double value) {
    constexpr double digits = 4;
    if (value == 0) return 0;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) + 1 - digits);
    const double places = std::round(-std::log10(unit));
    return places > 0 ? std::round(value * std::pow(10, places)) / std::pow(10, places) : std::round(value / unit) * unit;
}

// Replaces the numbers that the fit decides.
struct Update {
    json& record;

    void operator()(const char* name, const double& value) const { record[name] = rounded(value); }
    void operator()(const char* name, const ByKernel& values) const {
        visit_fields(values, Update{record[name]});
    }
    template <class T>
    void operator()(const char*, const T&) const {}
};

template <class Record>
void update(json& list, const std::vector<Record>& records) {
    for (const Record& record : records)
        for (json& each : list)
            if (each["name"] == record.name && !each.contains("like")) visit_fields(record, Update{each});
}

// Where a share of the rows on each side lies beyond: 84 % lie between.
json spread(std::vector<double> ratios) {
    constexpr double beyond = 0.08;
    std::ranges::sort(ratios);
    const auto at = [&](double share) {
        return std::round(100 * ratios[static_cast<std::size_t>(share * static_cast<double>(ratios.size()))]) / 100;
    };
    return {at(beyond), at(1 - beyond)};
}

void print_errors(const char* what, const std::vector<SpeedRow>& rows, const std::vector<double>& predicted, bool decode) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].decode == decode) errors.push_back(100 * std::abs(predicted[i] / rows[i].rate - 1));
    std::ranges::sort(errors);
    std::cerr << what << (decode ? " decode" : " prefill") << ": " << errors.size() << " rows, median "
              << errors[errors.size() / 2] << " %, P90 " << errors[errors.size() * 9 / 10] << " %\n";
}

void write_rows(const char* path, const std::vector<SpeedRow>& rows, const std::vector<double>& predicted) {
    std::ofstream out(path);
    out << "mode\tdevice\tcount\tbackend\tengine\tdate\tmodel\tquant\ttokens\tdepth\tmeasured\tpredicted\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const SpeedRow& row = rows[i];
        out << (row.decode ? "decode" : "prefill") << '\t' << row.device << '\t' << row.parts.size() << '\t'
            << row.parts.front().device.backend->name << '\t' << row.engine << '\t' << row.date << '\t' << row.model << '\t'
            << row.quant << '\t' << row.tokens << '\t' << row.depth << '\t' << row.rate << '\t' << predicted[i] << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) return 2;
    json file = json::parse(std::ifstream(argv[1]));
    const Catalog catalog;
    SpeedCoefficients coefficients{catalog};
    const SpeedRows measured = speed_rows(coefficients);
    const std::vector<SpeedRow>& rows = measured.rows;
    const auto fitted = fitted_coefficients(coefficients, rows);
    std::cerr << rows.size() << " rows, " << measured.left_out.size() << " left out: their architecture isn't supported\n";

    const std::vector<double> held_out = cross_validate(fitted, rows);
    if (argc == 4) write_rows(argv[3], rows, held_out);
    json& table = file["speed_tables"][0];
    for (const bool decode : {true, false}) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i].decode == decode) ratios.push_back(rows[i].rate / held_out[i]);
        table[decode ? "decode" : "prefill"] = spread(ratios);
        print_errors("cross-validated", rows, held_out, decode);
    }
    table["date"] = argv[2];

    std::vector<const SpeedRow*> all;
    for (const SpeedRow& row : rows) all.push_back(&row);
    fit(fitted, all);
    std::vector<double> predicted;
    for (const SpeedRow& row : rows) predicted.push_back(row.predicted());
    for (const bool decode : {true, false}) print_errors("fitted", rows, predicted, decode);

    update(file["speed_families"], coefficients.families);
    update(file["speed_backends"], coefficients.backends);
    update(file["speed_engines"], coefficients.engines);
    for (json& family : file["speed_families"]) {
        family["rows"] = std::ranges::count_if(rows, [&](const SpeedRow& row) {
            return row.decode && coefficients.families[row.family].name == family["name"].get<std::string>();
        });
        // A family without measurements takes the figures of the one that it is like, but for those given.
        if (!family.contains("like")) continue;
        const json given = family.value("given", json::array());
        for (const json& other : file["speed_families"])
            if (other["name"] == family["like"])
                for (const char* value : {"bandwidth", "launch", "compute"})
                    if (std::ranges::find(given, json(value)) == given.end()) family[value] = other[value];
    }
    std::cout << file.dump(1) << '\n';
    return 0;
}
