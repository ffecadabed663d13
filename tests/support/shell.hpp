// Commands through the shell: for what only the real program can show.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace fitcalc::test {

// One word of a command, whatever is in it.
inline std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

// The exit status of what popen() or system() ran; -1 where it did not end by itself.
inline int exit_status_of(int result) { return WIFEXITED(result) ? WEXITSTATUS(result) : -1; }

inline int shell(const std::string& command) { return exit_status_of(std::system(command.c_str())); }

struct ShellOutput {
    int status = 0;
    std::string out;
};

inline ShellOutput shell_output(const std::string& command) {
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return {-1, ""};
    ShellOutput output;
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.out.append(buffer, n);
    output.status = exit_status_of(pclose(pipe));
    return output;
}

inline bool installed(const std::string& program) { return shell("command -v " + quoted(program) + " > /dev/null") == 0; }

}  // namespace fitcalc::test
