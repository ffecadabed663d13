#include "commands_text.hpp"

#include "format.hpp"

namespace fitcalc {
namespace {

void add_ollama(Page& page, const RunCommands& commands) {
    if (commands.ollama.empty()) {
        page.led_paragraph({"  # "}, commands.ollama_note, Style::faint);
        return;
    }
    std::string serve;
    for (const RunSetting& variable : commands.ollama_environment) serve += formatted("{}={} ", variable.name, variable.value);
    if (!serve.empty()) page.line({"  "}, serve + "ollama serve");
    if (commands.ollama.starts_with("ollama create")) {
        std::string lines;
        for (const char c : commands.ollama_modelfile) lines += c == '\n' ? std::string("\\n") : std::string(1, c);
        page.line({"  "}, formatted("printf '{}' > Modelfile", lines));
    }
    page.line({"  "}, commands.ollama);
    if (!commands.ollama_note.empty()) page.led_paragraph({"  # "}, commands.ollama_note, Style::faint);
}

}  // namespace

void add_commands(Page& page, const RunCommands& commands) {
    page.line({"  "}, commands.llama_server);
    if (!commands.llama_cli.empty()) page.line({"  "}, commands.llama_cli);
    add_ollama(page, commands);
    std::string settings;
    for (const RunSetting& setting : commands.lm_studio)
        settings += formatted("{}{} {}", settings.empty() ? "" : ", ", setting.name, setting.value);
    page.led_paragraph({"  # "}, "LM Studio: " + settings, Style::faint);
}

}  // namespace fitcalc
