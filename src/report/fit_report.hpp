// The answer to `fitcalc fit MODEL`, as plain data. The JSON answer is this report field by field; a table shows
// nothing that it lacks. Renderers alone round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/engine_settings.hpp"
#include "fitcalc/estimate.hpp"
#include "context_curve.hpp"
#include "costs.hpp"
#include "device_choice.hpp"
#include "fitcalc/fit.hpp"
#include "fitcalc/nominal.hpp"
#include "fitcalc/quality.hpp"
#include "fitcalc/placement.hpp"
#include "fitcalc/run_commands.hpp"
#include "importers/model_file.hpp"

namespace fitcalc {

enum class Method { exact, nominal };

struct ModelSummary {
    const ModelRecord* record = nullptr;
    Params parameters;         // in the converted file
    Params active_parameters;  // used for one token
    std::int64_t layers = 0;
    std::int64_t dense_layers = 0;   // 0 unless some layers have experts and others don't
    std::int64_t expert_layers = 0;
    std::int64_t experts = 0, experts_used = 0;
    std::string attention;     // "MLA", "GQA 32:8", "MHA"
    Tokens context_length;
    std::int64_t vocab_size = 0;
};

struct SettingsSummary {
    std::string engine;
    std::string engine_version;
    std::string backend;
    Method method = Method::exact;
    FileType quant = FileType::q4_k_m;
    std::string quant_label;  // of a file as it is; empty: the name of `quant`
    EngineSettings engine_settings;
    bool importance_matrix = true;
};

struct QuantRow {
    FileType type = FileType::q4_k_m;
    std::string label;                    // of a file as it is; empty: the name of `type`
    bool requantized = false;             // would be made from a file that is quantized already
    const QuantRecord* record = nullptr;  // null where the catalog says nothing
    std::optional<Quality> quality;       // of this model at it
    std::optional<PublishedChoice> published;  // a maker's own mix: `type` is the nearest standard one, the size published
    double bits_per_weight = 0;
    Bytes weights, file_size, total;
    Bytes total_full_context;
    std::optional<SpeedFigure> decode;  // on the devices asked for, where it fits
    bool recommended = false;
    bool asked = false;  // the quantization that the report is about
};

// A number of one kind of device, and how the model fits there.
struct DeviceRow {
    const DeviceRecord* record = nullptr;  // null for a bare size
    std::string name;                      // id, or the size as typed
    std::int64_t count = 1;
    std::int64_t inside = 1;  // devices in one of them: a box
    Bytes memory;    // reported by the driver, per device
    Bytes usable;    // less the reserve or the system's limit, per device
    Bytes required;  // on the fullest device
    Bytes headroom;  // usable - required; negative when it does not fit
    Verdict verdict = Verdict::no;
    std::optional<Tokens> max_context;
    std::optional<SpeedReport> speed;  // where it fits, and speed is modelled
    CostsReport costs;
};

struct NominalRow {
    FileType type = FileType::q4_k_m;
    double bits = 0;
    NominalEstimate at_context;
    NominalEstimate at_full_context;
    const QuantRecord* record = nullptr;
    std::optional<Quality> quality;  // of this model at it
};

// Why the nominal figure differs from the exact one.
struct NominalComparison {
    NominalRow nominal;
    bool latent_attention = false;     // the page charges full attention where the model caches a latent row
    Params parameters_not_in_file;     // published, but not converted (next-token layer); 0 when equal
    double exact_bits_per_weight = 0;  // against the nominal bits: scales are not free
    bool head_length_differs = false;  // the page divides hidden by heads where the model's heads have another length
};

// A change that would make the model fit.
enum class Remedy {
    without_flag,   // one that the question gave, taken back
    sequences,      // fewer
    cache_type,     // a smaller type of the KV cache
    context,        // a shorter context
    quantization,   // a smaller one
    host_memory,    // routed experts, or whole layers, in host memory
    more_devices,   // more of the last device named
    larger_device,  // another machine, where one holds no second device
};

struct WayOut {
    Remedy remedy = Remedy::context;
    std::string flag;  // what brings it about: "--kv-type q8_0"; of Remedy::without_flag the one to leave out
    Placement placement;
    Bytes usable;      // over all devices
    std::string_view instead;                 // Remedy::without_flag: what holds then, in words
    std::optional<std::int64_t> sequences;    // Remedy::sequences
    std::optional<GgmlType> cache_type;       // Remedy::cache_type
    std::optional<Tokens> context;            // Remedy::context
    std::optional<FileType> quantization;     // Remedy::quantization
    std::optional<Quality> quality;           // of the model at it
    std::optional<double> quality_points;     // of 100 % that it has less than the one asked for, where that is known
    std::int64_t more = 0;                    // Remedy::more_devices
    const DeviceRecord* device = nullptr;     // Remedy::larger_device
};

struct Recommendation {
    FileType quant = FileType::q4_k_m;
    std::string reason;
    std::string label;  // of a file as it is; empty: the name of `quant`
};

// How a file's types compare with what llama-quantize gives.
struct Recipe {
    struct Difference {
        std::string tensor;
        GgmlType standard, own;
    };

