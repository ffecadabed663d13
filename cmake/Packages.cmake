# cpack: fitcalc and libfitcalc-dev as Debian packages, and all of it as .tar.gz. scripts/package builds and checks them.
include_guard(GLOBAL)

set(CPACK_PACKAGE_NAME fitcalc)
set(CPACK_PACKAGE_VENDOR "The fitcalc authors")
set(CPACK_PACKAGE_CONTACT "The fitcalc authors")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "memory and speed of language models on given hardware")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime dev)

# One archive of everything, named after the system that it runs on.
set(CPACK_PACKAGE_FILE_NAME fitcalc-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
string(TOLOWER ${CPACK_PACKAGE_FILE_NAME} CPACK_PACKAGE_FILE_NAME)
set(CPACK_ARCHIVE_COMPONENT_INSTALL OFF)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME fitcalc)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "fitcalc says offline and to the byte what memory llama.cpp takes for a
model, on which devices it fits, at which quantization and with how much
context, and how to run it.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libfitcalc-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libexpected-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "Development files: headers and the static library of fitcalc's arithmetic,
for CMake's find_package(fitcalc).")
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake)

include(CPack)
