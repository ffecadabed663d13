#include "fitcalc/run_commands.hpp"

#include <algorithm>

#include "render/commands_text.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

RunPlan whole_plan() {
    RunPlan plan;
    plan.repository = "unsloth/Sample-8B-GGUF";
    plan.file = "Sample-8B-Q4_K_M.gguf";
    plan.quant = "Q4_K_M";
    plan.ollama_tag = "sample:8b";
    plan.name = "sample-8b-q4_k_m";
    plan.file_size = GB * 5;
    plan.layers = plan.gpu_layers = Layers{33};
    return plan;
}

}  // namespace

TEST_CASE("a plan with everything on the device needs few words", "[commands]") {
    const RunCommands commands = run_commands(whole_plan());
    CHECK(commands.llama_server == "llama-server -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 -np 1");
    CHECK(commands.llama_cli == "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99");
    CHECK(commands.ollama == "ollama run sample:8b");
    CHECK(commands.ollama_environment == std::vector<RunSetting>{{"OLLAMA_CONTEXT_LENGTH", "8192"}});
    CHECK(commands.ollama_modelfile == "FROM sample:8b\nPARAMETER num_ctx 8192\n");
    CHECK(commands.lm_studio == std::vector<RunSetting>{
                                    {"Context Length", "8192"}, {"GPU Offload", "32 of 32"}, {"Max Concurrent Predictions", "1"}});
}

TEST_CASE("the context size is that of all slots together, each rounded up as the engine does", "[commands]") {
    RunPlan plan = whole_plan();
    plan.settings.context = Tokens{1000};
    plan.settings.sequences = 4;
    SECTION("a stream each") {
        const RunCommands commands = run_commands(plan);
        CHECK(commands.llama_server == "llama-server -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 4096 -ngl 99 -np 4");
        CHECK(commands.llama_cli.empty());
        CHECK(commands.ollama_environment ==
              std::vector<RunSetting>{{"OLLAMA_CONTEXT_LENGTH", "1024"}, {"OLLAMA_NUM_PARALLEL", "4"}});
    }
    SECTION("one for all") {
        plan.settings.kv_unified = true;
        const RunCommands commands = run_commands(plan);
        CHECK(commands.llama_server == "llama-server -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 4096 -ngl 99 -np 4 --kv-unified");
        CHECK(commands.ollama.empty());
        CHECK(commands.ollama_note.find("shared") != std::string::npos);
    }
}

TEST_CASE("what is not the default is said", "[commands]") {
    RunPlan plan = whole_plan();
    plan.settings.type_k = plan.settings.type_v = GgmlType::q8_0;
    plan.settings.ubatch = Tokens{1024};
    const RunCommands commands = run_commands(plan);
    CHECK(commands.llama_cli ==
          "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 -ctk q8_0 -ctv q8_0 -fa on -ub 1024");
    CHECK(commands.ollama == "ollama create sample-8b-q4_k_m -f Modelfile && ollama run sample-8b-q4_k_m");
    CHECK(commands.ollama_modelfile == "FROM sample:8b\nPARAMETER num_ctx 8192\nPARAMETER num_batch 1024\n");
    CHECK(commands.ollama_environment ==
          std::vector<RunSetting>{{"OLLAMA_KV_CACHE_TYPE", "q8_0"}, {"OLLAMA_FLASH_ATTENTION", "1"}});
    plan = whole_plan();
    plan.settings.flash_attention = false;
    plan.settings.swa_full = true;
    plan.settings.batch = Tokens{4096};
    CHECK(run_commands(plan).llama_cli ==
          "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 -fa off -b 4096 --swa-full");
    // One sequence shares its cache with nobody.
    plan = whole_plan();
    plan.settings.kv_unified = true;
    CHECK(run_commands(plan).ollama_note.empty());
    plan.settings.sequences = 2;
    CHECK(run_commands(plan).ollama_note == "Ollama has no setting for a cache shared by all sequences");
}

TEST_CASE("a quantized K cache alone does not need flash attention", "[commands]") {
    RunPlan plan = whole_plan();
    plan.settings.type_k = GgmlType::q8_0;
    const RunCommands commands = run_commands(plan);
    CHECK(commands.llama_cli == "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 -ctk q8_0");
    CHECK(commands.ollama.empty());
    CHECK(commands.ollama_note == "Ollama has one type for both caches");
}

