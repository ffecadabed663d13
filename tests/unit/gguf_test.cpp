// GGUF headers: measured models read back, and everything that a hostile or broken file may hold.
#include "importers/gguf.hpp"

#include <algorithm>
#include <functional>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/optional_tensors.hpp"
#include "support/catch.hpp"
#include "support/gguf_writer.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

Result<GgufFile> read(const GgufWriter& writer) {
    const std::string header = writer.header();
    return read_gguf(MemorySource{header, writer.file_size()}, "m.gguf");
}

std::string message_of(const std::string& bytes, std::uint64_t size) {
    const auto file = read_gguf(MemorySource{bytes, size}, "m.gguf");
    return file ? "no error" : file.error().message;
}

std::string message_of(const GgufWriter& writer) { return message_of(writer.header(), writer.file_size()); }

// A little of everything.
GgufWriter small() {
    return GgufWriter{}
        .text("general.architecture", "llama")
        .number("llama.block_count", 1)
        .numbers("llama.feed_forward_length", {64})
        .boolean("llama.expert_weights_norm", true)
        .words("tokenizer.ggml.tokens", 3)
        .tensor("token_embd.weight", {32, 3}, 1)
        .tensor("blk.0.attn_q.weight", {32, 32}, 8);
}

template <class Number>
std::string bytes(Number number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

}  // namespace

TEST_CASE("measured models read back from a header give llama.cpp's weights") {
    for (const auto& reference : reference_models()) {
        const ModelSpec spec = spec_of(reference);
        const QuantPlanner planner{spec, reference.tensors};
        for (const FileType type : {FileType::f16, FileType::q8_0, FileType::q4_k_m, FileType::iq2_xxs}) {
            INFO(reference.id << " " << traits(type).name);
            const auto file = read(gguf_of(reference, planner.types(type, false))
                                       .number("general.file_type", number_of(type)));
            REQUIRE(file);
            CHECK(file->architecture == reference.architecture);
            CHECK(file->dimensions == reference.dimensions);
            CHECK(file_type_from_number(*file->file_type) == type);
            const auto model = describe_model(file->architecture, file->dimensions);
            REQUIRE(model);
            CHECK(model->layers == spec.layers);
            const auto estimator = Estimator::create(*model, file->inventory, file->metadata);
            REQUIRE(estimator);
            CHECK(estimator->as_it_is(type).weights.file == reference.weights.at(std::string(traits(type).name)).first);
            if (type == FileType::f16)
                CHECK(estimator->quantize(FileType::q4_k_m, false).weights.file == reference.weights.at("Q4_K_M").first);
        }
    }
}

TEST_CASE("the sizes of a file are those of its parts") {
    const GgufWriter writer = small();
    const auto file = read(writer).value();
    CHECK(file.version == 3);
    CHECK(file.keys == 5);
    CHECK(file.vocabulary == 3);
    CHECK(file.dimensions.vocab_size == 3u);
    CHECK(file.metadata.count() == static_cast<std::int64_t>(writer.metadata_size()));
    CHECK(file.header == round_up(Bytes{static_cast<std::int64_t>(writer.header().size())}, 32));
    CHECK(file.file_size.count() == static_cast<std::int64_t>(writer.file_size()));
    CHECK(file.inventory.tensors.at(1).layer == 0);
    CHECK(file.inventory.tensors.at(1).bytes() == 1088_B);
    CHECK(read(small().version(2)).value().version == 2);
}

TEST_CASE("a header cut anywhere is an error that names the file") {
    const std::string header = small().header();
    for (std::size_t length = 0; length < header.size(); ++length) {
        INFO(length);
        const auto file = read_gguf(MemorySource{std::string_view{header}.substr(0, length)}, "m.gguf");
        REQUIRE_FALSE(file);
        CHECK(file.error().kind == ErrorKind::bad_data);
        CHECK(file.error().message.starts_with("m.gguf: "));
        // A source that promises more than it has is no different.
        CHECK_FALSE(read_gguf(MemorySource{std::string_view{header}.substr(0, length), 1u << 20}, "m.gguf"));
    }
    CHECK(message_of(header, header.size()).find("truncated") != std::string::npos);
}

TEST_CASE("any single byte changed is a file or an error") {
    const std::string header = small().header();
    for (std::size_t at = 0; at < header.size(); ++at)
        for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
            std::string changed = header;
            changed[at] = value;
            const auto file = read_gguf(MemorySource{changed, small().file_size()}, "m.gguf");
            if (!file) CHECK(file.error().kind == ErrorKind::bad_data);
        }
}

