#include "json_commands.hpp"

#include "json_parts.hpp"

namespace fitcalc {
namespace {

Json settings_of(const std::vector<RunSetting>& settings) {
    Json out = Json::object();
    for (const RunSetting& setting : settings) out[setting.name] = setting.value;
    return out;
}

}  // namespace

Json commands_json(const RunCommands& commands) {
    Json out;
    out["file_note"] = text(commands.file_note);
    out["llama_server"] = text(commands.llama_server);
    out["llama_cli"] = text(commands.llama_cli);
    out["ollama"] = text(commands.ollama);
    out["ollama_environment"] = settings_of(commands.ollama_environment);
    out["ollama_modelfile"] = text(commands.ollama_modelfile);
    out["ollama_note"] = text(commands.ollama_note);
    out["lm_studio"] = settings_of(commands.lm_studio);
    return out;
}

}  // namespace fitcalc