TEST_CASE("a part of the model in host memory", "[commands]") {
    RunPlan plan = whole_plan();
    SECTION("layers") {
        plan.gpu_layers = Layers{20};
        const RunCommands commands = run_commands(plan);
        CHECK(commands.llama_cli == "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 20 -fa on");
        CHECK(commands.ollama_modelfile == "FROM sample:8b\nPARAMETER num_ctx 8192\nPARAMETER num_gpu 20\n");
        CHECK(commands.lm_studio[1] == RunSetting{"GPU Offload", "20 of 32"});
    }
    SECTION("some experts") {
        plan.expert_layers = Layers{32};
        plan.cpu_moe_layers = Layers{7};
        const RunCommands commands = run_commands(plan);
        CHECK(commands.llama_cli == "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 --n-cpu-moe 7");
        CHECK(commands.ollama == "ollama run sample:8b");
        CHECK_FALSE(commands.ollama_note.empty());
        CHECK(commands.lm_studio[2] == RunSetting{"Force Model Expert Weights onto CPU", "7 layers"});
    }
    SECTION("all experts, on two devices that don't share as they would by themselves") {
        plan.expert_layers = plan.cpu_moe_layers = Layers{32};
        plan.tensor_split = {3, 1.5};
        CHECK(run_commands(plan).llama_cli ==
              "llama-cli -hf unsloth/Sample-8B-GGUF:Q4_K_M -c 8192 -ngl 99 -ts 3,1.5 --cpu-moe");
    }
}

TEST_CASE("LM Studio is told of the slots' cache where there are several", "[commands]") {
    const auto unified = [](std::int64_t sequences) {
        RunPlan plan = whole_plan();
        plan.settings.sequences = sequences;
        const auto settings = run_commands(plan).lm_studio;
        return std::ranges::count(settings, RunSetting{"Unified KV Cache", "off"});
    };
    CHECK(unified(1) == 0);
    CHECK(unified(2) == 1);
}

TEST_CASE("shares are written with every digit that counts", "[commands]") {
    RunPlan plan = whole_plan();
    const auto shares = [&](std::vector<double> split) {
        plan.tensor_split = std::move(split);
        const std::string line = run_commands(plan).llama_cli;
        return line.substr(line.find("-ts ") + 4);
    };
    CHECK(shares({3, 1}) == "3,1");
    CHECK(shares({0.55, 0.45}) == "0.55,0.45");
    CHECK(shares({1e-7, 1}) == "1e-07,1");
    CHECK(shares({0.12345678, 100'000}) == "0.12345678,100000");
    CHECK(shares({0, 1e30}) == "0,1e+30");
}

TEST_CASE("n-gpu-layers says more layers than there are when all are meant", "[commands]") {
    RunPlan plan = whole_plan();
    plan.layers = plan.gpu_layers = Layers{99};
    CHECK(run_commands(plan).llama_cli.ends_with("-ngl 99"));
    plan.layers = plan.gpu_layers = Layers{127};
    CHECK(run_commands(plan).llama_cli.ends_with("-ngl 999"));
    plan.gpu_layers = Layers{126};
    CHECK(run_commands(plan).llama_cli.ends_with("-ngl 126 -fa on"));
}

TEST_CASE("where the model comes from", "[commands]") {
    RunPlan plan = whole_plan();
    plan.ollama_tag.clear();
    SECTION("a repository serves Ollama too") {
        CHECK(run_commands(plan).ollama == "ollama run hf.co/unsloth/Sample-8B-GGUF:Q4_K_M");
    }
    SECTION("unless the file is too large to lie there in one part") {
        plan.file_size = GB * 51;
        CHECK(run_commands(plan).ollama_modelfile.starts_with("FROM ./Sample-8B-Q4_K_M.gguf\n"));
        plan.ollama_library_tag = "sample:latest";
        const RunCommands commands = run_commands(plan);
        CHECK(commands.ollama == "ollama run sample:latest");
        CHECK(commands.ollama_note.find("not always Q4_K_M") != std::string::npos);
    }
    SECTION("a file of one's own, with a name that a shell would take apart") {
        plan.repository.clear();
        plan.file = "/models/my model's.gguf";
        const RunCommands commands = run_commands(plan);
        CHECK(commands.llama_cli == "llama-cli -m '/models/my model'\\''s.gguf' -c 8192 -ngl 99");
        CHECK(commands.ollama_modelfile.starts_with("FROM /models/my model's.gguf\n"));
    }
}

TEST_CASE("one layer on the CPU is not all of LM Studio's slider", "[commands]") {
    RunPlan plan = whole_plan();
    plan.gpu_layers = Layers{32};
    CHECK(run_commands(plan).lm_studio[1] == RunSetting{"GPU Offload", "31 of 32"});
    plan.gpu_layers = Layers{};
    CHECK(run_commands(plan).lm_studio[1] == RunSetting{"GPU Offload", "0 of 32"});
}

TEST_CASE("a Modelfile is printed as a shell and printf leave it", "[commands]") {
    RunCommands commands;
    commands.ollama = "ollama create x -f Modelfile";
    commands.ollama_modelfile = "FROM ./it's 100%\\a.gguf\nPARAMETER num_ctx 8192\n";
    Page page{Terminal::document()};
    add_commands(page, commands);
    CHECK(page.take().find(R"(printf 'FROM ./it'\''s 100%%\\a.gguf\nPARAMETER num_ctx 8192\n' > Modelfile)") != std::string::npos);
}
