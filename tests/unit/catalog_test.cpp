#include <set>

#include "catalog/embedded.hpp"
#include "catalog/json_reader.hpp"
#include "catalog/names.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("names are found however they are typed") {
    const Catalog catalog;
    const auto model = [&](const char* name) { return std::string(catalog.find_model(name).value().record->id); };
    CHECK(model("deepseek-r1-0528") == "deepseek-r1-0528");
    CHECK(model("DeepSeek R1 0528") == "deepseek-r1-0528");
    CHECK(model("deepseek-ai/DeepSeek-R1-0528") == "deepseek-r1-0528");
    CHECK(model("deepseek-r1:32b") == "deepseek-r1-distill-qwen-32b");
    CHECK(model("deepseek-r1:8b") == "deepseek-r1-0528-qwen3-8b");
    CHECK(model("Llama_3.1_8B") == "llama-3.1-8b");
    const auto device = [&](const char* name) { return std::string(catalog.find_device(name).value().record->id); };
    for (const char* name : {"rtx-4090", "4090", "RTX 4090", "NVIDIA GeForce RTX 4090", "rtx4090"}) CHECK(device(name) == "rtx-4090");
    CHECK(device("h100") == "h100-sxm-80gb");
    CHECK(device("rtx 3060") == "rtx-3060-12gb");
    CHECK_FALSE(catalog.find_device("h100")->passed_over.empty());
}

