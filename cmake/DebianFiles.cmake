# Run by cpack before it makes a package of the files in CPACK_TEMPORARY_DIRECTORY: where Debian wants them, and how.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()

function(compress file)
    execute_process(COMMAND gzip -9n ${file} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "gzip ${file} failed")
    endif()
endfunction()

set(share ${CPACK_TEMPORARY_DIRECTORY}/runtime/usr/share)
set(dev_doc ${CPACK_TEMPORARY_DIRECTORY}/dev/usr/share/doc/libfitcalc-dev)

compress(${share}/man/man1/fitcalc.1)
file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)

file(RENAME ${share}/doc/fitcalc/LICENSE ${share}/doc/fitcalc/copyright)
file(COPY ${share}/doc/fitcalc/copyright DESTINATION ${dev_doc})
file(RENAME ${share}/doc/fitcalc/CHANGELOG.md ${share}/doc/fitcalc/changelog)
compress(${share}/doc/fitcalc/changelog)
file(COPY ${share}/doc/fitcalc/changelog.gz DESTINATION ${dev_doc})
