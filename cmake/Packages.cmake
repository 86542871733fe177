# SPDX-License-Identifier: PostgreSQL

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# package(VARIABLE pkg-config-name Debian-package)
macro(package variable module debian)
	pkg_check_modules(${variable} QUIET IMPORTED_TARGET ${module})
	if(NOT ${variable}_FOUND)
		message(FATAL_ERROR "${module} is missing: apt-get install ${debian} (or run tools/install-deps)")
	endif()
endmacro()

package(LIBPQ libpq libpq-dev)
package(URCU liburcu-memb liburcu-dev)
package(INIH inih libinih-dev)
package(CMOCKA cmocka libcmocka-dev)

# inih as upstream builds it cuts lines at 200 bytes and joins indented ones,
# both with success. Debian's library has run-time settings against that.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::INIH)
check_c_source_compiles("
	#include <ini.h>
	int main(void) { return ini_max_line + ini_use_stack + ini_allow_realloc +
	                        ini_allow_multiline + ini_allow_inline_comments; }
" INIH_HAS_RUNTIME_SETTINGS)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT INIH_HAS_RUNTIME_SETTINGS)
	message(FATAL_ERROR "this inih has no run-time settings (ini_max_line ...) and would misread "
		"long lines: use Debian's package libinih-dev")
endif()
