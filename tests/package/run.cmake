# Run by ctest with cmake -P; see CMakeLists.txt. `way` is how the consumer comes to fitcalc.
set(prefix ${work_dir}/prefix)

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        list(JOIN ARGV " " command)
        message(FATAL_ERROR "${command}\nfailed (${status}):\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE ${work_dir})
if(way STREQUAL find_package)
    run(${CMAKE_COMMAND} --install ${build_dir} --config ${config} --prefix ${prefix})
endif()
run(${CMAKE_COMMAND} -S ${consumer_dir} -B ${work_dir}/build -G ${generator} -D way=${way} -D fitcalc_source=${source_dir}
    -D CMAKE_MAKE_PROGRAM=${make_program} -D CMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${launcher}"
    -D CMAKE_BUILD_TYPE=${config} -D CMAKE_PREFIX_PATH=${prefix} -D fitcalc_version=${version})
if(NOT way STREQUAL find_package AND NOT whole)
    return()  # the library was built before, and takes minutes
endif()
run(${CMAKE_COMMAND} --build ${work_dir}/build --config ${config} --target consumer)
run(${CMAKE_CTEST_COMMAND} --test-dir ${work_dir}/build -C ${config} --output-on-failure --no-tests=error)

if(way STREQUAL find_package)
    # The program runs from where it was installed, and what belongs to it lies beside it.
    run(${prefix}/bin/fitcalc --version)
    foreach(file IN ITEMS share/man/man1/fitcalc.1 share/bash-completion/completions/fitcalc share/zsh/site-functions/_fitcalc
            share/fish/vendor_completions.d/fitcalc.fish share/doc/fitcalc/LICENSE)
        file(SIZE ${prefix}/${file} size)
        if(size EQUAL 0)
            message(FATAL_ERROR "${file} is empty")
        endif()
    endforeach()
endif()
