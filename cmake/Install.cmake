# cmake --install: the program, and the core library for find_package(fitcalc) as fitcalc::core.
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS fitcalc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set_target_properties(fitcalc_core PROPERTIES EXPORT_NAME core)
install(TARGETS fitcalc_core EXPORT fitcalcTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/fitcalc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")

set(fitcalc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fitcalc)
install(EXPORT fitcalcTargets NAMESPACE fitcalc:: DESTINATION ${fitcalc_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/fitcalcConfig.cmake.in
    ${PROJECT_BINARY_DIR}/fitcalcConfig.cmake INSTALL_DESTINATION ${fitcalc_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/fitcalcConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/fitcalcConfig.cmake ${PROJECT_BINARY_DIR}/fitcalcConfigVersion.cmake
    DESTINATION ${fitcalc_package_dir})
