#include "safetensors.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "fitcalc/text.hpp"
#include "header_reader.hpp"
#include "paths.hpp"

namespace fitcalc {
namespace {

using nlohmann::json;

// Headers of the largest published shards and indexes are a few MiB.
constexpr std::uint64_t longest_header = std::uint64_t{64} << 20;
constexpr std::size_t most_tensors = 1 << 20;
constexpr std::size_t most_dimensions = 8;
constexpr std::size_t longest_name = 512;
constexpr std::size_t most_files = 4096;

// Bits of one value.
std::int64_t bits_of(std::string_view type) {
    struct Type {
        std::string_view name;
        std::int64_t bits;
    };
    static constexpr std::array types{
        Type{"BOOL", 8},     Type{"U8", 8},       Type{"I8", 8},      Type{"F8_E4M3", 8}, Type{"F8_E5M2", 8},
        Type{"F8_E8M0", 8},  Type{"I16", 16},     Type{"U16", 16},    Type{"F16", 16},    Type{"BF16", 16},
        Type{"I32", 32},     Type{"U32", 32},     Type{"F32", 32},    Type{"I64", 64},    Type{"U64", 64},
        Type{"F64", 64},     Type{"C64", 64},     Type{"F4", 4},      Type{"F6_E2M3", 6}, Type{"F6_E3M2", 6},
    };
    const auto found = std::ranges::find(types, type, &Type::name);
    return found == types.end() ? 0 : found->bits;
}

// Events of the JSON parser, so that nothing but the tensors is kept however the text looks. Objects within objects:
// {"name": {"dtype": "BF16", "shape": [...], "data_offsets": [begin, end]}, "__metadata__": {...}}.
class HeaderEvents : public nlohmann::json_sax<json> {
public:
    std::vector<CheckpointTensor> tensors;
    std::vector<std::pair<std::int64_t, std::int64_t>> offsets;
    std::string problem;
    std::size_t byte = 0;

    bool null() override { return unexpected("null"); }
    bool boolean(bool) override { return unexpected("true or false"); }
    bool number_float(number_float_t, const string_t&) override { return unexpected("a fraction"); }
    bool binary(binary_t&) override { return unexpected("binary"); }
    bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
    bool number_unsigned(number_unsigned_t value) override {
        if (metadata_) return true;
        if (depth_ != 3 || value > INT64_MAX) return unexpected("a number");
        auto& list = key_ == "shape" ? shape_ : ends_;
        if (list.size() == most_dimensions) return unexpected("too many numbers");
        list.push_back(static_cast<std::int64_t>(value));
        return true;
    }
    bool string(string_t& value) override {
        if (metadata_) return true;
        if (depth_ != 2 || key_ != "dtype") return unexpected("a text");
        type_ = std::move(value);
        return true;
    }
    bool start_object(std::size_t) override {
        if (++depth_ > 2) return unexpected("an object");
        return true;
    }
    bool end_object() override {
        if (--depth_ == 1 && !metadata_) return finish_tensor();
        metadata_ = false;
        return true;
    }
    bool start_array(std::size_t) override {
        if (++depth_ != 3 || metadata_ || (key_ != "shape" && key_ != "data_offsets")) return unexpected("a list");
        return true;
    }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool key(string_t& name) override {
        if (depth_ == 2) {
            key_ = std::move(name);
            return true;
        }
        if (name.empty() || name.size() > longest_name) return unexpected("a name of " + std::to_string(name.size()) + " bytes");
        if (has_control_characters(name)) return unexpected("a name with control characters");
        if (tensors.size() == most_tensors) return unexpected("more tensors than any model has");
        metadata_ = name == "__metadata__";
        name_ = std::move(name);
        type_.clear();
        shape_.clear();
        ends_.clear();
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
        if (problem.empty()) problem = "no valid JSON";
        byte = position;
        return false;
    }

private:
    bool unexpected(const std::string& what) {
        problem = (name_.empty() ? "" : "'" + name_ + "': ") + what + " where it does not belong";
        return false;
    }
    bool finish_tensor() {
        const std::int64_t bits = bits_of(type_);
        if (bits == 0) return reject("the type '" + type_ + "' is unknown");
        if (ends_.size() != 2 || ends_[0] > ends_[1]) return reject("data_offsets are no [begin, end]");
        CheckpointTensor tensor{std::move(name_), std::move(type_), shape_, Bytes{ends_[1] - ends_[0]}};
        name_ = tensor.name;
        if (checked_mul(tensor.params().count(), bits) / 8 != tensor.bytes.count())
            return reject("its shape and type do not make the " + std::to_string(tensor.bytes.count()) + " bytes that it takes");
        tensors.push_back(std::move(tensor));
        offsets.emplace_back(ends_[0], ends_[1]);
        return true;
    }
    bool reject(const std::string& what) {
        problem = "'" + name_ + "': " + what;
        return false;
    }

