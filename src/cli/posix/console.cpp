#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>

namespace fitcalc::cli {

void prepare_streams() { std::signal(SIGPIPE, SIG_IGN); }

bool out_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

std::optional<int> terminal_width() {
    winsize size{};
    if (!out_is_terminal() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
    return size.ws_col;
}

}  // namespace fitcalc::cli