TEST_CASE("an unknown name is an error with the nearest ones") {
    const Catalog catalog;
    const auto model = catalog.find_model("depseek-r1");
    REQUIRE_FALSE(model);
    CHECK(model.error().kind == ErrorKind::unknown_name);
    CHECK(model.error().hint.find("deepseek-r1") != std::string::npos);
    CHECK_FALSE(catalog.find_model(""));
    CHECK_FALSE(catalog.find_model("---"));
    CHECK_FALSE(catalog.find_device(std::string(100'000, 'x')));
}

TEST_CASE("no model name belongs to two records, and a shared device name has one common holder") {
    const Catalog catalog;
    std::map<std::string, std::string_view> owner;
    for (const ModelRecord* model : catalog.models()) {
        std::set<std::string> keys{name_key(model->id), name_key(model->name), name_key(model->huggingface)};
        for (const auto alias : model->aliases) keys.insert(name_key(alias));
        for (const auto tag : model->ollama) keys.insert(name_key(tag));
        keys.erase("");
        for (const auto& key : keys) {
            INFO(key << " of " << model->id);
            const auto [at, fresh] = owner.emplace(key, model->id);
            CHECK((fresh || at->second == model->id));
        }
    }
    std::map<std::string, std::vector<const DeviceRecord*>> holders;
    for (const DeviceRecord* device : catalog.devices()) {
        std::set<std::string> keys{name_key(device->id), name_key(device->name)};
        for (const auto alias : device->aliases) keys.insert(name_key(alias));
        for (const auto& key : keys) holders[key].push_back(device);
    }
    for (const auto& [key, devices] : holders) {
        if (devices.size() == 1) continue;
        INFO(key);
        CHECK(std::ranges::count_if(devices, [](const DeviceRecord* d) { return d->common; }) == 1);
    }
}

TEST_CASE("every record names its source, and every model can be computed") {
    const Catalog catalog;
    CHECK(catalog.models().size() >= 400);
    CHECK(catalog.devices().size() >= 400);
    CHECK(catalog.quants().size() == file_types().size());
    for (const ModelRecord* model : catalog.models()) {
        INFO(model->id);
        CHECK_FALSE(model->sources.empty());
        const auto spec = describe_model(model->architecture, model->dimensions());
        REQUIRE(spec);
        // What is published holds the next-token layer (and the scales of FP8 weights) too; nothing is smaller.
        const Params computed = tensor_inventory(*spec).params();
        if (model->published_parameters && model->architecture != "deepseek2") {
            const double ratio = static_cast<double>(computed.count()) / static_cast<double>(*model->published_parameters);
            CHECK(ratio == Approx(1.0).epsilon(0.0005));
        }
    }
    for (const DeviceRecord* device : catalog.devices()) {
        INFO(device->id);
        CHECK_FALSE(device->sources.empty());
        // Memory of a host is what its owner put in.
        CHECK((device->memory_bytes.value_or(0) > 0) == (device->kind != "host"));
        CHECK(device->bandwidth_bytes_per_second.value_or(0) > 0);
    }
    for (const FileTypeTraits& type : file_types()) CHECK(catalog.find_quant(type.name));
}

TEST_CASE("what is compiled in is what the files say") {
    const CatalogTables embedded = embedded_tables();
    const auto parsed = parse_catalog(read_text(FITCALC_SOURCE_DIR "/data/models.json"), "models.json").value();
    REQUIRE(parsed.tables.models.size() == embedded.models.size());
    for (std::size_t i = 0; i < embedded.models.size(); ++i) {
        const ModelRecord &a = embedded.models[i], &b = parsed.tables.models[i];
        CHECK(a.id == b.id);
        CHECK(a.dimensions() == b.dimensions());
        CHECK(a.published_parameters == b.published_parameters);
        CHECK(a.metadata_bytes == b.metadata_bytes);
        CHECK(a.scores.size() == b.scores.size());
        CHECK(a.confidence == b.confidence);
    }
    const auto gpus = parse_catalog(read_text(FITCALC_SOURCE_DIR "/data/gpus.json"), "gpus.json").value();
    REQUIRE(gpus.tables.devices.size() == embedded.devices.size());
    for (std::size_t i = 0; i < embedded.devices.size(); ++i) {
        CHECK(embedded.devices[i].id == gpus.tables.devices[i].id);
        CHECK(embedded.devices[i].memory_bytes == gpus.tables.devices[i].memory_bytes);
        CHECK(embedded.devices[i].default_limit_bytes == gpus.tables.devices[i].default_limit_bytes);
        CHECK(embedded.devices[i].members.size() == gpus.tables.devices[i].members.size());
    }
}

TEST_CASE("catalog dimensions equal those of the measured models") {
    const Catalog catalog;
    const std::pair<const char*, const char*> same[] = {
        {"deepseek-r1-0528", "deepseek-r1-0528"},
        {"deepseek-r1-0528-qwen3-8b", "deepseek-r1-0528-qwen3-8b"},
        {"deepseek-r1-distill-llama-8b", "deepseek-r1-distill-llama-8b"},
        {"deepseek-r1-distill-qwen-1.5b", "deepseek-r1-distill-qwen-1.5b"},
        {"deepseek-r1-distill-qwen-14b", "deepseek-r1-distill-qwen-14b"},
        {"deepseek-r1-distill-qwen-32b", "qwen2.5-32b"},
        {"deepseek-r1-distill-llama-70b", "llama-3.1-70b"},
        {"llama-3.1-8b", "llama-3.1-8b"},
    };
    for (const auto& [id, measured] : same) {
        INFO(id);
        const ModelRecord* record = catalog.find_model(id).value().record;
        const ReferenceModel& reference = reference_model(measured);
        const TensorInventory ours = tensor_inventory(describe_model(record->architecture, record->dimensions()).value());
        REQUIRE(ours.tensors.size() == reference.tensors.tensors.size());
        for (const Tensor& tensor : reference.tensors.tensors) {
            INFO(tensor.name.view());
            REQUIRE(ours.find(tensor.name));
            CHECK(ours.find(tensor.name)->shape == tensor.shape);
        }
    }
}

TEST_CASE("an overlay replaces records of the same id and adds others") {
    Catalog catalog;
    const std::size_t before = catalog.devices().size();
    REQUIRE(catalog.overlay(R"({"gpus": [{"id": "rtx-4090", "name": "mine", "memory_bytes": 1000},
                                         {"id": "my-card", "name": "My Card", "memory_bytes": 2000, "sources": ["label"]}]})", "mine.json"));
    CHECK(catalog.devices().size() == before + 1);
    CHECK(catalog.find_device("rtx 4090")->record->memory_bytes == 1000);
    CHECK(catalog.find_device("my card")->record->memory_bytes == 2000);
}

TEST_CASE("a malformed overlay is bad data that names file and place, and changes nothing") {
    Catalog catalog;
    const std::size_t before = catalog.models().size();
    std::string deep = R"({"models": )" + std::string(100'000, '[');
    const std::pair<std::string, const char*> cases[] = {
        {"", "no valid JSON"},
        {"[]", "not a JSON object"},
        {"{}", "holds no models"},
        {R"({"models": {}})", "models: not a list"},
        {R"({"models": [{"name": "x"}]})", "models[0]: has no 'id'"},
        {R"({"models": [{"id": "x", "dimensions": 3}]})", "models.x.dimensions: not an object"},
        {R"({"models": [{"id": "x", "dimensions": {"block_count": -1}}]})", "models.x.dimensions.block_count: out of range"},
        {R"({"models": [{"id": "x", "aliases": "y"}]})", "models.x.aliases: not a list"},
        {R"({"gpus": [{"id": "x", "memory_bytes": 1.5}]})", "gpus.x.memory_bytes: not a whole number"},
        {R"({"gpus": [{"id": "x", "memory_bytes": 99999999999999999999}]})", "gpus.x.memory_bytes: not a whole number"},
        {R"({"gpus": [{"id": "x", "memory_bytes": 18446744073709551615}]})", "gpus.x.memory_bytes: out of range"},
        {"{\"models\": [{\"id\": \"\xff\"}]}", "no valid JSON"},
        {deep, ""},
    };
    for (const auto& [text, message] : cases) {
        INFO(text.substr(0, 100));
        const auto result = catalog.overlay(text, "my.json");
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::bad_data);
        CHECK(result.error().message.find("my.json: ") == 0);
        CHECK(result.error().message.find(message) != std::string::npos);
    }
    CHECK(catalog.models().size() == before);
}

TEST_CASE("edit distance") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "abc") == 0);
    CHECK(edit_distance("abc", "acb") == 1);
    CHECK(edit_distance("depseek", "deepseek") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}
