#include "gguf_writer.hpp"

#include <algorithm>
#include <array>

namespace fitcalc::test {
namespace {

constexpr std::uint64_t alignment = 32;

enum : std::uint32_t { type_uint32 = 4, type_bool = 7, type_string = 8, type_array = 9 };

template <class Number>
void put(std::string& out, Number number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_text(std::string& out, std::string_view text) {
    put<std::uint64_t>(out, text.size());
    out += text;
}

std::uint64_t padded(std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; }

struct WriteDimension {
    GgufWriter& writer;
    std::string prefix;

    void operator()(const char* name, const Dimension& value) const {
        if (value) writer.number(prefix + name, *value);
    }
    // The tensor list shows the others.
    void operator()(const char* name, const std::optional<bool>& value) const {
        constexpr std::array written{std::string_view{"expert_weights_norm"}, std::string_view{"rope.scaling.finetuned"},
                                     std::string_view{"use_parallel_residual"}};
        if (value && std::ranges::find(written, name) != written.end()) writer.boolean(prefix + name, *value);
    }
    void operator()(const char* name, const PerLayer& value) const {
        if (value.uniform())
            writer.number(prefix + name, value.at(0));
        else if (value.known())
            writer.numbers(prefix + name, value.values());
    }
};

}  // namespace

GgufWriter& GgufWriter::version(std::uint32_t version) {
    version_ = version;
    return *this;
}

GgufWriter& GgufWriter::key(std::string_view name, std::uint32_t type) {
    put_text(pairs_, name);
    put(pairs_, type);
    ++pair_count_;
    return *this;
}

GgufWriter& GgufWriter::text(std::string_view name, std::string_view value) {
    key(name, type_string);
    put_text(pairs_, value);
    return *this;
}

GgufWriter& GgufWriter::number(std::string_view name, std::uint32_t value) {
    key(name, type_uint32);
    put(pairs_, value);
    return *this;
}

GgufWriter& GgufWriter::boolean(std::string_view name, bool value) {
    key(name, type_bool);
    put<std::uint8_t>(pairs_, value ? 1 : 0);
    return *this;
}

GgufWriter& GgufWriter::numbers(std::string_view name, const std::vector<std::uint32_t>& values) {
    key(name, type_array);
    put<std::uint32_t>(pairs_, type_uint32);
    put<std::uint64_t>(pairs_, values.size());
    for (const std::uint32_t value : values) put(pairs_, value);
    return *this;
}

GgufWriter& GgufWriter::words(std::string_view name, std::size_t count) {
    key(name, type_array);
    put<std::uint32_t>(pairs_, type_string);
    put<std::uint64_t>(pairs_, count);
    for (std::size_t i = 0; i < count; ++i) put_text(pairs_, "word" + std::to_string(i));
    return *this;
}

GgufWriter& GgufWriter::raw(std::string_view name, std::uint32_t type, std::string_view bytes) {
    key(name, type);
    pairs_ += bytes;
    return *this;
}

GgufWriter& GgufWriter::dimensions(std::string_view architecture, const Dimensions& dimensions) {
    text("general.architecture", architecture);
    visit_dimensions(dimensions, WriteDimension{*this, std::string(architecture) + "."});
    return *this;
}

GgufWriter& GgufWriter::tensor(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type) {
    put_text(infos_, name);
    put<std::uint32_t>(infos_, static_cast<std::uint32_t>(shape.size()));
    std::uint64_t values = 1;
    for (const std::uint64_t n : shape) {
        put(infos_, n);
        values *= n;
    }
    put(infos_, type);
    put(infos_, padded(data_));
    ++tensor_count_;
    if (const auto known = ggml_type_from_number(type); known) {
        const auto& t = traits(*known);
        data_ = padded(data_) + values / static_cast<std::uint64_t>(t.block_values) * static_cast<std::uint64_t>(t.block_bytes);
    }
    return *this;
}

GgufWriter& GgufWriter::tensors(const TensorInventory& inventory) {
    for (const Tensor& each : inventory.tensors) {
        std::vector<std::uint64_t> shape;
        for (int d = 0; d < each.shape.dimensions(); ++d)
            shape.push_back(static_cast<std::uint64_t>(each.shape.ne[static_cast<std::size_t>(d)]));
        tensor(each.name, shape, static_cast<std::uint32_t>(each.type));
    }
    return *this;
}

std::string GgufWriter::header() const {
    std::string out = "GGUF";
    put(out, version_);
    put(out, tensor_count_);
    put(out, pair_count_);
    return out + pairs_ + infos_;
}

std::uint64_t GgufWriter::file_size() const { return padded(header().size()) + padded(data_); }

GgufWriter gguf_of(const ReferenceModel& model, const std::vector<GgmlType>& types) {
    GgufWriter writer;
    writer.dimensions(model.architecture, model.dimensions).text("general.name", model.id);
    TensorInventory inventory = model.tensors;
    for (std::size_t i = 0; i < types.size(); ++i) inventory.tensors[i].type = types[i];
    return writer.tensors(inventory);
}

void MemoryFiles::add(std::string path, std::string bytes, std::uint64_t size) {
    files_.push_back(std::make_unique<File>(File{std::move(path), std::move(bytes), size}));
}

Files MemoryFiles::files() const {
    Files files;
    files.open = [this](const std::string& path) -> Result<std::unique_ptr<ByteSource>> {
        const auto found = std::ranges::find_if(files_, [&](const auto& file) { return file->path == path; });
        if (found == files_.end()) return fail(ErrorKind::bad_data, path + ": No such file or directory");
        return std::make_unique<MemorySource>((*found)->bytes, (*found)->size);
    };
    files.is_folder = [this](const std::string& path) {
        return std::ranges::any_of(files_, [&](const auto& file) { return file->path.starts_with(path + "/"); });
    };
    return files;
}

const MemoryFiles& model_files() {
    static const MemoryFiles files = [] {
        const ReferenceModel& model = reference_model("qwen3-0.6b");
        const ModelSpec spec = spec_of(model);
        const auto types = [&](FileType type) { return QuantPlanner{spec, model.tensors}.types(type, true); };
        auto own_recipe = types(FileType::q4_k_m);
        for (std::size_t i = 0; i < own_recipe.size(); ++i)
            if (model.tensors.tensors[i].name == "token_embd.weight") own_recipe[i] = GgmlType::q8_0;
        ReferenceModel unknown = model;
        unknown.architecture = "nonesuch";
        const auto with_type = [](GgufWriter writer, FileType type) {
            return writer.number("general.file_type", number_of(type)).words("tokenizer.ggml.tokens", 151'936);
        };
        MemoryFiles made;
        made.add("qwen3-0.6b-f16.gguf", with_type(gguf_of(model, types(FileType::f16)), FileType::f16));
        made.add("qwen3-0.6b-q4_k_m.gguf", with_type(gguf_of(model, types(FileType::q4_k_m)), FileType::q4_k_m));
        made.add("qwen3-0.6b-own.gguf", with_type(gguf_of(model, own_recipe), FileType::q4_k_m));
        made.add("nonesuch.gguf", with_type(gguf_of(unknown, types(FileType::q8_0)), FileType::q8_0));
        made.add("truncated.gguf", gguf_of(model, types(FileType::f16)).header().substr(0, 300));
        return made;
    }();
    return files;
}

}  // namespace fitcalc::test
