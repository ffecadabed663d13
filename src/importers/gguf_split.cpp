// Split sets: the first file stands for all. Names and checks as in llama.cpp de3ff81, src/llama.cpp
// (llama_split_path) and src/llama-model-loader.cpp.
#include <charconv>
#include <set>

#include "fitcalc/optional_tensors.hpp"
#include "gguf.hpp"

namespace fitcalc {
namespace {

// "<prefix>-00001-of-00003.gguf"
struct SplitName {
    std::string prefix;
    std::int64_t number = 0;  // from 1
    std::int64_t count = 0;

    std::string part(std::int64_t n) const { return prefix + "-" + digits(n) + "-of-" + digits(count) + ".gguf"; }

private:
    static std::string digits(std::int64_t n) {
        const std::string text = std::to_string(n);
        return std::string(text.size() < 5 ? 5 - text.size() : 0, '0') + text;
    }
};

std::optional<SplitName> split_name(std::string_view path) {
    constexpr std::string_view pattern = "-00001-of-00001.gguf", of = "-of-", extension = ".gguf";
    if (path.size() <= pattern.size() || !path.ends_with(extension)) return std::nullopt;
    const std::string_view tail = path.substr(path.size() - pattern.size());
    const auto number = [](std::string_view digits) -> std::int64_t {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc{} && end == digits.data() + digits.size() ? value : 0;
    };
    SplitName name{std::string(path.substr(0, path.size() - pattern.size())), number(tail.substr(1, 5)),
                   number(tail.substr(10, 5))};
    if (tail.front() != '-' || tail.substr(6, 4) != of || name.number < 1 || name.count < 1) return std::nullopt;
    return name;
}

tl::unexpected<Error> bad(std::string message, std::string hint = {}) {
    return fail(ErrorKind::bad_data, std::move(message), std::move(hint));
}

// Appends the tensors of one more part.
Result<void> add_part(GgufFile& set, std::int64_t number, const std::string& path, const Files& files) {
    const auto source = files.open(path);
    if (!source)
        return bad("part " + std::to_string(number) + " of " + std::to_string(set.split.count) + " is missing: " +
                       source.error().message,
                   "all parts of a split model must be there");
    auto part = read_gguf(**source, path);
    if (!part) return tl::unexpected(part.error());
    if (part->split.count != set.split.count || part->split.number != number - 1)
        return bad(path + ": says that it is part " + std::to_string(part->split.number + 1) + " of " +
                   std::to_string(part->split.count) + ", not " + std::to_string(number) + " of " +
                   std::to_string(set.split.count));
    auto& tensors = set.inventory.tensors;
    tensors.insert(tensors.end(), std::make_move_iterator(part->inventory.tensors.begin()),
                   std::make_move_iterator(part->inventory.tensors.end()));
    set.header += part->header;
    set.file_size += part->file_size;
    return {};
}

Result<void> check_set(const GgufFile& set, const std::string& path) {
    const auto& tensors = set.inventory.tensors;
    if (set.split.tensors != static_cast<std::int64_t>(tensors.size()))
        return bad(path + ": the set holds " + std::to_string(tensors.size()) + " tensors instead of the " +
                   std::to_string(set.split.tensors) + " that it states");
    std::set<std::string_view> names;
    for (const Tensor& tensor : tensors)
        if (!names.insert(tensor.name).second) return bad(path + ": tensor '" + tensor.name.str() + "' is in two parts");
    return {};
}

}  // namespace

Result<GgufFile> read_gguf_set(const std::string& path, const Files& files) {
    const auto source = files.open(path);
    if (!source) return tl::unexpected(source.error());
    auto set = read_gguf(**source, path);
    if (!set || set->split.count <= 1) return set;

    const auto name = split_name(path);
    if (!name || name->count != set->split.count || name->number != set->split.number + 1)
        return bad(path + ": part " + std::to_string(set->split.number + 1) + " of " + std::to_string(set->split.count) +
                       " of a split model, but its name does not say so",
                   "split models are named NAME-00001-of-00003.gguf");
    if (name->number != 1)
        return bad(path + ": part " + std::to_string(name->number) + " of a split model", "give the first: " + name->part(1));
    for (std::int64_t number = 2; number <= name->count; ++number)
        if (auto ok = add_part(*set, number, name->part(number), files); !ok) return tl::unexpected(ok.error());
    if (auto ok = check_set(*set, path); !ok) return tl::unexpected(ok.error());
    note_optional_tensors(set->dimensions, set->inventory);
    return set;
}

}  // namespace fitcalc
