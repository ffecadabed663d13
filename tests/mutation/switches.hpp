// Forced into each file of src/core that scripts/mutate rewrites: every place that it changes becomes a switch, so that one
// program holds all mutants. FITCALC_MUTANT=FILE:ID turns one on; FITCALC_MUTANTS_SEEN=FILE has written there, at the end,
// which of them would have made a difference to what was computed.
//
// An operator is put between two of itself (`a < b` becomes `a < lt<7> < b`): the first takes the left side, the second
// computes. So precedence stays, and both sides are evaluated once.
//
// A number that `at_run_time` is added to is looked at only when the program runs: it is for lines of which something has to be
// known to the compiler. All others make what could be a constant one that is computed at the start.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace fitcalc_mutants {
namespace {  // for each file its own

bool recording = false;
unsigned char on[FITCALC_MUTANT_COUNT + 1] = {};
unsigned char seen[FITCALC_MUTANT_COUNT + 1] = {};

// Before any constant of the file is made.
__attribute__((constructor(101))) void read_environment() {
    if (std::getenv("FITCALC_MUTANTS_SEEN") != nullptr) {
        recording = true;
        std::memset(on, 1, sizeof on);
    }
    constexpr std::size_t name_length = sizeof FITCALC_MUTANT_FILE - 1;
    const char* mutant = std::getenv("FITCALC_MUTANT");
    if (mutant == nullptr || std::strncmp(mutant, FITCALC_MUTANT_FILE ":", name_length + 1) != 0) return;
    const int id = std::atoi(mutant + name_length + 1);
    if (id >= 0 && id < FITCALC_MUTANT_COUNT) on[id] = 1;
}

__attribute__((destructor)) void write_seen() {
    if (!recording) return;
    std::FILE* file = std::fopen(std::getenv("FITCALC_MUTANTS_SEEN"), "a");
    if (file == nullptr) std::abort();
    for (int id = 0; id < FITCALC_MUTANT_COUNT; ++id)
        if (seen[id] != 0) std::fprintf(file, "%s:%d\n", FITCALC_MUTANT_FILE, id);
    std::fclose(file);
}

constexpr int at_run_time = 1 << 20;

template <int id>
constexpr bool off() {
    return (id >= at_run_time && std::is_constant_evaluated()) || on[id % at_run_time] == 0;
}

// Whether the mutant is to be computed; where it makes a difference whenever it runs.
template <int id>
constexpr bool changed() {
    if (off<id>()) return false;
    if (recording) seen[id % at_run_time] = 1;
    return !recording;
}

// `original` or `mutant`, functions of no argument, the latter converted to the former's type.
template <int id, class Original, class Mutant>
constexpr auto either(Original original, Mutant mutant) -> decltype(original()) {
    using Result = decltype(original());
    if (off<id>()) return original();
    if (!recording) return static_cast<Result>(mutant());
    if constexpr (requires(std::decay_t<Result> a) { static_cast<bool>(a == a); }) {
        bool same = false;
        try {
            same = original() == static_cast<Result>(mutant());
        } catch (...) {  // one of them overflows
        }
        if (!same) seen[id % at_run_time] = 1;
    } else {
        seen[id % at_run_time] = 1;
    }
    return original();
}

#define FITCALC_OPERATOR(name, op, mutant_op)                                                                          \
    template <int id>                                                                                                  \
    struct name##_operator {};                                                                                         \
    template <int id>                                                                                                  \
    constexpr name##_operator<id> name{};                                                                              \
    template <int id, class A>                                                                                         \
    struct name##_left {                                                                                               \
        A&& a;                                                                                                         \
    };                                                                                                                 \
    template <class A, int id>                                                                                         \
    constexpr name##_left<id, A> operator op(A&& a, name##_operator<id>) {                                             \
        return {std::forward<A>(a)};                                                                                   \
    }                                                                                                                  \
    template <int id, class A, class B>                                                                                \
    constexpr auto operator op(name##_left<id, A> left, B&& b) -> decltype(std::forward<A>(left.a) op std::forward<B>(b)) { \
        using Result = decltype(std::forward<A>(left.a) op std::forward<B>(b));                                        \
        if constexpr (requires { static_cast<Result>(left.a mutant_op b); } && std::is_object_v<Result>)               \
            return either<id>([&]() -> Result { return left.a op b; }, [&] { return left.a mutant_op b; });            \
        else                                                                                                           \
            return std::forward<A>(left.a) op std::forward<B>(b);                                                      \
    }

