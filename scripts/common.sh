# Shared by scripts/fitcalc and scripts/test: what must be installed, when to configure, how to build.
# Sourced with `root` (the repository) and `verbose` (the build's output is shown) set. Nothing here writes to standard output, which belongs to the program.

build_dir=$root/build/release
binary=$build_dir/fitcalc
built_stamp=$build_dir/.built            # as old as the newest source that the program was built from
configured_stamp=$build_dir/.configured  # holds what the tree was configured for: program or tests

program_packages=(libcli11-dev nlohmann-json3-dev libfmt-dev libexpected-dev)
test_packages=(catch2 libvalijson-dev librapidcheck-dev)
requirements="a C++20 compiler (g++ >= 12 or clang >= 14), cmake >= 3.22, ninja or make, and, unless CMake may download \
them, the libraries CLI11, nlohmann-json, fmt and tl-expected, for the tests also Catch2, valijson and rapidcheck \
(Debian: g++ cmake ninja-build ${program_packages[*]} ${test_packages[*]})"

say() { printf 'fitcalc: %s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 4
}

have() { command -v "$1" >/dev/null 2>&1; }

# True if the program is there and no source is newer; a few milliseconds.
up_to_date() {
    [[ -x $binary && -f $built_stamp ]] || return 1
    local path inputs=()
    for path in src include data cmake CMakeLists.txt CMakePresets.json; do
        [[ -e $root/$path ]] && inputs+=("$root/$path")
    done
    [[ -z $(find "${inputs[@]}" -newer "$built_stamp" -print -quit) ]]
}

# --- tools --------------------------------------------------------------------------------------------------------

# compiler_works COMMAND: new enough, and its standard library is there.
compiler_works() {
    local macros
    macros=$(printf '#include <compare>\n' | "$1" -std=c++20 -x c++ -E -dM - 2>/dev/null) || return 1
    if [[ $macros =~ __clang_major__\ ([0-9]+) ]]; then
        ((BASH_REMATCH[1] >= 14))
    elif [[ $macros =~ __GNUC__\ ([0-9]+) ]]; then
        ((BASH_REMATCH[1] >= 12))
    fi
}

# Sets `compiler`, to $CXX if that is set; fails if there is none.
find_compiler() {
    local candidate known=(c++ g++ g++-{15..12} clang++ clang++-{21..14})
    for candidate in ${CXX:-"${known[@]}"}; do
        have "$candidate" && compiler_works "$candidate" && compiler=$(command -v "$candidate") && return
    done
    return 1
}

cmake_works() {
    [[ $(cmake --version 2>/dev/null) =~ version\ ([0-9]+)\.([0-9]+) ]] || return 1
    ((BASH_REMATCH[1] > 3 || (BASH_REMATCH[1] == 3 && BASH_REMATCH[2] >= 22)))
}

# Sets `missing_tools`, in words.
check_tools() {
    missing_tools=
    find_compiler || missing_tools+=", a C++20 compiler"
    cmake_works || missing_tools+=", cmake"
    have ninja || have make || missing_tools+=", ninja"
    missing_tools=${missing_tools#, }
}

# --- packages -----------------------------------------------------------------------------------------------------

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Reads from apt's lists which packages it could install: candidates[NAME]=VERSION.
read_candidates() {
    local line name=
    declare -gA candidates=()
    while IFS= read -r line; do
        case $line in
            [!\ ]*:) name=${line%:} ;;
            '  Candidate: (none)') ;;
            '  Candidate: '*) candidates[$name]=${line#  Candidate: } ;;
        esac
    done < <(LC_ALL=C apt-cache policy "$@" 2>/dev/null)
}