    std::optional<FileType> declared;  // general.file_type
    std::optional<FileType> standard;  // whose mix the file has, to the tensor
    std::vector<Difference> differing; // from the declared type's mix, the nearer of those with and without imatrix
};

// The file that the model came from.
struct FileSummary {
    std::string path;
    ModelFormat format = ModelFormat::gguf;
    bool quantized = false;
    std::string label;             // what its own row is called: "Q4_K_M", "as it is"
    std::optional<Recipe> recipe;  // of a GGUF file
};

// One kind of tensor at the chosen quantization, for `explain`.
struct WeightGroup {
    TensorRole role = TensorRole::other;
    Params parameters;
    Bytes bytes;
    std::vector<std::pair<GgmlType, Params>> types;  // largest first
};

// One kind of layer's share of the cache, for `explain`.
struct CacheGroup {
    std::string kind;                // "latent attention (MLA)", "grouped-query attention"
    std::int64_t layers = 0;
    std::string values_per_token;    // the arithmetic: "512 + 64", "8 × 128 + 8 × 128"
    std::int64_t cached_values = 0;  // per token and layer
    std::int64_t key_values = 0;     // of them, stored in the type of K
    std::int64_t value_values = 0;   // of them, stored in the type of V
    Bytes bytes_per_token;           // over these layers, without padding
    Tokens cells;                    // of each stream: the whole context, or what a window needs of it
    std::int64_t streams = 1;        // of these layers, each with so many cells
    std::int64_t tokens_per_cell = 1;  // compressed rows: their "tokens" above and below are cells
};

struct QuantCurve {
    std::string quant;
    ContextCurve curve;
};

struct FitReport {
    std::string command = "fit";
    ModelSummary model;
    SettingsSummary settings;
    MemoryEstimate estimate;      // zero under --method nominal except where the page has a figure
    MemoryEstimate full_context;
    BackendOverhead overhead;     // what estimate.overhead is made of
    const BackendRecord* backend = nullptr;  // what is known of it: for what is missing there CUDA's figures stand in
    Bytes cache_bytes_per_token;  // over all layers that keep the whole context, compressed or not
    Bytes cache_compressors;      // --explain: of the cache, what the next compressed rows are made from
    std::vector<QuantRow> quants;         // exact: all file types, largest first
    std::vector<NominalRow> nominal_rows; // --method nominal: the quantizations that pages list
    std::vector<DeviceRow> devices;       // asked for with --gpu, or the smallest sets that fit
    bool devices_asked = false;
    Verdict verdict = Verdict::great;     // over the devices asked for; great without any
    DeviceSet asked_set;                  // --gpu and --ram
    std::optional<Placement> placement;   // there
    std::optional<SpeedReport> speed;     // there, where it fits and speed is modelled
    CostsReport costs;
    std::optional<Tokens> max_context;    // there
    std::optional<RunCommands> commands;  // that run it there; none where it doesn't fit
    std::vector<WayOut> ways_out;         // where the verdict is no: the cheapest changes first
    std::optional<NominalComparison> nominal;
    Recommendation recommendation;
    bool usual_quant = false;  // none was asked for
    std::vector<QuantCurve> curves;  // where asked for: at the quantization asked for, and the recommended one
    std::vector<WeightGroup> weight_groups;
    std::vector<CacheGroup> cache_groups;
    Bytes tied_copy;  // of the token embedding, as output matrix; 0 where the file has a matrix of its own
    std::vector<std::string> warnings;
    std::optional<FileSummary> file;
    bool weights_only = false;  // all else is unknown: the architecture isn't supported, as a warning says
};

}  // namespace fitcalc
