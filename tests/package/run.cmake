# Run by ctest with cmake -P; see CMakeLists.txt.
set(prefix ${work_dir}/prefix)

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        list(JOIN ARGV " " command)
        message(FATAL_ERROR "${command}\nfailed (${status}):\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE ${work_dir})
run(${CMAKE_COMMAND} --install ${build_dir} --config ${config} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${consumer_dir} -B ${work_dir}/build -G ${generator}
    -D CMAKE_MAKE_PROGRAM=${make_program} -D CMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}"
    -D CMAKE_BUILD_TYPE=${config} -D CMAKE_PREFIX_PATH=${prefix} -D fitcalc_version=${version})
run(${CMAKE_COMMAND} --build ${work_dir}/build --config ${config})
run(${CMAKE_CTEST_COMMAND} --test-dir ${work_dir}/build -C ${config} --output-on-failure --no-tests=error)

# The program runs from where it was installed.
run(${prefix}/bin/fitcalc --version)
