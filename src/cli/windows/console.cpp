// Compiled with MinGW, not yet run.
#include "cli/console.hpp"

#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <cstdio>

namespace fitcalc::cli {

void prepare_streams() {
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    SetConsoleOutputCP(CP_UTF8);
}

bool out_is_terminal() { return _isatty(_fileno(stdout)) != 0; }

std::optional<int> terminal_width() {
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!out_is_terminal() || !GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)) return std::nullopt;
    return info.srWindow.Right - info.srWindow.Left + 1;
}

}  // namespace fitcalc::cli
