// JSON from outside: bounded in size and depth, and every way of being wrong turned into an Error.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>

#include "fitcalc/result.hpp"
#include "malformed_text.hpp"

namespace fitcalc {

// What is nested deeper is not kept, whatever its size, and is an error.
inline nlohmann::json parse_shallow(std::string_view text, int deepest = 32) {
    bool too_deep = false;
    nlohmann::json file = nlohmann::json::parse(text, [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
    });
    if (too_deep) throw MalformedText{"nested too deeply"};
    return file;
}

inline nlohmann::json parse_bounded(std::string_view text, std::size_t most_MiB) {
    if (text.size() > most_MiB << 20) throw MalformedText{"larger than " + std::to_string(most_MiB) + " MiB"};
    nlohmann::json file = parse_shallow(text);
    if (!file.is_object()) throw MalformedText{"not a JSON object"};
    return file;
}

// The member of that name; nullptr where it is absent or null.
inline const nlohmann::json* member_of(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

// What `read` makes of the object, a Result; bad_data naming `origin` where the text or what `read` throws is malformed.
template <class Read>
std::invoke_result_t<Read, const nlohmann::json&> read_json(std::string_view text, std::string_view origin,
                                                            std::size_t most_MiB, Read read) {
    const auto malformed = [&](const std::string& what) {
        return fail(ErrorKind::bad_data, std::string(origin) + ": " + what);
    };
    try {
        return read(parse_bounded(text, most_MiB));
    } catch (const MalformedText& error) {
        return malformed(error.what);
    } catch (const nlohmann::json::parse_error& error) {
        return malformed("no valid JSON at byte " + std::to_string(error.byte));
    } catch (const nlohmann::json::out_of_range&) {
        return malformed("a number too large");
    } catch (const nlohmann::json::exception&) {
        return malformed("a field of another kind than expected");
    }
}

}  // namespace fitcalc
