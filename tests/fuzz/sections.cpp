#include "sections.hpp"

#include <charconv>

namespace fitcalc::fuzz {
namespace {

constexpr std::string_view mark = "@@ ";

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "PATH" or "PATH SIZE".
void add_file(Sections& sections, std::string_view heading, std::string_view bytes) {
    InputFile file{std::string(bytes), bytes.size()};
    if (const auto space = heading.rfind(' '); space != std::string_view::npos) {
        if (const auto size = whole_number(heading.substr(space + 1))) {
            file.size = *size;
            heading = heading.substr(0, space);
        }
    }
    sections.files.insert_or_assign(std::string(heading), std::move(file));
}

const InputFile* find(const Sections& sections, std::string_view path) {
    const auto found = sections.files.find(path);
    return found == sections.files.end() ? nullptr : &found->second;
}

Machine sample_machine() {
    Machine machine;
    machine.system.name = "linux";
    machine.memory.total = GiB * 64;
    machine.memory.available = GiB * 60;
    Gpu& card = machine.gpus.emplace_back();
    card.vendor = "nvidia";
    card.name = "NVIDIA GeForce RTX 4090";
    card.memory = MiB * 24564;
    card.free = MiB * 24000;
    card.pci_id = "10de:2684";
    return machine;
}

}  // namespace

Sections read_sections(std::string_view text) {
    Sections sections;
    std::optional<std::string_view> heading;
    std::size_t begin = 0;
    const auto end_section = [&](std::size_t end) {
        if (!heading) return;
        const std::size_t last = end > begin && end < text.size() ? end - 1 : end;  // the line's end belongs to the mark
        add_file(sections, *heading, text.substr(begin, last - begin));
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        const std::size_t next = std::min(end + 1, text.size());
        if (line.starts_with(mark)) {
            end_section(at);
            heading = line.substr(mark.size());
            begin = next;
        } else if (!heading) {
            sections.words.emplace_back(line);
        }
        at = next;
    }
    end_section(text.size());
    return sections;
}

Files files_of(const std::map<std::string, InputFile, std::less<>>& named) {
    Files files;
    files.open = [&named](const std::string& path) -> Result<std::unique_ptr<ByteSource>> {
        const auto found = named.find(path);
        if (found == named.end()) return fail(ErrorKind::bad_data, path + ": No such file or directory");
        return std::make_unique<MemorySource>(found->second.bytes, found->second.size);
    };
    files.is_folder = [&named](const std::string& path) {
        const auto inside = named.lower_bound(path + "/");
        return !path.empty() && inside != named.end() && inside->first.starts_with(path + "/");
    };
    return files;
}

cli::World Sections::world() const {
    cli::World world;
    const auto text_of = [this](const std::string& path) -> Result<std::string> {
        if (const InputFile* file = find(*this, path)) return file->bytes;
        return fail(ErrorKind::bad_data, path + ": No such file or directory");
    };
    world.variable = [this](const char* name) -> std::optional<std::string> {
        if (const InputFile* value = find(*this, std::string("$") + name)) return value->bytes;
        return std::nullopt;
    };
    world.read_file = text_of;
    world.read_input = [text_of] { return text_of("-"); };
    world.files = files_of(files);
    world.detect = sample_machine;
    if (const InputFile* width = find(*this, "/")) {
        world.out_is_terminal = true;
        const auto columns = whole_number(width->bytes);
        if (columns && *columns > 0 && *columns <= 1000) world.terminal_width = static_cast<int>(*columns);
    }
    return world;
}

}  // namespace fitcalc::fuzz
