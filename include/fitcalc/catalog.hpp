// The catalog: models, devices, quantization facts and engine profiles, compiled into the program, with users'
// files laid over it. Records are plain views into constant tables or into an overlay's own storage.
// Absent facts are empty strings or nullopt, never 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/engine.hpp"
#include "fitcalc/nominal.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"
#include "fitcalc/speed.hpp"

namespace fitcalc {

using Names = std::span<const std::string_view>;
using Count = std::optional<std::int64_t>;

// Fields of the Hugging Face configuration that nominal arithmetic uses.
struct HuggingFaceAttention {
    std::int64_t layers = 0;
    std::int64_t kv_heads = 0;
    std::int64_t heads = 0;
    std::int64_t hidden = 0;
};

struct Score {
    std::string_view benchmark;
    std::optional<double> value;
    std::string_view unit;
    std::string_view setting;
    std::string_view source;
    std::string_view date;
    std::string_view confidence;
};

// Stated length of a reasoning model's chain of thought.
struct ThinkingTokens {
    std::int64_t mean = 0;
    std::string_view per;  // what the mean is over: "AIME question"
    std::string_view source;
    std::string_view date;
};

struct ModelRecord {
    std::string_view id, name, publisher, family, architecture, released, license, huggingface;
    Names ollama, aliases;
    Names derivatives;            // repositories of other releases of the same shape and context, under this record
    std::string_view gguf;        // a Hugging Face repository with GGUF files
    std::string_view base_model;
    Count published_parameters;   // next-token layer included
    std::string_view parameters_label;
    std::span<const std::uint32_t> packed_dimensions;  // see dimensions()
    std::optional<HuggingFaceAttention> hf_attention;
    std::span<const Score> scores;
    std::optional<ThinkingTokens> thinking_tokens;
    Count metadata_bytes;         // key-value section of published GGUF files, mostly the tokenizer
    Names sources;
    std::string_view confidence;  // verbatim, partial or recalled

    Dimensions dimensions() const;
};

struct DeviceMember {
    std::string_view id;
    std::int64_t count = 0;
};

// What renting a device costs, for one device and hour. Prices change: each is of one date.
struct CloudPrice {
    std::optional<double> usd_per_hour_low, usd_per_hour_high;
    std::string_view tier;  // what was offered: "lowest listed", "market range"
    std::string_view date;  // as exact as the source: 2026-05-20, 2026-05
    std::string_view source;
};

struct DeviceRecord {
    std::string_view id, name, vendor, kind, device_class, architecture;
    Names aliases;
    bool common = false;          // takes a bare name that several variants share
    bool common_variant = false;  // takes a name that says more ("a100 40gb") where the common one doesn't fit it
    bool uncommon = false;        // old, regional or rare: found by name, but not suggested
    Count memory_bytes;   // total that the driver reports
    Count marketed_memory_bytes;
    std::string_view memory_basis;
    Count default_limit_bytes;  // unified memory: what a GPU may use unless the user raises it
    std::string_view limit_basis;
    std::span<const DeviceMember> members;  // of a box
    std::string_view memory_type;
    Count memory_bus_bits;
    std::optional<double> memory_data_rate_gbps;  // of one pin
    Count bandwidth_bytes_per_second;
    // Without sparsity; fp16 with FP32 accumulate.
    std::optional<double> fp32_tflops, fp16_dense_tflops, int8_dense_tops, fp8_dense_tflops, fp4_dense_tflops;
    std::string_view compute_capability, gfx_target, backend;
    Count interconnect_bytes_per_second;
    std::optional<double> pcie_gen;
    Count pcie_lanes;
    Count tdp_watts;
    std::string_view released;
    Count launch_price_usd;
    std::string_view launch_price_confidence;
    std::span<const CloudPrice> cloud_prices;
    Names pci_ids;  // "10de:2684"; products of one chip may share one
    std::string_view notes;
    Names sources;
    std::string_view confidence;

    // Its memory is the host's as well.
    bool unified() const { return kind == "unified"; }
};

// Measured loss of one model; see quality_source.
struct QuantQuality {
    std::optional<double> ppl, ppl_base, kld_mean, top1_match;
    std::string_view model;
};

// How much a quantization loses on a model of a given size, fitted to measurements (scripts/fit-quality):
// ln(perplexity / perplexity at 16 bits) = loss_at_8b × (active parameters / 8e9) ^ size_exponent.
struct LossFit {
    double loss_at_8b = 0;
    double size_exponent = 0;
    double spread_factor = 1;  // one standard deviation of measured losses around the fit
    std::int64_t models = 0;   // that the quantization was measured on
};

struct QuantRecord {
    std::string_view name;
    std::optional<double> nominal_bits;
    std::string_view nominal_bits_source;
    std::string_view description;
    std::optional<double> quality_percent;
    std::string_view quality_source;
    std::optional<QuantQuality> quality;
    std::optional<LossFit> loss_fit;

