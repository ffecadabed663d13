#include "gguf.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "fitcalc/text.hpp"
#include "fitcalc/optional_tensors.hpp"
#include "header_reader.hpp"

namespace fitcalc {
namespace {

// Bounds that no model comes near, so that a hostile header costs neither time nor memory. llama.cpp's own: 4
// dimensions (GGML_MAX_DIMS), names of 63 characters (GGML_MAX_NAME), no lists of lists.
constexpr std::uint64_t longest_header = std::uint64_t{1} << 28;
constexpr std::uint64_t most_keys = 1 << 16;
constexpr std::uint64_t most_tensors = 1 << 18;
constexpr std::uint64_t longest_key = (1 << 16) - 1;
constexpr std::uint64_t longest_kept_text = 4096;
constexpr std::uint64_t longest_kept_list = 4096;
constexpr std::size_t most_kept_numbers = 1 << 18;
constexpr std::uint32_t most_dimensions = 4;
constexpr std::uint32_t largest_alignment = 1 << 20;

enum class ValueType : std::uint32_t {
    uint8, int8, uint16, int16, uint32, int32, float32, boolean, text, list, uint64, int64, float64,
};

std::uint64_t bytes_of_value(ValueType type) {
    switch (type) {
        case ValueType::uint8: case ValueType::int8: case ValueType::boolean: return 1;
        case ValueType::uint16: case ValueType::int16: return 2;
        case ValueType::uint32: case ValueType::int32: case ValueType::float32: return 4;
        case ValueType::uint64: case ValueType::int64: case ValueType::float64: return 8;
        case ValueType::text: case ValueType::list: break;
    }
    return 0;
}

// Whole numbers and booleans of one key, one or a list. Fractions aren't kept: no size depends on one.
struct Numbers {
    std::vector<std::int64_t> values;
    bool list = false;
    bool whole = true;            // false: fractions or texts
    std::uint64_t length = 1;     // of a list, also of one too long to keep
};

class GgufParser {
public:
    GgufParser(const ByteSource& source, std::string_view origin)
        : reader_{source, origin, longest_header}, size_{source.size()} {}

    GgufFile parse() {
        const std::uint64_t tensors = preamble();
        const std::uint64_t begin = reader_.position();
        for (std::int64_t i = 1; i <= file_.keys; ++i) {
            reader_.enter("key", static_cast<std::uint64_t>(i));
            pair();
        }
        file_.metadata = Bytes{static_cast<std::int64_t>(reader_.position() - begin)};
        facts();
        read_tensors(tensors);
        // A part of a split set doesn't know the model; the first one's are read again over all tensors.
        // Nor do a vision tower's or an adapter's tensors show what the model has.
        const bool whole = file_.type.empty() || file_.type == "model";
        if (whole && !file_.inventory.tensors.empty()) note_optional_tensors(file_.dimensions, file_.inventory);
        return std::move(file_);
    }

private:
    // Magic, version and counts. Returns the number of tensors.
    std::uint64_t preamble() {
        reader_.enter("magic", 0);
        if (size_ > INT64_MAX) reader_.reject("a size of " + std::to_string(size_) + " bytes");
        if (size_ < 4 || reader_.text(4) != "GGUF") throw_not_gguf();
        reader_.enter("version", 0);
        file_.version = reader_.number<std::uint32_t>();
        if ((file_.version & 0xffff) == 0 && file_.version != 0)
            reader_.reject("a big-endian file, which is not read");
        if (file_.version == 1) reader_.reject("GGUF version 1 is no longer read; convert the model again");
        if (file_.version < 2 || file_.version > 3)
            reader_.reject("GGUF version " + std::to_string(file_.version) + " is unknown; 2 and 3 are read");
        file_.file_size = Bytes{static_cast<std::int64_t>(size_)};
        reader_.enter("counts", 0);
        const auto tensors = reader_.number<std::uint64_t>();
        const auto keys = reader_.number<std::uint64_t>();
        if (tensors > most_tensors) reader_.reject(std::to_string(tensors) + " tensors, more than any model has");
        if (keys > most_keys) reader_.reject(std::to_string(keys) + " keys, more than any model has");
        file_.keys = static_cast<std::int64_t>(keys);
        return tensors;
    }

