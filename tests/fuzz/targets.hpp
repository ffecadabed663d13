// What the fuzzers call: one function for each kind of input from outside. A function takes bytes that may be anything
// and requires, beyond not crashing, what must hold of every answer. libFuzzer calls them (driver.cpp), and an ordinary
// test replays the corpus through them (replay_test.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace fitcalc::fuzz {

int fuzz_bench(const std::uint8_t* data, std::size_t size);        // what llama-bench -o json prints, measured runs
int fuzz_catalog(const std::uint8_t* data, std::size_t size);      // a catalog to lay over the built-in one
int fuzz_gguf(const std::uint8_t* data, std::size_t size);         // a GGUF header
int fuzz_hf_config(const std::uint8_t* data, std::size_t size);    // a config.json
int fuzz_machine(const std::uint8_t* data, std::size_t size);      // a machine that detect --json saved
int fuzz_names(const std::uint8_t* data, std::size_t size);        // names of models and devices
int fuzz_run(const std::uint8_t* data, std::size_t size);          // a command line with its files; see sections.hpp
int fuzz_safetensors(const std::uint8_t* data, std::size_t size);  // a safetensors header, or an index of several
int fuzz_values(const std::uint8_t* data, std::size_t size);       // sizes, tokens, counts, dates, bandwidths

struct Target {
    std::string_view name;  // of its folder in corpus/
    int (*call)(const std::uint8_t* data, std::size_t size);
};

std::span<const Target> targets();

}  // namespace fitcalc::fuzz
