// Expected failures are values: Result<T> holds a T or an Error.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace fitcalc {

enum class ErrorKind {
    usage,        // an option or value that makes no sense
    unknown_name, // no model, device, quantization or engine of that name, or several
    bad_data,     // a file or catalog that is missing, truncated, malformed or inconsistent
    unsupported,  // understood, but beyond what this version computes
    system,       // the operating system refused
};

struct Error {
    ErrorKind kind = ErrorKind::usage;
    std::string message;  // one line, no full stop: what is wrong, with the offending text
    std::string hint;     // what to do about it; may be empty

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
    return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint)});
}

}  // namespace fitcalc