    [[noreturn]] void throw_not_gguf() const { reader_.reject("not a GGUF file: it does not begin with GGUF"); }

    ValueType value_type() {
        const auto number = reader_.number<std::uint32_t>();
        if (number > static_cast<std::uint32_t>(ValueType::float64))
            reader_.reject("value type " + std::to_string(number) + " is unknown");
        return static_cast<ValueType>(number);
    }

    std::uint64_t text_length() {
        const auto length = reader_.number<std::uint64_t>();
        if (length > reader_.left())
            reader_.reject("a text of " + std::to_string(length) + " bytes where " + std::to_string(reader_.left()) +
                           " are left");
        return length;
    }

    void pair() {
        const std::uint64_t length = text_length();
        if (length == 0 || length > longest_key) reader_.reject("a key of " + std::to_string(length) + " bytes");
        const std::string key = clean_text(reader_.text(length));
        const ValueType type = value_type();
        if (type == ValueType::list) return list(key);
        if (type == ValueType::text) return text(key);
        keep(key, {{value(type)}, false, whole(type), 1});
    }

    void text(const std::string& key) {
        const std::uint64_t length = text_length();
        const auto wanted = texts_.find(key);
        if (wanted == texts_.end()) return reader_.skip(length);
        if (!seen_texts_.insert(key).second) reader_.reject("key '" + key + "' appears twice");
        if (length > longest_kept_text) reader_.reject("'" + key + "' is a text of " + std::to_string(length) + " bytes");
        *wanted->second = clean_text(reader_.text(length));
    }

    void list(const std::string& key) {
        const ValueType type = value_type();
        const auto length = reader_.number<std::uint64_t>();
        if (type == ValueType::list) reader_.reject("'" + key + "' is a list of lists");
        // Every entry takes bytes, a text at least those of its length.
        const std::uint64_t smallest = type == ValueType::text ? 8 : bytes_of_value(type);
        if (length > reader_.left() / smallest)
            reader_.reject("'" + key + "' is a list of " + std::to_string(length) + " entries where " +
                           std::to_string(reader_.left()) + " bytes are left");
        if (key == "tokenizer.ggml.tokens") file_.vocabulary = static_cast<std::int64_t>(length);
        if (type == ValueType::text) {
            for (std::uint64_t i = 0; i < length; ++i) reader_.skip(text_length());
            return;
        }
        Numbers numbers{{}, true, whole(type), length};
        if (!whole(type) || length > longest_kept_list || key.starts_with("tokenizer.")) {
            reader_.skip(length * smallest);
        } else {
            for (std::uint64_t i = 0; i < length; ++i) numbers.values.push_back(value(type));
        }
        keep(key, std::move(numbers));
    }

    static bool whole(ValueType type) { return type != ValueType::float32 && type != ValueType::float64; }

    std::int64_t value(ValueType type) {
        switch (type) {
            case ValueType::uint8: return reader_.number<std::uint8_t>();
            case ValueType::int8: return reader_.number<std::int8_t>();
            case ValueType::uint16: return reader_.number<std::uint16_t>();
            case ValueType::int16: return reader_.number<std::int16_t>();
            case ValueType::uint32: return reader_.number<std::uint32_t>();
            case ValueType::int32: return reader_.number<std::int32_t>();
            case ValueType::boolean: return reader_.number<std::uint8_t>() != 0 ? 1 : 0;
            case ValueType::uint64:
                return static_cast<std::int64_t>(std::min<std::uint64_t>(reader_.number<std::uint64_t>(), INT64_MAX));
            case ValueType::int64: return reader_.number<std::int64_t>();
            default: reader_.skip(bytes_of_value(type)); return 0;
        }
    }

