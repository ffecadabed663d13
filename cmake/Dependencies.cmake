# The libraries fitcalc uses: the installed ones, else (FITCALC_FETCH) pinned releases from their own pages.
# After this file these targets exist, wherever they came from:
#   always          tl::expected  nlohmann_json::nlohmann_json  CLI11::CLI11  fmt::fmt  fitcalc_fmt
#   FITCALC_TESTS   Catch2::Catch2WithMain (2 or 3)  rapidcheck  ValiJSON::valijson; catch_discover_tests()
#   FITCALC_BENCH   benchmark::benchmark
include_guard(GLOBAL)
include(FetchContent)

option(FITCALC_FETCH "Download libraries that are not installed" ON)
option(FITCALC_STATIC "Link executables fully statically" OFF)

if(POLICY CMP0135)
    cmake_policy(SET CMP0135 NEW)  # downloaded files get the time of their extraction
endif()

# Not found: says so, or stops if nothing may be downloaded.
function(fitcalc_will_fetch name)
    if(NOT FITCALC_FETCH)
        message(FATAL_ERROR "${name} is not installed, and FITCALC_FETCH is off")
    endif()
    message(STATUS "${name} is not installed: downloading it")
endfunction()

# Downloads a library of headers only and makes it the imported target.
macro(fitcalc_fetch_headers name target)
    fitcalc_will_fetch(${name})
    FetchContent_Declare(${name} ${ARGN} SOURCE_SUBDIR not-configured)
    FetchContent_MakeAvailable(${name})
    string(TOLOWER ${name} fitcalc_lower)
    add_library(${target} INTERFACE IMPORTED)
    target_include_directories(${target} INTERFACE ${${fitcalc_lower}_SOURCE_DIR}/include)
endmacro()

# Downloads a library and builds it with its own CMakeLists.txt, unlinted, its headers free of our warnings.
macro(fitcalc_fetch_project name target)
    fitcalc_will_fetch(${name})
    FetchContent_Declare(${name} ${ARGN})
    set(fitcalc_clang_tidy "${CMAKE_CXX_CLANG_TIDY}")
    set(CMAKE_CXX_CLANG_TIDY "")
    FetchContent_MakeAvailable(${name})
    set(CMAKE_CXX_CLANG_TIDY "${fitcalc_clang_tidy}")
    get_target_property(fitcalc_includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${fitcalc_includes}")
endmacro()

find_package(Threads REQUIRED)

find_package(tl-expected QUIET)
if(NOT TARGET tl::expected)
    # Its own install rules put it beside fitcalc's headers, which need it.
    set(EXPECTED_BUILD_TESTS OFF)
    set(EXPECTED_BUILD_PACKAGE OFF)
    fitcalc_fetch_project(expected expected
        URL https://github.com/TartanLlama/expected/archive/refs/tags/v1.1.0.tar.gz
        URL_HASH SHA256=1db357f46dd2b24447156aaf970c4c40a793ef12a8a9c2ad9e096d9801368df6)
endif()

find_package(nlohmann_json QUIET)
if(NOT TARGET nlohmann_json::nlohmann_json)
    fitcalc_fetch_headers(nlohmann_json nlohmann_json::nlohmann_json
        URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
        URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)
endif()

find_package(CLI11 QUIET)
if(NOT TARGET CLI11::CLI11)
    fitcalc_fetch_headers(CLI11 CLI11::CLI11
        URL https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.4.2.tar.gz
        URL_HASH SHA256=f2d893a65c3b1324c50d4e682c0cdc021dd0477ae2c048544f39eed6654b699a)
endif()

find_package(fmt QUIET)
if(NOT TARGET fmt::fmt)
    set(FMT_INSTALL OFF)
    fitcalc_fetch_project(fmt fmt
        URL https://github.com/fmtlib/fmt/archive/refs/tags/10.2.1.tar.gz
        URL_HASH SHA256=1250e4cc58bf06ee631567523f48848dc4596133e163f02615c97f78bab6c811)
endif()

# What fitcalc uses of it: the headers. src/render/format.cpp alone compiles them in, so that the program loads no library
# for it (a third of its start-up time).
add_library(fitcalc_fmt INTERFACE)
target_include_directories(fitcalc_fmt SYSTEM INTERFACE
    $<TARGET_PROPERTY:fmt::fmt-header-only,INTERFACE_INCLUDE_DIRECTORIES>)
if(FITCALC_STATIC)
    add_link_options(-static)
endif()

if(FITCALC_TESTS)
    find_package(Catch2 QUIET)  # any version
    if(NOT TARGET Catch2::Catch2)
        fitcalc_fetch_project(Catch2 Catch2
            URL https://github.com/catchorg/Catch2/archive/refs/tags/v3.7.1.tar.gz
            URL_HASH SHA256=c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c)
        list(APPEND CMAKE_MODULE_PATH ${catch2_SOURCE_DIR}/extras)
    elseif(NOT TARGET Catch2::Catch2WithMain)
        # Catch2 2 without its static library.
        file(CONFIGURE OUTPUT catch2_main.cpp CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
        add_library(fitcalc_catch2_main STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/catch2_main.cpp)
        target_link_libraries(fitcalc_catch2_main PUBLIC Catch2::Catch2)
        add_library(Catch2::Catch2WithMain ALIAS fitcalc_catch2_main)
    endif()
    include(Catch)

    find_package(rapidcheck QUIET)
    if(NOT TARGET rapidcheck)
        fitcalc_will_fetch(rapidcheck)
        FetchContent_Declare(rapidcheck
            GIT_REPOSITORY https://github.com/emil-e/rapidcheck.git
            GIT_TAG ff6af6fc683159deb51c543b065eba14dfcf329b
            GIT_SUBMODULES ""
            SOURCE_SUBDIR not-configured)
        FetchContent_MakeAvailable(rapidcheck)
        file(GLOB_RECURSE fitcalc_rapidcheck_sources ${rapidcheck_SOURCE_DIR}/src/*.cpp)
        add_library(rapidcheck STATIC EXCLUDE_FROM_ALL ${fitcalc_rapidcheck_sources})
        target_include_directories(rapidcheck SYSTEM PUBLIC ${rapidcheck_SOURCE_DIR}/include)
        set_target_properties(rapidcheck PROPERTIES CXX_CLANG_TIDY "")
    endif()

    find_package(valijson QUIET)
    if(TARGET valijson AND NOT TARGET ValiJSON::valijson)
        add_library(ValiJSON::valijson INTERFACE IMPORTED)
        target_link_libraries(ValiJSON::valijson INTERFACE valijson)
    elseif(NOT TARGET ValiJSON::valijson)
        fitcalc_fetch_headers(valijson ValiJSON::valijson
            URL https://github.com/tristanpenman/valijson/archive/refs/tags/v1.0.3.tar.gz
            URL_HASH SHA256=0fbd3cd2312b441c6373ee116e9a162c400f9e3cd79f6b32665cdd22fa11ac3f)
    endif()
endif()

if(FITCALC_BENCH)
    find_package(benchmark QUIET)
    if(NOT TARGET benchmark::benchmark)
        set(BENCHMARK_ENABLE_TESTING OFF)
        set(BENCHMARK_ENABLE_INSTALL OFF)
        fitcalc_fetch_project(benchmark benchmark
            URL https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz
            URL_HASH SHA256=32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981)
    endif()
endif()