    int depth_ = 0;
    bool metadata_ = false;
    std::string name_, key_, type_;
    std::vector<std::int64_t> shape_, ends_;
};

tl::unexpected<Error> bad(std::string_view origin, const std::string& what, std::string hint = {}) {
    return fail(ErrorKind::bad_data, std::string(origin) + ": " + what, std::move(hint));
}

Result<void> check_names(const std::vector<CheckpointTensor>& tensors, std::string_view origin) {
    std::vector<std::string_view> names;
    names.reserve(tensors.size());
    for (const auto& tensor : tensors) names.push_back(tensor.name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end()) return bad(origin, "tensor '" + std::string(*twice) + "' appears twice");
    return {};
}

// The data fill the file without holes or overlaps.
Result<void> check_data(HeaderEvents& header, std::int64_t data, std::string_view origin) {
    auto& offsets = header.offsets;
    std::ranges::sort(offsets);
    std::int64_t end = 0;
    for (const auto& [from, to] : offsets) {
        if (from != end) return bad(origin, "data from byte " + std::to_string(from) + " of the data, where " + std::to_string(end) + " is next");
        end = to;
    }
    if (end > data)
        return bad(origin, "truncated: " + std::to_string(end) + " bytes of data, of which " + std::to_string(data) + " are there",
                   "the download is incomplete");
    return check_names(header.tensors, origin);
}

}  // namespace

Params CheckpointTensor::params() const {
    std::int64_t values = 1;
    for (const std::int64_t n : shape) values = checked_mul(values, n);
    return Params{values};
}

Params Checkpoint::params() const {
    Params sum;
    for (const auto& tensor : tensors) sum += tensor.params();
    return sum;
}

Bytes Checkpoint::bytes() const {
    Bytes sum;
    for (const auto& tensor : tensors) sum += tensor.bytes;
    return sum;
}

const CheckpointTensor* Checkpoint::find(std::string_view name) const {
    const auto found = std::ranges::find(tensors, name, &CheckpointTensor::name);
    return found == tensors.end() ? nullptr : &*found;
}

Result<std::string> read_whole(const ByteSource& source, std::string_view origin, std::uint64_t limit) {
    if (source.size() > limit) return bad(origin, "larger than " + std::to_string(limit >> 20) + " MiB");
    std::string text(static_cast<std::size_t>(source.size()), '\0');
    const auto count = source.read(0, text);
    if (!count) return tl::unexpected(count.error());
    text.resize(*count);
    return text;
}

Result<Checkpoint> read_safetensors(const ByteSource& source, std::string_view origin) try {
    HeaderReader reader{source, origin, 8};
    const auto length = reader.number<std::uint64_t>();
    if (length > source.size() - 8) return bad(origin, "a header of " + std::to_string(length) + " bytes in a file of " +
                                                           std::to_string(source.size()), "truncated, or no safetensors file");
    if (length > longest_header) return bad(origin, "a header of " + std::to_string(length) + " bytes, more than any model's");
    std::string text(static_cast<std::size_t>(length), '\0');
    const auto count = source.read(8, text);
    if (!count) return tl::unexpected(count.error());
    if (*count != length) return bad(origin, "the file ends within its header");
    HeaderEvents header;
    if (!json::sax_parse(text, &header))
        return bad(origin, header.byte > 0 ? header.problem + " at byte " + std::to_string(8 + header.byte) : header.problem);
    Checkpoint checkpoint;
    checkpoint.file_size = Bytes{static_cast<std::int64_t>(source.size())};
    if (auto ok = check_data(header, checkpoint.file_size.count() - 8 - static_cast<std::int64_t>(length), origin); !ok)
        return tl::unexpected(ok.error());
    checkpoint.tensors = std::move(header.tensors);
    return checkpoint;
} catch (const Malformed& malformed) {
    return tl::unexpected(malformed.error);
} catch (const ArithmeticOverflow&) {
    return bad(origin, "sizes that do not fit in 64 bits");
}

Result<std::vector<std::string>> read_safetensors_index(std::string_view text, std::string_view origin) {
    // Events again: {"metadata": {...}, "weight_map": {"tensor": "file"}}.
    struct Events : nlohmann::json_sax<json> {
        std::set<std::string> files;
        int depth = 0;
        bool map = false, seen = false;
        bool null() override { return !map; }
        bool boolean(bool) override { return !map; }
        bool number_integer(number_integer_t) override { return !map; }
        bool number_unsigned(number_unsigned_t) override { return !map; }
        bool number_float(number_float_t, const string_t&) override { return !map; }
        bool binary(binary_t&) override { return false; }
        bool string(string_t& value) override {
            if (map && files.size() <= most_files && value.size() <= longest_name) files.insert(std::move(value));
            return true;
        }
        bool key(string_t& name) override {
            if (depth == 1) map = name == "weight_map";
            seen = seen || map;
            return true;
        }
        bool start_object(std::size_t) override { return ++depth <= 8; }
        bool end_object() override {
            if (--depth == 1) map = false;
            return true;
        }
        bool start_array(std::size_t) override { return !map && ++depth <= 8; }
        bool end_array() override {
            --depth;
            return true;
        }
        bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }
    } events;
    if (!json::sax_parse(text, &events)) return bad(origin, "no valid index of a checkpoint");
    if (!events.seen || events.files.empty()) return bad(origin, "no weight_map: not the index of a checkpoint");
    if (events.files.size() > most_files) return bad(origin, "more files than any model has");
    for (const std::string& file : events.files)
        if (file.empty() || file == ".." || file.find_first_of(std::string_view{"/\\\0", 3}) != std::string::npos)
            return bad(origin, "weight_map names the file '" + file + "', which is not beside it");
    return std::vector<std::string>(events.files.begin(), events.files.end());
}

Result<Checkpoint> read_checkpoint(const std::string& path, const Files& files) {
    const auto source = files.open(path);
    if (!source) return tl::unexpected(source.error());
    if (!path.ends_with(".json")) return read_safetensors(**source, path);
    const auto text = read_whole(**source, path, longest_header);
    if (!text) return tl::unexpected(text.error());
    const auto names = read_safetensors_index(*text, path);
    if (!names) return tl::unexpected(names.error());
    Checkpoint all;
    all.files = static_cast<std::int64_t>(names->size());
    for (const std::string& name : *names) {
        const std::string part_path = beside(path, name);
        const auto shard = files.open(part_path);
        if (!shard) return bad(path, "a file of the checkpoint is missing: " + shard.error().message);
        auto part = read_safetensors(**shard, part_path);
        if (!part) return tl::unexpected(part.error());
        all.file_size += part->file_size;
        std::ranges::move(part->tensors, std::back_inserter(all.tensors));
    }
    if (auto ok = check_names(all.tensors, path); !ok) return tl::unexpected(ok.error());
    return all;
}

}  // namespace fitcalc
