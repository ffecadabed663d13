#include "importers/safetensors.hpp"

#include "importers/model_file.hpp"
#include "support/catch.hpp"
#include "support/gguf_writer.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

std::string file_of(const std::string& header, std::size_t data) {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\0');
}

std::string message_of(const std::string& bytes) {
    const auto file = read_safetensors(MemorySource{bytes}, "m.safetensors");
    return file ? "no error" : file.error().message;
}

constexpr const char* two_tensors =
    R"({"__metadata__":{"format":"pt"},"lm_head.weight":{"dtype":"BF16","shape":[3,4],"data_offsets":[0,24]},)"
    R"("a.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}})";

}  // namespace

TEST_CASE("a safetensors header") {
    const auto file = read_safetensors(MemorySource{file_of(two_tensors, 32)}, "m").value();
    REQUIRE(file.tensors.size() == 2);
    CHECK(file.find("lm_head.weight")->type == "BF16");
    CHECK(file.find("lm_head.weight")->shape == std::vector<std::int64_t>{3, 4});
    CHECK(file.params() == Params{14});
    CHECK(file.bytes() == 32_B);
    const auto scalar = read_safetensors(MemorySource{file_of(R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4)}, "m");
    CHECK(scalar.value().params() == Params{1});
}

TEST_CASE("a safetensors header cut anywhere is an error") {
    const std::string bytes = file_of(two_tensors, 32);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        INFO(length);
        const auto file = read_safetensors(MemorySource{std::string_view{bytes}.substr(0, length)}, "m");
        REQUIRE_FALSE(file);
        CHECK(file.error().kind == ErrorKind::bad_data);
    }
}

TEST_CASE("what no safetensors file may hold is named") {
    const std::pair<const char*, const char*> cases[] = {
        {"{", "no valid JSON"},
        {"[]", "a list where it does not belong"},
        {"{\"a\":1}", "'a': a number where it does not belong"},
        {"{\"a\":{\"dtype\":\"Q4\",\"shape\":[],\"data_offsets\":[0,4]}}", "the type 'Q4' is unknown"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4]}}", "data_offsets are no [begin, end]"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,0]}}", "data_offsets are no [begin, end]"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "do not make the 4 bytes"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,4]}}", "a negative number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "a fraction"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}", "a list where"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "where 0 is next"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", "too many numbers"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}", "do not fit in 64 bits"},
        {"{\"\":{}}", "a name of 0 bytes"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[100],\"data_offsets\":[0,400]}}", "truncated"},
    };
    for (const auto& [header, message] : cases) {
        INFO(header);
        CHECK(message_of(file_of(header, 8)).find(message) != std::string::npos);
    }
    CHECK(message_of(std::string(7, '\0')).find("the file ends here") != std::string::npos);
    CHECK(message_of(std::string(8, '\xff')).find("a header of 18446744073709551615 bytes") != std::string::npos);
}

TEST_CASE("an index names its files") {
    const auto files = read_safetensors_index(R"({"metadata":{"total_size":9},"weight_map":{"a":"2.safetensors","b":"1.safetensors","c":"1.safetensors"}})", "i");
    CHECK(files.value() == std::vector<std::string>{"1.safetensors", "2.safetensors"});
    CHECK_FALSE(read_safetensors_index("{}", "i"));
    CHECK_FALSE(read_safetensors_index("{\"weight_map\":{\"a\":1}}", "i"));
    CHECK_FALSE(read_safetensors_index("{\"weight_map\":{\"a\":\"../secret\"}}", "i"));
    CHECK_FALSE(read_safetensors_index("[", "i"));
}

TEST_CASE("a tensor that stands in two files of a checkpoint is an error") {
    const std::string a = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    MemoryFiles files;
    files.add("model.safetensors.index.json", R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
    files.add("1.safetensors", file_of(a, 8));
    files.add("2.safetensors", file_of(a, 8));
    CHECK(read_checkpoint("model.safetensors.index.json", files.files()).error().message ==
          "model.safetensors.index.json: tensor 'a' appears twice");
}

TEST_CASE("a checkpoint's folder") {
    const std::string a = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    const std::string b = R"({"b":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}})";
    MemoryFiles files;
    files.add("dir/model.safetensors.index.json", R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
    files.add("dir/1.safetensors", file_of(a, 8));
    CHECK(open_model_file("dir", files.files()).error().message.find("dir/2.safetensors: No such file") != std::string::npos);
    files.add("dir/2.safetensors", file_of(b, 8));
    const auto model = open_model_file("dir", files.files()).value();
    CHECK(model.checkpoint->tensors.size() == 2);
    CHECK(model.checkpoint->files == 2);
    CHECK(model.name == "dir");
    CHECK(model.no_dimensions->message.find("no config.json beside it") != std::string::npos);
    MemoryFiles empty;
    empty.add("dir/readme.md", "");
    CHECK(open_model_file("dir", empty.files()).error().message.find("no config.json") != std::string::npos);
}

TEST_CASE("a checkpoint that stores an output matrix") {
    const auto dimensions = [](const char* tied) {
        MemoryFiles files;
        files.add("dir/model.safetensors",
                  file_of(R"({"lm_head.weight":{"dtype":"BF16","shape":[3,4],"data_offsets":[0,24]}})", 24));
        files.add(
            "dir/config.json",
            R"({"architectures":["Qwen2ForCausalLM"],"hidden_size":4,"num_hidden_layers":1,"vocab_size":3,)"
            R"("num_attention_heads":1,"intermediate_size":4,"max_position_embeddings":8,"tie_word_embeddings":)" +
                std::string{tied} + "}");
        return open_model_file("dir", files.files()).value().dimensions;
    };
    // The one that is tied is stored a second time.
    CHECK(dimensions("true").tied_embeddings == true);
    CHECK(dimensions("true").tied_output_stored == true);
    CHECK(dimensions("false").tied_embeddings == false);
    CHECK_FALSE(dimensions("false").tied_output_stored);
}