# The distribution's g++ if it is new enough, else the newest that is.
compiler_package() {
    local name version
    for name in g++ g++-{15..12}; do
        version=${candidates[$name]:-}
        version=${version#*:}
        ((${version%%[!0-9]*}0 >= 120)) && break
    done
    echo "$name"
}

# run_apt ARGS: apt-get as root, without questions, into the log. Waits a minute for another one to finish.
run_apt() {
    local command=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C) wait=60 name
    for name in http_proxy https_proxy no_proxy; do
        [[ -n ${!name:-} ]] && command+=("$name=${!name}")
    done
    command+=(apt-get -q -y -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@")
    if ((EUID != 0)); then
        # A password can be asked for only where somebody is watching.
        if [[ -t 2 ]]; then command=(sudo "${command[@]}"); else command=(sudo -n "${command[@]}"); fi
    fi
    while ! "${command[@]}" >"$log" 2>&1 </dev/null; do
        apt_locked || return 1
        ((wait == 60)) && say "another package manager is at work; waiting up to a minute for it"
        ((wait > 0)) || return 1
        sleep 3
        ((wait -= 3))
    done
}

apt_install() { run_apt install --no-install-recommends "${wanted[@]}"; }

apt_locked() { grep -qE 'Could not get lock|Unable to acquire the dpkg|is another process using it' "$log"; }

# Why apt-get failed, from its log.
apt_reason() {
    if apt_locked; then
        echo "another package manager holds the lock"
    elif grep -qE '^sudo: ' "$log"; then
        echo "sudo refused"
    elif grep -qE 'Could not resolve|Temporary failure|Could not connect|Cannot initiate|Connection (failed|timed)|unreachable|Failed to fetch' "$log"; then
        echo "no network, or the package server does not answer"
    elif grep -q 'No space left' "$log"; then
        echo "the disk is full"
    else
        local line
        line=$(grep -m1 '^E: ' "$log")
        echo "${line:-apt-get failed}"
    fi
}

# Sets `wanted` to the packages that are missing for $1 (program or tests), `unavailable` to those that apt lacks;
# CMake downloads such a library itself.
find_wanted() {
    local package packages=("${program_packages[@]}")
    [[ $1 == tests ]] && packages+=("${test_packages[@]}")
    wanted=()
    unavailable=()
    read_candidates g++ g++-{15..12} "${packages[@]}"
    cmake_works || wanted+=(cmake)
    have ninja || have make || wanted+=(ninja-build)
    find_compiler || wanted+=("$(compiler_package)")
    for package in "${packages[@]}"; do
        if installed "$package"; then
            :
        elif [[ -n ${candidates[$package]:-} ]]; then
            wanted+=("$package")
        else
            unavailable+=("$package")
        fi
    done
}

# Installs what is missing for $1 (program or tests). What keeps the build from being tried ends the script; for
# libraries alone CMake may still find or fetch them, and `hint` keeps the reason in case it does not.
install_missing() {
    hint=
    check_tools
    if ! have apt-get || ! have dpkg-query; then
        [[ -z $missing_tools ]] || die "missing: $missing_tools; fitcalc needs $requirements"
        hint="fitcalc needs $requirements"
        return
    fi
    find_wanted "$1"
    ((${#wanted[@]} + ${#unavailable[@]})) || return 0

    local problem='' list_problem='' names
    if ((EUID != 0)) && ! have sudo; then
        problem="not root and no sudo"
    else
        log=$root/build/apt.log
        # Absent lists are fetched. One that cannot be is often not needed.
        if ((${#unavailable[@]})) || [[ -z ${candidates[g++]:-} ]]; then
            say "fetching package lists"
            run_apt update && ! grep -q 'Failed to fetch' "$log" || list_problem=$(apt_reason)
            find_wanted "$1"
        fi
        if ((${#wanted[@]})); then
            say "installing with apt-get: ${wanted[*]}"
            apt_install || { ! apt_locked && run_apt update && apt_install; } || problem=${list_problem:-$(apt_reason)}
        fi
    fi
    check_tools
    if [[ -n $problem || -n $missing_tools ]]; then
        names="${wanted[*]} ${unavailable[*]}"
        hint="cannot install: ${problem:-no package of $missing_tools is new enough}; needed, as root: apt-get install ${names% }"
        [[ -z $missing_tools ]] || die "$hint"
    elif ((${#unavailable[@]})); then
        hint="apt has no ${unavailable[*]}, and CMake could not download what it lacks"
    fi
}

# --- building -----------------------------------------------------------------------------------------------------

# step NAME COMMAND...: runs it with its output in build/release/NAME.log, or on standard error where $verbose is set.
step() {
    local name=$1
    shift
    log=$build_dir/$name.log
    if [[ -n $verbose ]]; then
        (cd -- "$root" && "$@") >&2 </dev/null 9>&-
    else
        (cd -- "$root" && "$@") >"$log" 2>&1 </dev/null 9>&- || { tail -n 60 -- "$log" >&2; return 1; }
    fi
}

is_configured() {
    [[ -f $configured_stamp ]] || return 1
    local state
    state=$(<"$configured_stamp")
    [[ $state == tests || $state == "$1" ]] || return 1
    [[ -z $(find "$root"/{CMakeLists.txt,CMakePresets.json,cmake,scripts/common.sh} -newer "$configured_stamp" -print -quit) ]]
}

# A tree that was configured elsewhere and copied here would build the sources it came from.
drop_foreign_tree() {
    local cache=$build_dir/CMakeCache.txt
    [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" && rm -rf -- "$build_dir"
    mkdir -p -- "$build_dir"
}

configure() {
    local what=$1 tests=OFF command
    install_missing "$what"
    [[ $what == tests ]] && tests=ON
    [[ -z ${CMAKE_GENERATOR:-} ]] && have ninja && export CMAKE_GENERATOR=Ninja
    # CMake would forget the options of a tree whose compiler changes.
    grep -qs "^CMAKE_CXX_COMPILER:[A-Z]*=$compiler\$" "$build_dir/CMakeCache.txt" || rm -f -- "$build_dir/CMakeCache.txt"
    rm -f -- "$configured_stamp"
    command=(cmake --preset release "-DCMAKE_CXX_COMPILER=$compiler" "-DFITCALC_TESTS=$tests")
    if [[ -n $hint ]]; then
        verbose='' step configure "${command[@]}" 2>/dev/null ||
            die "$hint (CMake's words: build/release/configure.log)"
    else
        step configure "${command[@]}" || die "cannot configure"
    fi
    echo "$what" >"$configured_stamp"
}

# As many as there are processors, and memory for (about 1 GiB each).
parallel_jobs() {
    local processors memory
    processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || processors=2
    memory=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null)
    memory=$((${memory:-$((processors << 20))} >> 20))
    ((memory < processors)) && processors=$memory
    echo $((processors > 0 ? processors : 1))
}

# build program|tests: brings the program, or everything, up to date. One build at a time.
build() {
    local what=$1 target=()
    [[ $what == program ]] && target=(--target fitcalc)
    root=$(cd -P -- "$root" && pwd) || exit 4
    build_dir=$root/build/release
    mkdir -p -- "$build_dir" 2>/dev/null && [[ -w $root/build && -w $build_dir ]] || die "cannot write to $build_dir"
    if have flock; then
        exec 9>"$root/build/.lock" || die "cannot write to $root/build"
        flock -n 9 || { say "waiting for another build in $root" && flock 9; }
    fi
    if [[ $what == tests ]] || ! up_to_date; then  # the one that was waited for may have done it
        drop_foreign_tree
        # What was configured with the tests stays so.
        [[ -f $configured_stamp && $(<"$configured_stamp") == tests ]] && what=tests
        is_configured "$what" || configure "$what"
        [[ -f $built_stamp ]] || say "building, once; this can take a few minutes"
        touch -- "$built_stamp.new"
        step build cmake --build "$build_dir" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(parallel_jobs)}" \
            ${target[@]+"${target[@]}"} || die "the build failed"
        mv -f -- "$built_stamp.new" "$built_stamp"
    fi
    exec 9>&-
}
