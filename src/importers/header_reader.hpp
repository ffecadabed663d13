// Reads the header of a file front to back, through a window, so that only what is looked at is read.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"

namespace fitcalc {

// What is wrong with a file; thrown and caught within the importers.
struct Malformed {
    Error error;
};

class HeaderReader {
public:
    // `origin` names the file in messages. `limit`: no header is longer, so a hostile one can't keep us reading.
    HeaderReader(const ByteSource& source, std::string_view origin, std::uint64_t limit);

    // Where we are, for messages: "tensor 12".
    void enter(const char* what, std::uint64_t index) {
        what_ = what;
        index_ = index;
    }
    [[noreturn]] void reject(const std::string& reason) const;

    const std::string& origin() const { return origin_; }
    std::uint64_t position() const { return window_begin_ + at_; }
    std::uint64_t left() const { return end_ - position(); }

    // Little-endian, as the formats have it.
    template <class Number>
    Number number() {
        static_assert(std::endian::native == std::endian::little, "byte swapping is not written");
        Number value;
        std::memcpy(&value, need(sizeof value), sizeof value);
        at_ += sizeof value;
        return value;
    }

    // The view holds until the next call. `length` is at most the window's size.
    std::string_view text(std::uint64_t length) {
        const std::string_view view{need(length), static_cast<std::size_t>(length)};
        at_ += static_cast<std::size_t>(length);
        return view;
    }

    void skip(std::uint64_t bytes) {
        if (bytes <= length_ - at_)
            at_ += static_cast<std::size_t>(bytes);
        else
            jump(bytes);
    }

    static constexpr std::size_t window_size = std::size_t{1} << 16;  // stays in the processor's cache

private:
    const char* need(std::uint64_t bytes) {
        if (bytes > length_ - at_) refill(bytes);
        return window_.data() + at_;
    }
    void refill(std::uint64_t bytes);
    void jump(std::uint64_t bytes);
    void check_left(std::uint64_t bytes) const;

    const ByteSource& source_;
    std::string origin_;
    std::uint64_t limit_;
    std::uint64_t end_;  // of what may be read
    std::vector<char> window_;
    std::uint64_t window_begin_ = 0;
    std::size_t length_ = 0;  // of what the window holds
    std::size_t at_ = 0;      // within the window
    const char* what_ = "header";
    std::uint64_t index_ = 0;
};

}  // namespace fitcalc