FITCALC_OPERATOR(lt, <, <=)
FITCALC_OPERATOR(le, <=, <)
FITCALC_OPERATOR(gt, >, >=)
FITCALC_OPERATOR(ge, >=, >)
FITCALC_OPERATOR(eq, ==, !=)
FITCALC_OPERATOR(ne, !=, ==)
FITCALC_OPERATOR(plus, +, -)
FITCALC_OPERATOR(minus, -, +)
FITCALC_OPERATOR(times, *, +)
FITCALC_OPERATOR(over, /, *)
FITCALC_OPERATOR(rest, %, /)
#undef FITCALC_OPERATOR

// `a += add<7> += b`: the right one first.
#define FITCALC_ASSIGNMENT(name, op, mutant_op)                     \
    template <int id>                                               \
    struct name##_operator {};                                      \
    template <int id>                                               \
    constexpr name##_operator<id> name{};                           \
    template <int id, class B>                                      \
    struct name##_right {                                           \
        B&& b;                                                      \
    };                                                              \
    template <int id, class B>                                      \
    constexpr name##_right<id, B> operator op(name##_operator<id>, B&& b) { \
        return {std::forward<B>(b)};                                \
    }                                                               \
    template <int id, class A, class B>                             \
    constexpr A& operator op(A& a, name##_right<id, B> right) {     \
        if constexpr (requires { a mutant_op right.b; })            \
            if (changed<id>()) return a mutant_op right.b, a;       \
        a op std::forward<B>(right.b);                              \
        return a;                                                   \
    }

FITCALC_ASSIGNMENT(add, +=, -=)
FITCALC_ASSIGNMENT(take, -=, +=)
#undef FITCALC_ASSIGNMENT

template <int more, int less, class T>
constexpr T number(T value) {
    if (changed<more>()) return value + 1;
    if constexpr (less >= 0)
        if (changed<less>()) return value - 1;
    return value;
}

template <int id>
constexpr bool truth(bool value) {
    return changed<id>() ? !value : value;
}

#define FITCALC_FUNCTION(name, function, mutant)                                                                    \
    template <int id, class A, class B>                                                                             \
    constexpr auto name(const A& a, const B& b) -> std::decay_t<decltype(function(a, b))> {                         \
        using Result = std::decay_t<decltype(function(a, b))>;                                                      \
        return either<id>([&]() -> Result { return function(a, b); }, [&]() -> Result { return mutant(a, b); });    \
    }

#define FITCALC_EXTREME(name, function, mutant)                                                                     \
    FITCALC_FUNCTION(name, function, mutant)                                                                        \
    template <int id, class T>                                                                                      \
    constexpr T name(std::initializer_list<T> list) {                                                               \
        return either<id>([&]() -> T { return function(list); }, [&]() -> T { return mutant(list); });              \
    }                                                                                                               \
    template <int id, class T>                                                                                      \
    constexpr T name##_of(const std::type_identity_t<T>& a, const std::type_identity_t<T>& b) {                     \
        return name<id>(a, b);                                                                                      \
    }
}  // namespace
}  // namespace fitcalc_mutants

#include <algorithm>

#include "fitcalc/quantity.hpp"

namespace fitcalc_mutants {
namespace {

FITCALC_EXTREME(least, std::min, std::max)
FITCALC_EXTREME(most, std::max, std::min)
FITCALC_FUNCTION(checked_sum, fitcalc::checked_add, fitcalc::checked_sub)
FITCALC_FUNCTION(checked_difference, fitcalc::checked_sub, fitcalc::checked_add)
FITCALC_FUNCTION(checked_product, fitcalc::checked_mul, fitcalc::checked_add)

}  // namespace
}  // namespace fitcalc_mutants
