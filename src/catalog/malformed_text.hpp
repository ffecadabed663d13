// What is wrong in a text from outside, and where; thrown while one is read, caught in read_json().
#pragma once

#include <string>

namespace fitcalc {

struct MalformedText {
    std::string what;
};

}  // namespace fitcalc
