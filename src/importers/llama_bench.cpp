#include "llama_bench.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "catalog/bounded_json.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;

constexpr std::size_t most_text = 16u << 20;

json parse_runs(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos && text[start] == '[') return parse_shallow(text);
    json runs = json::array();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) runs.push_back(parse_shallow(line));
        at = end + 1;
    }
    return runs;
}

// Booleans were numbers in older versions; -1 leaves it to the engine, which takes flash attention where it can.
bool is_on(const json& value) { return value.is_boolean() ? value.get<bool>() : value.get<double>() != 0; }

// Older versions lack some fields; `otherwise` is what they did.
std::int64_t whole_number(const json& run, const char* name, std::int64_t least, std::optional<std::int64_t> otherwise = {}) {
    constexpr std::int64_t most = std::int64_t{1} << 31;  // llama.cpp counts tokens and layers in 32 bits
    if (otherwise && !run.contains(name)) return *otherwise;
    if (!run.at(name).is_number_integer()) throw MalformedText{std::string(name) + " is no whole number"};
    const std::int64_t value = run.at(name);
    if (value < least || value > most) throw MalformedText{std::string(name) + " is out of range"};
    return value;
}

GgmlType cache_type(const json& run, const char* name) {
    const std::string text = run.value(name, "f16");
    const auto type = ggml_type_from_name(text);
    if (!type) throw MalformedText{std::string(name) + ": no type named '" + text + "'"};
    return *type;
}

BenchRun run_of(const json& run) {
    BenchRun out;
    out.model_file = run.at("model_filename");
    out.devices = run.value("gpu_info", "");
    out.backends = run.value("backends", "");
    out.prompt = whole_number(run, "n_prompt", 0);
    out.generated = whole_number(run, "n_gen", 0);
    out.depth = whole_number(run, "n_depth", 0, 0);
    out.ubatch = whole_number(run, "n_ubatch", 1, out.ubatch);
    out.gpu_layers = whole_number(run, "n_gpu_layers", -1, out.gpu_layers);
    out.cpu_moe_layers = whole_number(run, "n_cpu_moe", 0, 0);
    if (run.contains("flash_attn")) out.flash_attention = is_on(run["flash_attn"]);
    out.type_k = cache_type(run, "type_k");
    out.type_v = cache_type(run, "type_v");
    out.rate = run.at("avg_ts");
    return out;
}

}  // namespace

Result<std::vector<BenchRun>> parse_llama_bench(std::string_view text, std::string_view origin) {
    const auto bad = [&](const std::string& what) {
        return fail(ErrorKind::bad_data, std::string(origin) + ": " + what, "what llama-bench -o json prints is expected");
    };
    if (text.size() > most_text) return bad("larger than 16 MiB");
    try {
        const json runs = parse_runs(text);
        std::vector<BenchRun> out;
        for (const json& run : runs) out.push_back(run_of(run));
        if (out.empty()) return bad("holds no run");
        return out;
    } catch (const MalformedText& error) {
        return bad(error.what);
    } catch (const json::parse_error&) {
        return bad("no valid JSON");
    } catch (const json::exception&) {
        return bad("no llama-bench run: a field is missing or of another kind");
    }
}

}  // namespace fitcalc