TEST_CASE("what no GGUF file may hold is named") {
    constexpr std::uint32_t uint32 = 4, float32 = 6, string = 8, array = 9, uint64 = 10, int32 = 5;
    const std::string huge = bytes(std::uint64_t{1} << 60), none;
    struct Case {
        GgufWriter writer;
        const char* message;
    };
    const auto begun = [] { return GgufWriter{}.text("general.architecture", "llama"); };
    const std::vector<Case> cases = {
        {GgufWriter{}.version(1), "version 1 is no longer read"},
        {GgufWriter{}.version(0), "version 0 is unknown"},
        {GgufWriter{}.version(4), "version 4 is unknown"},
        {GgufWriter{}.version(0x03000000), "big-endian"},
        {begun().raw("k", 13, none), "value type 13 is unknown"},
        {begun().raw("", uint32, bytes(1u)), "a key of 0 bytes"},
        {begun().raw("k", string, huge), "a text of 1152921504606846976 bytes"},
        {begun().raw("k", array, bytes(string) + huge), "a list of 1152921504606846976 entries"},
        {begun().raw("k", array, bytes(uint64) + huge), "a list of 1152921504606846976 entries"},
        {begun().raw("k", array, bytes(array) + huge), "a list of lists"},
        {begun().raw("k", array, bytes(14u) + huge), "value type 14 is unknown"},
        {begun().text("general.architecture", "llama"), "'general.architecture' appears twice"},
        {begun().number("llama.block_count", 1).number("llama.block_count", 2), "'llama.block_count' appears twice"},
        {begun().raw("llama.block_count", float32, bytes(1.0f)), "'llama.block_count' is not one whole number"},
        {begun().numbers("llama.block_count", {1, 2}), "'llama.block_count' is not one whole number"},
        {begun().raw("llama.block_count", int32, bytes(-1)), "'llama.block_count' is -1, out of range"},
        {begun().raw("llama.block_count", uint64, huge), "out of range"},
        {begun().numbers("llama.feed_forward_length", {}), "a list of 0 values"},
        {begun().numbers("llama.feed_forward_length", std::vector<std::uint32_t>(5000, 1)), "a list of 5000 values"},
        {begun().raw("llama.attention.head_count_kv", array, bytes(float32) + bytes(std::uint64_t{1}) + bytes(1.0f)),
         "not one number for each layer"},
        {begun().number("general.alignment", 0), "general.alignment 0 is no power of 2"},
        {begun().number("general.alignment", 48), "general.alignment 48 is no power of 2"},
        {begun().text("general.name", std::string(5000, 'x')), "'general.name' is a text of 5000 bytes"},
        {begun().tensor("", {32}, 0), "a name of 0 bytes"},
        {begun().tensor(std::string(64, 'x'), {32}, 0), "a name of 64 bytes"},
        {begun().tensor("a\nb", {32}, 0), "control characters"},
        {begun().tensor("a", {1, 1, 1, 1, 1}, 0), "5 dimensions"},
        {begun().tensor("a", {0}, 0), "a dimension of 0"},
        {begun().tensor("a", {32}, 4), "type 4, which is unknown"},
        {begun().tensor("a", {32}, 1000), "type 1000, which is unknown"},
        {begun().tensor("a", {100}, 12), "rows of 100 values; q4_K stores blocks of 256"},
        {begun().tensor("a", {32}, 0).tensor("a", {32}, 0), "tensor 'a' appears twice"},
        {begun().tensor("a", {std::uint64_t{1} << 40, std::uint64_t{1} << 40}, 0), "do not fit in 64 bits"},
    };
    for (const Case& each : cases) {
        INFO(each.message);
        const std::string message = message_of(each.writer);
        INFO(message);
        CHECK(message.find(each.message) != std::string::npos);
        CHECK(message.starts_with("m.gguf: "));
    }
    CHECK(message_of("GGML" + std::string(100, '\0'), 104).find("not a GGUF file") != std::string::npos);
}

