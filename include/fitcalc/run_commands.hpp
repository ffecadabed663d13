// The commands that run a model as planned: llama.cpp's, Ollama's, and what to set in LM Studio.
//
// Only what differs from the engine's own defaults is said, and what the plan rests on: the context (otherwise the
// engine takes the model's whole one, or shortens it), the layers (otherwise it leaves some in host memory where less
// than its margin stays free) and llama-server's number of slots (otherwise four, which share one cache).
// Source: llama.cpp de3ff81, common/arg.cpp and common/common.h; Ollama fb30760, llm/llama_server.go, api/types.go and
// envconfig/config.go; the LM Studio documentation's load parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

struct RunPlan {
    std::string repository;  // on Hugging Face, with GGUF files; empty: `file`
    std::string file;        // the GGUF file, or the name it would have
    std::string file_note;   // where to get that file; may be empty
    std::string quant;       // as the repository's files are named: "Q4_K_M"
    std::string ollama_tag;  // of just this quantization; empty: none known
    std::string ollama_library_tag;  // of a quantization that the library chose; empty: none known, or another is wanted
    std::string name;        // for a model made from a Modelfile
    Bytes file_size;
    EngineSettings settings;
    Layers layers;           // that can be on devices: all blocks and the output stage
    Layers gpu_layers;       // that are, counted likewise
    Layers expert_layers;    // how many blocks --n-cpu-moe would have to count for all experts; 0: none has any
    Layers cpu_moe_layers;   // of the first blocks, whose experts are in host memory
    std::vector<double> tensor_split;  // empty: the engine divides by free memory
};

// One thing to set, and to what.
struct RunSetting {
    std::string name, value;

    friend bool operator==(const RunSetting&, const RunSetting&) = default;
};

struct RunCommands {
    std::string file_note;  // as in RunPlan
    std::string llama_server;
    std::string llama_cli;  // empty with several sequences: it serves one
    std::string ollama;     // empty where Ollama has no setting for the plan; see ollama_note
    std::vector<RunSetting> ollama_environment;  // of `ollama serve`
    std::string ollama_modelfile;                // what `ollama create -f Modelfile` reads
    std::string ollama_note;                     // what to know; may be empty
    std::vector<RunSetting> lm_studio;           // load parameters, as its interface names them
};

RunCommands run_commands(const RunPlan& plan);

// The word as a POSIX shell takes it.
std::string shell_word(const std::string& word);

}  // namespace fitcalc
