#include "commands_text.hpp"

#include "format.hpp"

namespace fitcalc {
namespace {

// The text as printf reads it in its first argument: no escapes and no conversions but its line breaks.
std::string printf_format(std::string_view text) {
    std::string format;
    for (const char c : text) {
        if (c == '\n')
            format += "\\n";
        else
            format.append(c == '\\' || c == '%' ? 2 : 1, c);
    }
    return format;
}

void add_ollama(Page& page, const RunCommands& commands) {
    if (commands.ollama.empty()) {
        page.led_paragraph({"  # "}, commands.ollama_note, Style::faint);
        return;
    }
    std::string serve;
    for (const RunSetting& variable : commands.ollama_environment) serve += formatted("{}={} ", variable.name, variable.value);
    if (!serve.empty()) page.line({"  "}, serve + "ollama serve");
    if (commands.ollama.starts_with("ollama create"))
        page.line({"  "}, formatted("printf {} > Modelfile", shell_word(printf_format(commands.ollama_modelfile))));
    page.line({"  "}, commands.ollama);
    if (!commands.ollama_note.empty()) page.led_paragraph({"  # "}, commands.ollama_note, Style::faint);
}

}  // namespace

void add_commands(Page& page, const RunCommands& commands) {
    if (!commands.file_note.empty()) page.led_paragraph({"  # "}, commands.file_note, Style::faint);
    page.line({"  "}, commands.llama_server);
    if (!commands.llama_cli.empty()) page.line({"  "}, commands.llama_cli);
    add_ollama(page, commands);
    std::string settings;
    for (const RunSetting& setting : commands.lm_studio)
        settings += formatted("{}{} {}", settings.empty() ? "" : ", ", setting.name, setting.value);
    page.led_paragraph({"  # "}, "LM Studio: " + settings, Style::faint);
}

}  // namespace fitcalc