    void keep(const std::string& key, Numbers numbers) {
        if (key.starts_with("tokenizer.")) return;
        kept_ += numbers.values.size();
        if (kept_ > most_kept_numbers) reader_.reject("more numbers than any model's metadata holds");
        if (!numbers_.emplace(key, std::move(numbers)).second) reader_.reject("key '" + key + "' appears twice");
    }

    // One whole number of the metadata, within [low, high].
    std::optional<std::int64_t> number(const std::string& key, std::int64_t low, std::int64_t high) const {
        const auto found = numbers_.find(key);
        if (found == numbers_.end()) return std::nullopt;
        const Numbers& n = found->second;
        if (n.list || !n.whole) reader_.reject("'" + key + "' is not one whole number");
        check_range(key, n.values.front(), low, high);
        return n.values.front();
    }

    void check_range(const std::string& key, std::int64_t value, std::int64_t low, std::int64_t high) const {
        if (value < low || value > high) reader_.reject("'" + key + "' is " + std::to_string(value) + ", out of range");
    }

    void facts() {
        reader_.enter("metadata", 0);
        if (const auto alignment = number("general.alignment", 0, UINT32_MAX)) {
            if (*alignment == 0 || *alignment > largest_alignment || (*alignment & (*alignment - 1)) != 0)
                reader_.reject("general.alignment " + std::to_string(*alignment) + " is no power of 2");
            file_.alignment = *alignment;
        }
        if (const auto type = number("general.file_type", 0, UINT32_MAX)) file_.file_type = static_cast<std::uint32_t>(*type);
        file_.split.number = number("split.no", 0, UINT16_MAX).value_or(0);
        file_.split.count = number("split.count", 0, UINT16_MAX).value_or(0);
        file_.split.tensors = number("split.tensors.count", 0, INT32_MAX).value_or(0);
        visit_dimensions(file_.dimensions, [this](const char* name, auto& value) {
            dimension(file_.architecture + "." + name, value);
        });
        // The tokens are counted where there are any; llama.cpp takes <architecture>.vocab_size only without.
        if (file_.vocabulary) {
            check_range("tokenizer.ggml.tokens", *file_.vocabulary, 0, UINT32_MAX);
            file_.dimensions.vocab_size = static_cast<std::uint32_t>(*file_.vocabulary);
        }
    }

    void dimension(const std::string& key, Dimension& value) const {
        if (const auto found = number(key, 0, UINT32_MAX)) value = static_cast<std::uint32_t>(*found);
    }
    void dimension(const std::string& key, std::optional<bool>& value) const {
        if (const auto found = number(key, 0, 1)) value = *found != 0;
    }
    void dimension(const std::string& key, PerLayer& value) const {
        const auto found = numbers_.find(key);
        if (found == numbers_.end()) return;
        const Numbers& n = found->second;
        if (!n.whole || n.values.empty())
            reader_.reject("'" + key + "' is a list of " + std::to_string(n.length) + " values, not one number for each layer");
        std::vector<std::uint32_t> each;
        for (const std::int64_t v : n.values) {
            check_range(key, v, 0, UINT32_MAX);
            each.push_back(static_cast<std::uint32_t>(v));
        }
        value = n.list ? PerLayer{std::move(each)} : PerLayer{each.front()};
    }

    void read_tensors(std::uint64_t count) {
        file_.inventory.tensors.reserve(static_cast<std::size_t>(std::min(count, reader_.left() / 24)));
        std::vector<std::uint64_t> offsets;
        for (std::uint64_t i = 1; i <= count; ++i) {
            reader_.enter("tensor", i);
            offsets.push_back(tensor());
        }
        reader_.enter("tensor list", 0);
        names_are_unique();
        (void)file_.inventory.params();  // throws where it does not fit
        const std::int64_t end = static_cast<std::int64_t>(reader_.position());
        file_.header = Bytes{count == 0 ? end : round_up(end, file_.alignment)};
        check_data(offsets);
    }

