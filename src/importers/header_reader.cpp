#include "header_reader.hpp"

#include <algorithm>

namespace fitcalc {

HeaderReader::HeaderReader(const ByteSource& source, std::string_view origin, std::uint64_t limit)
    : source_{source}, origin_{origin}, limit_{limit}, end_{std::min(source.size(), limit)} {}

void HeaderReader::reject(const std::string& reason) const {
    const std::string place = index_ == 0 ? std::string(what_) : what_ + (" " + std::to_string(index_));
    throw Malformed{{ErrorKind::bad_data,
                     origin_ + ": " + place + " at byte " + std::to_string(position()) + ": " + reason, {}}};
}

void HeaderReader::check_left(std::uint64_t bytes) const {
    if (bytes <= left()) return;
    if (source_.size() > limit_ && bytes <= source_.size() - position())
        reject("the header runs beyond " + std::to_string(limit_ >> 20) + " MiB, more than any model's");
    reject("the file ends here (" + std::to_string(bytes) + " more bytes needed, " + std::to_string(left()) + " left)");
}

void HeaderReader::refill(std::uint64_t bytes) {
    check_left(bytes);
    if (bytes > window_size) reject("a text of " + std::to_string(bytes) + " bytes");
    const std::uint64_t begin = position();
    window_.resize(window_size);
    window_begin_ = begin;
    at_ = length_ = 0;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(window_size, end_ - begin));
    const auto count = source_.read(begin, std::span{window_}.first(wanted));
    if (!count) throw Malformed{count.error()};
    length_ = *count;
    if (*count < bytes) reject("the file ends here");
}

void HeaderReader::jump(std::uint64_t bytes) {
    check_left(bytes);
    const std::uint64_t target = position() + bytes;
    window_begin_ = target;
    at_ = length_ = 0;
}

}  // namespace fitcalc