TEST_CASE("counts that no model has end at once") {
    const auto counts = [](std::uint64_t tensors, std::uint64_t keys) {
        return "GGUF" + bytes(3u) + bytes(tensors) + bytes(keys);
    };
    const std::uint64_t large = std::uint64_t{1} << 40;
    CHECK(message_of(counts(large, 0), large).find("tensors, more than any model has") != std::string::npos);
    CHECK(message_of(counts(0, large), large).find("keys, more than any model has") != std::string::npos);
    // 400 GB of zeros behind the counts: an endless list of empty texts.
    struct Zeros final : ByteSource {
        std::string begin;
        std::uint64_t size() const override { return 400'000'000'000; }
        Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer) const override {
            std::ranges::fill(buffer, '\0');
            if (offset < begin.size()) std::ranges::copy(begin.substr(static_cast<std::size_t>(offset)), buffer.begin());
            return buffer.size();
        }
    } zeros;
    zeros.begin = counts(0, 1) + bytes(std::uint64_t{1}) + "k" + bytes(9u) + bytes(8u) + bytes(std::uint64_t{10'000'000'000});
    const auto file = read_gguf(zeros, "zeros.gguf");
    REQUIRE_FALSE(file);
    CHECK(file.error().message.find("a list of 10000000000 entries where 2684") != std::string::npos);
}

TEST_CASE("data lie one after the other and within the file") {
    std::string header = small().header();
    CHECK(message_of(header, small().file_size() - 33).find("truncated: the data of 'blk.0.attn_q.weight' end") != std::string::npos);
    header[header.size() - 8] = 1;
    CHECK(message_of(header, small().file_size()).find("the data of 'blk.0.attn_q.weight' begin at") != std::string::npos);
}

TEST_CASE("the first of a split set stands for the set") {
    const auto part = [](std::uint32_t number, std::uint32_t count, const char* tensor) {
        return GgufWriter{}.number("split.no", number).number("split.count", count).number("split.tensors.count", 2)
            .text("general.architecture", "llama").tensor(tensor, {32}, 0);
    };
    const auto message = [](const MemoryFiles& files, const std::string& path) {
        const auto set = read_gguf_set(path, files.files());
        return set ? std::string("no error") : set.error().message + " | " + set.error().hint;
    };
    const std::string first = "d/m-00001-of-00002.gguf", second = "d/m-00002-of-00002.gguf";
    MemoryFiles whole;
    whole.add(first, part(0, 2, "a"));
    whole.add(second, part(1, 2, "output.weight"));
    const auto set = read_gguf_set(first, whole.files()).value();
    CHECK(set.inventory.tensors.size() == 2);
    CHECK(set.dimensions.tied_embeddings == false);
    CHECK(set.file_size.count() == static_cast<std::int64_t>(part(0, 2, "a").file_size() + part(1, 2, "output.weight").file_size()));
    CHECK(message(whole, second).find("give the first: " + first) != std::string::npos);

    MemoryFiles missing;
    missing.add(first, part(0, 2, "a"));
    CHECK(message(missing, first).find("part 2 of 2 is missing: " + second) != std::string::npos);
    MemoryFiles renamed;
    renamed.add("model.gguf", part(0, 2, "a"));
    CHECK(message(renamed, "model.gguf").find("its name does not say so") != std::string::npos);
    MemoryFiles strange;
    strange.add(first, part(0, 2, "a"));
    strange.add(second, part(0, 2, "b"));
    CHECK(message(strange, first).find("says that it is part 1 of 2") != std::string::npos);
    MemoryFiles doubled;
    doubled.add(first, part(0, 2, "a"));
    doubled.add(second, part(1, 2, "a"));
    CHECK(message(doubled, first).find("tensor 'a' is in two parts") != std::string::npos);
    MemoryFiles short_set;
    short_set.add(first, part(0, 2, "a"));
    short_set.add(second, GgufWriter{}.number("split.no", 1).number("split.count", 2));
    CHECK(message(short_set, first).find("holds 1 tensors instead of the 2") != std::string::npos);
}

TEST_CASE("file types by number") {
    for (const FileTypeTraits& type : file_types()) CHECK(file_type_from_number(number_of(type.type)) == type.type);
    CHECK(number_of(FileType::q4_k_m) == 15);
    CHECK_FALSE(file_type_from_number(4));
}

TEST_CASE("optional tensors are told from the list") {
    TensorInventory inventory;
    inventory.tensors.emplace_back("blk.12.attn_q.bias", Shape{8}, GgmlType::f32, 12);
    Dimensions dimensions;
    note_optional_tensors(dimensions, inventory);
    CHECK(dimensions.attention_bias == true);
    CHECK(dimensions.tied_embeddings == true);
    CHECK(dimensions.rope_factors == false);
    CHECK(layer_of("blk.12.attn_q.bias") == 12);
    CHECK_FALSE(layer_of("blk.12"));
    CHECK_FALSE(layer_of("blk.-1.x"));
    CHECK_FALSE(layer_of("output.weight"));
}