    // One entry; returns where its data begin.
    std::uint64_t tensor() {
        const std::uint64_t length = text_length();
        if (length == 0 || length > TensorName::most_characters)
            reader_.reject("a name of " + std::to_string(length) + " bytes; llama.cpp takes 1 to 63");
        const std::string name{reader_.text(length)};
        if (has_control_characters(name)) reader_.reject("a name with control characters");
        const auto dimensions = reader_.number<std::uint32_t>();
        if (dimensions > most_dimensions)
            reader_.reject("'" + name + "' has " + std::to_string(dimensions) + " dimensions; llama.cpp takes up to 4");
        Shape shape;
        for (std::uint32_t d = 0; d < dimensions; ++d) {
            const auto ne = reader_.number<std::uint64_t>();
            if (ne == 0 || ne > INT64_MAX) reader_.reject("'" + name + "' has a dimension of " + std::to_string(ne));
            shape.ne[d] = static_cast<std::int64_t>(ne);
        }
        const auto number = reader_.number<std::uint32_t>();
        const auto type = ggml_type_from_number(number);
        if (!type) reader_.reject("'" + name + "' has the type " + std::to_string(number) + ", which is unknown");
        if (!divides(*type, shape.row()))
            reader_.reject("'" + name + "' has rows of " + std::to_string(shape.row()) + " values; " +
                           std::string(traits(*type).name) + " stores blocks of " + std::to_string(traits(*type).block_values));
        file_.inventory.tensors.emplace_back(name, shape, *type, layer_of(name));
        return reader_.number<std::uint64_t>();
    }

    void names_are_unique() const {
        std::vector<std::string_view> names;
        names.reserve(file_.inventory.tensors.size());
        for (const Tensor& tensor : file_.inventory.tensors) names.push_back(tensor.name);
        std::ranges::sort(names);
        const auto twice = std::ranges::adjacent_find(names);
        if (twice != names.end()) reader_.reject("tensor '" + std::string(*twice) + "' appears twice");
    }

    // Data lie one after the other in the list's order, each aligned, and end within the file.
    void check_data(const std::vector<std::uint64_t>& offsets) const {
        Bytes next;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            const Tensor& tensor = file_.inventory.tensors[i];
            if (offsets[i] != static_cast<std::uint64_t>(next.count()))
                reader_.reject("the data of '" + tensor.name.str() + "' begin at " + std::to_string(offsets[i]) + " instead of " +
                               std::to_string(next.count()));
            const Bytes end = next + tensor.bytes();
            if (file_.header + end > file_.file_size)
                throw Malformed{{ErrorKind::bad_data,
                                 reader_.origin() + ": truncated: the data of '" + tensor.name.str() + "' end at byte " +
                                     std::to_string((file_.header + end).count()) + ", the file at " +
                                     std::to_string(file_.file_size.count()),
                                 "the download is incomplete"}};
            next = round_up(end, file_.alignment);
        }
    }

    HeaderReader reader_;
    std::uint64_t size_;
    GgufFile file_;
    std::map<std::string, Numbers, std::less<>> numbers_;
    std::set<std::string, std::less<>> seen_texts_;
    std::size_t kept_ = 0;
    std::map<std::string, std::string*, std::less<>> texts_{
        {"general.architecture", &file_.architecture}, {"general.type", &file_.type},
        {"general.name", &file_.name},                 {"general.basename", &file_.basename},
        {"general.size_label", &file_.size_label},     {"general.organization", &file_.organization},
        {"general.license", &file_.license},           {"general.quantized_by", &file_.quantized_by},
        {"tokenizer.ggml.model", &file_.tokenizer},
    };
};

}  // namespace

Result<GgufFile> read_gguf(const ByteSource& source, std::string_view origin) try {
    return GgufParser{source, origin}.parse();
} catch (const Malformed& malformed) {
    return tl::unexpected(malformed.error);
} catch (const ArithmeticOverflow&) {
    return fail(ErrorKind::bad_data, std::string(origin) + ": sizes that do not fit in 64 bits");
}

}  // namespace fitcalc
