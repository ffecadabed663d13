#include "model_name.hpp"

#include <algorithm>
#include <array>

#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/text.hpp"
#include "names.hpp"

namespace fitcalc {
namespace {

// Words of repository names that tell how a file was made, not which model it is.
constexpr std::array packing_words{std::string_view{"gguf"}, std::string_view{"ggml"}, std::string_view{"hf"},
                                   std::string_view{"imatrix"}, std::string_view{"imat"}, std::string_view{"quantized"},
                                   std::string_view{"latest"}, std::string_view{"unsloth"}, std::string_view{"dynamic"},
                                   std::string_view{"qat"}, std::string_view{"ud"}, std::string_view{"safetensors"},
                                   std::string_view{"mxfp4"}};
// Packings that are no llama.cpp file type: the answer is about another one, and has to say so.
constexpr std::array foreign_words{std::string_view{"awq"}, std::string_view{"gptq"}, std::string_view{"mlx"},
                                   std::string_view{"bnb"}, std::string_view{"exl2"}, std::string_view{"exl3"},
                                   std::string_view{"fp8"}, std::string_view{"fp4"}, std::string_view{"nvfp4"},
                                   std::string_view{"int4"}, std::string_view{"int8"}, std::string_view{"w4a16"},
                                   std::string_view{"w8a8"}, std::string_view{"w8a16"}, std::string_view{"nf4"},
                                   std::string_view{"hqq"}, std::string_view{"aqlm"}};

template <std::size_t n>
bool among(const std::array<std::string_view, n>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool separator(char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '.');
}

// What separators set apart.
std::vector<std::string> chunks_of(std::string_view text) {
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !separator(text[end])) ++end;
        if (end > at) chunks.push_back(lower_case(text.substr(at, end - at)));
        at = end + 1;
    }
    return chunks;
}

// The chunks that are one llama.cpp file type, from `at` on: q4, k, m. The longest that fits; 0 where none does.
std::size_t file_type_at(const std::vector<std::string>& chunks, std::size_t at, std::string& name) {
    constexpr std::size_t longest = 4;  // q4_0_4_4
    std::size_t length = 0;
    std::string joined;
    for (std::size_t n = 1; n <= longest && at + n <= chunks.size(); ++n) {
        (joined += n == 1 ? "" : "_") += chunks[at + n - 1];
        // Unsloth's and bartowski's own mixtures (Q4_K_XL, Q4_K_L) are named after the type that they vary.
        const bool own_mixture = n == 3 && chunks[at + 1] == "k" && (chunks[at + 2] == "xl" || chunks[at + 2] == "l") &&
                                 chunks[at].size() == 2 && chunks[at].front() == 'q';
        if (!file_type_from_name(joined) && !own_mixture) continue;
        length = n;
        name = upper_case(joined);
    }
    return length;
}

bool bits_at(const std::vector<std::string>& chunks, std::size_t at) {
    const std::string& chunk = chunks[at];
    const bool number = chunk.find_first_not_of("0123456789") == std::string::npos;
    return (number && at + 1 < chunks.size() && chunks[at + 1] == "bit") ||
           (chunk.size() > 3 && chunk.ends_with("bit") && chunk.find_first_not_of("0123456789") == chunk.size() - 3);
}

// The part of an address or path that names a model: without the site, and without a trailing slash.
std::string_view without_site(std::string_view text) {
    for (const std::string_view prefix : {"https://", "http://"})
        if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    for (const std::string_view site : {"huggingface.co/", "hf.co/", "ollama.com/library/", "ollama.com/"})
        if (text.starts_with(site)) text.remove_prefix(site.size());
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string ModelName::identity(std::size_t from) const {
    std::string key;
    for (std::size_t i = from; i < parts.size(); ++i)
        for (const char c : parts[i])
            if (c != '.') key += c;
    return key;
}

ModelName model_name(std::string_view text) {
    text = without_site(text);
    ModelName name;
    if (const auto slash = text.rfind('/'); slash != std::string_view::npos) {
        name.owner = name_key(text.substr(0, slash));
        text.remove_prefix(slash + 1);
    }
    const std::vector<std::string> chunks = chunks_of(text);
    for (std::size_t at = 0; at < chunks.size();) {
        const std::string& chunk = chunks[at];
        if (at > 0) {
            if (const std::size_t length = file_type_at(chunks, at, name.quant); length > 0) {
                if (chunks[at - 1] == "ud") name.quant.insert(0, "UD-");
                at += length;
                continue;
            }
            if (bits_at(chunks, at)) {
                name.packing = upper_case(chunk.substr(0, chunk.find_first_not_of("0123456789"))) + "-bit";
                at += chunk.ends_with("bit") ? 1u : 2u;
                continue;
            }
            if (among(foreign_words, chunk)) name.packing = upper_case(chunk);
            const bool tuned = chunk == "instruct" || chunk == "it" || chunk == "chat";
            const bool base = chunk == "base" || chunk == "pt" || chunk == "text";
            if (tuned || base) name.tuning = tuned ? Tuning::instruct : Tuning::base;
            // "i1" is one maker's word for a file with an importance matrix.
            if (tuned || base || chunk == "i1" || among(foreign_words, chunk) || among(packing_words, chunk)) {
                ++at;
                continue;
            }
        }
        for (NamePart& part : name_parts(chunk)) name.parts.push_back(std::move(part.text));
        ++at;
    }
    return name;
}

std::vector<std::string_view> texts_of(const ModelRecord& model) {
    std::vector<std::string_view> texts{model.id, model.name, model.huggingface, model.gguf};
    texts.insert(texts.end(), model.ollama.begin(), model.ollama.end());
    texts.insert(texts.end(), model.aliases.begin(), model.aliases.end());
    texts.insert(texts.end(), model.derivatives.begin(), model.derivatives.end());
    std::erase_if(texts, [](std::string_view text) { return text.empty(); });
    return texts;
}

}  // namespace fitcalc
