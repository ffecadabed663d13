# fitcalc_warnings: what our own code is compiled with. Never exported: link it PRIVATE, in an installed library as
# $<BUILD_INTERFACE:fitcalc_warnings>.
include_guard(GLOBAL)
option(FITCALC_WERROR "Treat warnings as errors" OFF)

add_library(fitcalc_warnings INTERFACE)
if(MSVC)
    target_compile_options(fitcalc_warnings INTERFACE /W4 /permissive- /utf-8 $<$<BOOL:${FITCALC_WERROR}>:/WX>)
else()
    target_compile_options(fitcalc_warnings INTERFACE
        -Wall -Wextra -Wpedantic
        -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wformat=2
        -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough
        $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
        # GCC 12 sees overlaps in std::string's own copies (GCC bug 105651).
        $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
        $<$<BOOL:${FITCALC_WERROR}>:-Werror>)
endif()
