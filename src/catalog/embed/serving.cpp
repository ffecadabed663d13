// Compiles data/serving.json in.
// usage: fitcalc_embed_serving OUTPUT.cpp serving.json
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace {

using nlohmann::json;

// Text as a literal: JSON's escapes are C++'s but for \u and \/, which the file does without.
std::string literal(const json& text) { return text.is_null() ? "\"\"" : text.dump(); }

std::string number(const json& value) {
    std::ostringstream out;
    out.precision(17);
    if (value.is_null())
        out << 0;
    else if (value.is_number_integer())
        out << value.get<std::int64_t>();
    else
        out << value.get<double>();
    return out.str();
}

std::string flag(const json& value) { return value.get<bool>() ? "true" : "false"; }

std::string bytes(const json& value) { return "Bytes{" + number(value) + "}"; }

// { typical_bytes, range_bytes: [low, high] }
std::string range(const json& value) {
    return "{" + bytes(value.at("typical_bytes")) + ", " + bytes(value.at("range_bytes").at(0)) + ", " +
           bytes(value.at("range_bytes").at(1)) + "}";
}

class Writer {
public:
    // An array ahead of the record that refers to it; its name.
    std::string texts(const json& list) {
        std::string items;
        for (const json& item : list) items += literal(item) + ", ";
        return array("std::string_view", items);
    }

    std::string defaults(const json& list) {
        std::string items;
        for (const json& item : list)
            items += "{" + number(item.at("memory_below_bytes")) + ", " + number(item.at("max_num_batched_tokens")) + ", " +
                     number(item.at("max_num_seqs")) + ", " + literal(item.value("except", json())) + "}, ";
        return array("ServingDefaults", items);
    }

    std::string coefficients(const json& c) {
        return "{" + number(c.at("logits_copies")) + ", " + number(c.at("hidden_copies")) + ", " + number(c.at("vision_copies")) +
               ", " + number(c.at("activation_spread")) + ", " + range(c.at("non_torch_single")) + ", " +
               range(c.at("non_torch_several")) + ", " + range(c.at("non_torch_large")) + ", " + range(c.at("cuda_graphs")) + "}";
    }

    void engine(const json& e) {
        const std::string rule = e.at("budget") == "profiled" ? "BudgetRule::profiled" : "BudgetRule::fraction";
        engines_ += "    {" + literal(e.at("engine")) + ", " + rule + ", " + number(e.at("utilization")) + ", " +
                    number(e.at("block_tokens")) + ", " + number(e.at("latent_block_tokens")) + ", " + flag(e.at("paged")) + ", " +
                    number(e.at("gpus_in_node")) + ", " + defaults(e.at("defaults")) + ", " + texts(e.at("formats")) + ", " +
                    texts(e.at("vendors")) + ", " + number(e.at("least_compute_capability")) + ", " + texts(e.at("gfx_targets")) + ", " +
                    texts(e.at("architectures")) + ", " + coefficients(e.at("coefficients")) + ", " + literal(e.at("source")) + "},\n";
    }

    void checkpoint(const json& c) {
        checkpoints_ += "    {" + literal(c.at("model")) + ", " + literal(c.at("format")) + ", " + number(c.at("vision_parameters")) +
                        ", " + literal(c.at("source")) + "},\n";
    }

    std::string take() const {
        return arrays_ + "\nconstexpr ServingEngine engines[] = {\n" + engines_ + "};\n\nconstexpr PublishedCheckpoint checkpoints[] = {\n" +
               checkpoints_ + "};\n";
    }

private:
    std::string array(const std::string& type, const std::string& items) {
        if (items.empty()) return "{}";
        const std::string name = "list_" + std::to_string(next_++);
        arrays_ += "constexpr " + type + " " + name + "[] = {" + items + "};\n";
        return name;
    }

    std::string arrays_, engines_, checkpoints_;
    int next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        std::ifstream in(argv[2], std::ios::binary);
        const json file = json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
        Writer writer;
        for (const json& engine : file.at("engines")) writer.engine(engine);
        for (const json& checkpoint : file.at("checkpoints")) writer.checkpoint(checkpoint);
        std::ofstream out(argv[1]);
        out << "// Written by fitcalc_embed_serving from data/serving.json.\n#include \"fitcalc/serving_catalog.hpp\"\n\n"
               "namespace fitcalc {\nnamespace {\n\n"
            << writer.take()
            << "\n}  // namespace\n\nstd::span<const ServingEngine> serving_engines() { return engines; }\n\n"
               "std::span<const PublishedCheckpoint> published_checkpoints() { return checkpoints; }\n\n}  // namespace fitcalc\n";
        return out.good() ? 0 : 1;
    } catch (const json::exception& error) {
        std::cerr << argv[2] << ": " << error.what() << '\n';
        return 1;
    }
}