    std::optional<NominalBits> nominal() const;
};

// What one publisher's file of a model was measured to lose.
struct QualityRecord {
    std::string_view model, quant, publisher;
    std::optional<double> ppl, ppl_base;  // of the file, and of the model at 16 bits
    std::optional<double> kld_mean;       // KL divergence from the model at 16 bits
    std::optional<double> top1_match;     // percent
    std::string_view source;
};

// A file whose recipe is its maker's own, so that its size can be stated but not computed.
struct PublishedFile {
    std::string_view quant;           // "UD-Q4_K_XL"
    std::int64_t bytes = 0;           // on disk, all parts together
    std::int64_t rounding_bytes = 0;  // half the width of the source's rounding; 0: to the byte
    bool q8_ends = false;             // a standard mix but for token embedding and output matrix, which are Q8_0
};

struct PublishedSet {
    std::string_view model, publisher, repository, date, source;
    std::span<const PublishedFile> files;
    Names standard;  // llama.cpp's own mixes that are there besides: their sizes are computed
};

struct PublishedChoice {
    const PublishedSet* set = nullptr;
    const PublishedFile* file = nullptr;
};

struct ByteRange {
    std::int64_t low = 0, high = 0;
};

// Memory of a card that no engine can have: what the driver keeps, and what a desktop on it takes.
struct ReserveRecord {
    std::string_view vendor, backend;
    Count driver_bytes;
    std::optional<ByteRange> driver_range_bytes;
    Count desktop_bytes;
    std::optional<ByteRange> desktop_range_bytes;
    std::string_view source;
};

struct BackendRecord {
    std::string_view name;
    Count context_bytes;
    std::optional<ByteRange> context_range_bytes;
    Count pool_bytes;
    std::optional<ByteRange> pool_range_bytes;
    std::string_view source;

    bool measured() const { return context_bytes && pool_bytes; }
    // What has not been measured is taken from `stand_in`, a measured backend.
    BackendOverhead overhead(const BackendRecord& stand_in) const;
};

struct EngineRecord {
    std::string_view name, version_modelled;
    std::span<const BackendRecord> backends;
    std::span<const ReserveRecord> reserve;

    const BackendRecord* backend(std::string_view backend_name) const;  // nullptr: unknown
    // What the driver keeps of a vendor's cards; 0 where its reported total already leaves that out.
    Bytes driver_reserve(std::string_view vendor) const;
};

struct CatalogTables {
    std::span<const ModelRecord> models;
    std::span<const DeviceRecord> devices;
    std::span<const QuantRecord> quants;
    std::span<const EngineRecord> engines;
    std::span<const QualityRecord> quality;  // sorted by model
    std::span<const PublishedSet> published;
    std::span<const SpeedFamily> speed_families;
    std::span<const SpeedBackend> speed_backends;
    std::span<const SpeedEngine> speed_engines;
    std::span<const SpeedTable> speed_tables;
};

// A record found by name, and the other records that the same name could have meant (a bare "h100").
template <class Record>
struct Found {
    const Record* record = nullptr;
    std::vector<const Record*> passed_over;
};

class Catalog {
public:
    // The compiled-in catalog.
    Catalog();

    // Lays a JSON catalog over what is there: records of the same id are replaced, others added.
    // `origin` names the text in messages.
    Result<void> overlay(std::string_view json_text, std::string_view origin);

    const std::vector<const ModelRecord*>& models() const { return models_; }
    const std::vector<const DeviceRecord*>& devices() const { return devices_; }
    const std::vector<const QuantRecord*>& quants() const { return quants_; }
    const std::vector<const EngineRecord*>& engines() const { return engines_; }

    const std::vector<const SpeedFamily*>& speed_families() const { return speed_families_; }
    const std::vector<const SpeedBackend*>& speed_backends() const { return speed_backends_; }
    const std::vector<const SpeedEngine*>& speed_engines() const { return speed_engines_; }
    const SpeedTable& speed_table() const { return *speed_tables_.front(); }

    // By id, alias, marketing name, Ollama tag or Hugging Face id. Case, spaces and separators don't matter.
    // An unknown name is an error that names the nearest three; an ambiguous one lists its candidates.
    Result<Found<ModelRecord>> find_model(std::string_view name) const;
    Result<Found<DeviceRecord>> find_device(std::string_view name) const;
    Result<const EngineRecord*> find_engine(std::string_view name) const;
    const QuantRecord* find_quant(std::string_view name) const;  // exact name

    // Measurements of one model at one quantization.
    std::vector<const QualityRecord*> measurements(std::string_view model, std::string_view quant) const;
    bool measured(std::string_view model) const;  // at any quantization
    // Files of a model with a recipe of their own, largest first; one of each name: the model's own publisher's, ggml-org's,
    // Unsloth's, bartowski's, or else the first.
    std::vector<PublishedChoice> published_files(const ModelRecord& model) const;
    // The repository to download a quantization of llama.cpp's from: the record's own where it is not known to lack it,
    // else the first that is known to have it. Empty: none.
    std::string_view repository_of(const ModelRecord& model, std::string_view quant) const;

private:
    std::vector<const ModelRecord*> models_;
    std::vector<const DeviceRecord*> devices_;
    std::vector<const QuantRecord*> quants_;
    std::vector<const EngineRecord*> engines_;
    std::vector<std::span<const QualityRecord>> quality_;     // the upper layer first
    std::vector<std::span<const PublishedSet>> published_;    // likewise
    std::vector<const SpeedFamily*> speed_families_;
    std::vector<const SpeedBackend*> speed_backends_;
    std::vector<const SpeedEngine*> speed_engines_;
    std::vector<const SpeedTable*> speed_tables_;
    std::vector<std::shared_ptr<const void>> storage_;  // keeps overlays alive
};

}  // namespace fitcalc
