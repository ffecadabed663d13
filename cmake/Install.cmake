# cmake --install: the program with its manual page and completions (component runtime), and the core library for
# find_package(fitcalc) as fitcalc::core (component dev). A project that takes fitcalc in with add_subdirectory or
# FetchContent installs nothing of it unless it asks.
include_guard(GLOBAL)

option(FITCALC_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})
if(NOT FITCALC_INSTALL)
    return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS fitcalc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)

# What the program says of itself.
set(pages_dir ${PROJECT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages_dir})
add_custom_command(TARGET fitcalc POST_BUILD
    COMMAND fitcalc help --man > fitcalc.1
    COMMAND fitcalc completion bash > fitcalc.bash
    COMMAND fitcalc completion zsh > _fitcalc
    COMMAND fitcalc completion fish > fitcalc.fish
    WORKING_DIRECTORY ${pages_dir}
    COMMENT "Writing the manual page and completions"
    VERBATIM)
install(FILES ${pages_dir}/fitcalc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
install(FILES ${pages_dir}/fitcalc.bash DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions RENAME fitcalc
    COMPONENT runtime)
install(FILES ${pages_dir}/_fitcalc DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/zsh/site-functions COMPONENT runtime)
install(FILES ${pages_dir}/fitcalc.fish DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/fish/vendor_completions.d COMPONENT runtime)

install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime FILES_MATCHING PATTERN "*.md")

install(TARGETS fitcalc_core EXPORT fitcalcTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY include/fitcalc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev FILES_MATCHING PATTERN "*.hpp")

set(fitcalc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fitcalc)
install(EXPORT fitcalcTargets NAMESPACE fitcalc:: DESTINATION ${fitcalc_package_dir} COMPONENT dev)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/fitcalcConfig.cmake.in
    ${PROJECT_BINARY_DIR}/fitcalcConfig.cmake INSTALL_DESTINATION ${fitcalc_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/fitcalcConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/fitcalcConfig.cmake ${PROJECT_BINARY_DIR}/fitcalcConfigVersion.cmake
    DESTINATION ${fitcalc_package_dir} COMPONENT dev)

if(PROJECT_IS_TOP_LEVEL)
    include(cmake/Packages.cmake)
endif()
