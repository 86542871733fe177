# SPDX-License-Identifier: PostgreSQL
#
# Warnings and hardening. Each flag is probed, because compilers differ: gcc 12
# lacks -fstrict-flex-arrays=3, clang 14 lacks -Wlogical-op and others.

include(CheckCCompilerFlag)
include(CheckPIESupported)

add_library(bdrmon_flags INTERFACE)

function(probe_flags)
	foreach(flag IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
		check_c_compiler_flag("${flag}" ${have})
		if(${have})
			target_compile_options(bdrmon_flags INTERFACE ${flag})
		endif()
	endforeach()
endfunction()

probe_flags(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes
	-Wmissing-prototypes -Wvla -Wimplicit-fallthrough -Wdate-time -Wundef -Wwrite-strings
	-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wtrampolines -Wbidi-chars=any
	-Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
	-Werror=format-security)
if(BDRMON_WERROR)
	target_compile_options(bdrmon_flags INTERFACE -Werror)
endif()

probe_flags(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
	-fstrict-flex-arrays=3 -fno-delete-null-pointer-checks -fno-strict-overflow
	-fno-strict-aliasing -ftrivial-auto-var-init=zero -fexceptions
	-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_link_options(bdrmon_flags INTERFACE
	LINKER:-z,noexecstack LINKER:-z,relro LINKER:-z,now LINKER:-z,nodlopen LINKER:--as-needed)

if(BDRMON_SANITIZE)
	# Fortify and sanitizers see the same calls and disturb each other.
	add_compile_options(-fsanitize=${BDRMON_SANITIZE} -fno-omit-frame-pointer
		-fno-sanitize-recover=undefined)
	add_link_options(-fsanitize=${BDRMON_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	target_compile_options(bdrmon_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
