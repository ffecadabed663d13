// Writes a sparse GGUF file of about 400 GB for bench/inspect: a real header, no weights.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "gguf_bytes.hpp"

namespace {

constexpr std::uint64_t words = 150'000, layers = 126, width = 16384, alignment = 32;

void put_words(std::string& out, const std::string& key, const std::string& word) {
    put_text(out, key);
    put<std::uint32_t>(out, 9);  // a list
    put<std::uint32_t>(out, 8);  // of texts
    put(out, words);
    for (std::uint64_t i = 0; i < words; ++i) put_text(out, word + std::to_string(i));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: fitcalc_sparse_gguf FILE\n"), 2;
    std::string infos;
    std::uint64_t data = 0, tensors = 0;
    for (std::uint64_t layer = 0; layer < layers; ++layer)
        for (const char* name : {"attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "attn_k"}) {
            put_text(infos, "blk." + std::to_string(layer) + "." + name + ".weight");
            put<std::uint32_t>(infos, 2);
            put(infos, width);
            put(infos, width);
            put<std::uint32_t>(infos, 1);  // f16
            put(infos, data);
            data += width * width * 2;
            ++tensors;
        }
    std::string header = "GGUF";
    put<std::uint32_t>(header, 3);
    put(header, tensors);
    put<std::uint64_t>(header, 4);
    put_text(header, "general.architecture");
    put<std::uint32_t>(header, 8);
    put_text(header, "llama");
    put_words(header, "tokenizer.ggml.tokens", "token");
    put_words(header, "tokenizer.ggml.merges", "to ken");
    put_text(header, "llama.block_count");
    put<std::uint32_t>(header, 4);
    put<std::uint32_t>(header, layers);
    header += infos;
    header.resize((header.size() + alignment - 1) / alignment * alignment);
    std::ofstream(argv[1], std::ios::binary) << header;
    std::error_code error;
    std::filesystem::resize_file(argv[1], header.size() + data, error);
    return error ? std::fprintf(stderr, "%s: %s\n", argv[1], error.message().c_str()), 4 : 0;
}
