#!/usr/bin/python3
# SPDX-License-Identifier: PostgreSQL
"""Check the rules of the house that a compiler does not know.

usage: check_house.py SOURCE_DIR BUILD_DIR

* a folder of src/ includes only what its layer may use
* no mutable variable at file scope, but for the logger and inih's settings
* src/core calls no clock, thread, I/O or malloc
* files of at most 400 lines, functions of at most 60, an SPDX line in each file
"""
import pathlib
import re
import subprocess
import sys

# Which folders a folder may include, itself apart. Lowest first.
USES = {
    "base": [],
    "core": ["base"],
    "guard": ["base"],
    "config": ["base", "core"],
    "pg": ["base", "core"],
    "output": ["base", "core"],
    "repl": ["base", "core", "pg"],
    "store": ["base", "core", "pg"],
    "witness": ["base", "core", "pg", "store"],
    "proxy": ["base", "core", "pg"],
    "runtime": ["base", "core", "config", "guard", "output", "pg", "proxy", "repl", "store", "witness"],
    "control": ["base", "core", "config", "output", "store", "runtime"],
    "daemon": ["base", "core", "config", "output", "store", "runtime", "control"],
    "cli": ["base", "core", "config", "pg", "proxy", "repl", "output", "store", "runtime", "control", "daemon"],
}
# What of a lower layer is only for some: libpq behind pg, RCU behind the board.
SYSTEM_HEADERS = {
    "libpq-fe.h": {"include/bdrmon/session.h", "src/pg"},
    "urcu": {"src/runtime/rcu.h"},
    "ini.h": {"src/config"},
}
PURE_MAY_CALL = {
    "__assert_fail", "__stack_chk_fail", "memcpy", "memset", "memcmp", "memmove",
    "strcmp", "strncmp", "strlen", "strcpy",
}
MUTABLE_ALLOWED = {("base", "logger")}
FILE_LINES_MAX, FUNCTION_LINES_MAX = 400, 60


def check_includes(root, complain):
    public = {}
    for source in root.glob("src/*/*.c"):
        public.setdefault(source.stem, source.parent.name)
    # A header that several files of one layer implement, or that only holds types.
    public.update({"decide": "core", "layout": "core", "memory": "core", "explanation": "core", "limits": None, "event": "core", "instant": None,
                   "lookup": None, "hash": None, "number": None, "repl_kind": None, "node_record": None, "control": "control"})
    for file in sorted(list(root.glob("src/*/*.[ch]")) + list(root.glob("include/bdrmon/*.h"))):
        folder = file.parent.name if file.parent.name != "bdrmon" else public.get(file.stem)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            where = f"{file.relative_to(root)}:{number}"
            system = re.match(r"#include <([^>]+)>", line)
            if system:
                for header, places in SYSTEM_HEADERS.items():
                    if system[1].startswith(header) and not any(
                            str(file.relative_to(root)).startswith(place) for place in places):
                        complain(f"{where}: <{system[1]}> belongs to {', '.join(sorted(places))}")
            own = re.match(r'#include "(.*)"', line)
            if own and own[1].startswith("bdrmon/"):
                stem = pathlib.Path(own[1]).stem
                if stem not in public:
                    complain(f"{where}: {own[1]} belongs to no layer")
                    continue
                used = public[stem]
                if folder and used and used != folder and used not in USES[folder]:
                    complain(f"{where}: layer {folder} must not include {own[1]} of layer {used}")
            elif own and not (file.parent / own[1]).exists():
                complain(f"{where}: {own[1]} is not in the same folder")


def check_objects(build, complain):
    for archive in sorted(build.glob("libbdrmon_*.a")):
        layer = archive.stem.removeprefix("libbdrmon_")
        symbols = run("objdump", "-t", archive)
        for line in symbols.splitlines():
            # value, flags ("O": object), section, size, name
            found = re.match(r"[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
            if not found:
                continue
            flags, section, name = found.groups()
            mutable = re.match(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)", section)
            # DW.ref: what the compiler needs for unwinding
            ours = "O" in flags and not re.match(r"\.L|__|\*\.L|DW\.ref\.", name)
            if mutable and ours and (layer, name.split(".")[0]) not in MUTABLE_ALLOWED:
                complain(f"{layer}: mutable variable {name} at file scope")
            if layer == "core" and section == "*UND*" and not is_pure(name, symbols):
                complain(f"core calls {name}()")


def check_programs(build, complain):
    """The command line must not load libpq, which takes longer than all that it does."""
    if "libpq" in run("ldd", build / "bdrmon"):
        complain("bdrmon is linked to libpq")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def is_pure(name, symbols):
    if name in PURE_MAY_CALL or name.startswith(("__asan", "__ubsan", "__tsan", "__sanitizer")):
        return True
    if name in ("_GLOBAL_OFFSET_TABLE_", "__tls_get_addr", "__gcc_personality_v0", "_Unwind_Resume"):
        return True
    # or the layer defines it itself
    return re.search(rf" \.(text|rodata|data\.rel\.ro)\S*\s+[0-9a-f]+ (\.hidden )?{re.escape(name)}$",
                     symbols, re.M) is not None


def check_sizes(root, complain):
    files = [f for pattern in ("src/**/*.[ch]", "include/**/*.h", "tests/**/*.[ch]", "tests/**/*.py",
                               "tools/**/*", "benchmarks/*", "cmake/*", "CMakeLists.txt")
             for f in root.glob(pattern) if f.is_file() and "__pycache__" not in f.parts]
    for file in sorted(files):
        lines = file.read_text(errors="replace").splitlines()
        name = file.relative_to(root)
        if not any("SPDX-License-Identifier: PostgreSQL" in line for line in lines[:3]):
            complain(f"{name}: no SPDX line")
        if len(lines) > FILE_LINES_MAX:
            complain(f"{name}: {len(lines)} lines, at most {FILE_LINES_MAX}")
        if file.suffix == ".c":
            check_functions(name, lines, complain)


def check_functions(name, lines, complain):
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start + 1 > FUNCTION_LINES_MAX:
                complain(f"{name}:{start}: a function of {number - start + 1} lines, "
                         f"at most {FUNCTION_LINES_MAX}")
            start = None


def main():
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    complaints = []
    check_includes(root, complaints.append)
    check_objects(build, complaints.append)
    check_sizes(root, complaints.append)
    check_programs(build, complaints.append)
    for complaint in complaints:
        print(complaint)
    print(f"house: {len(complaints)} complaint(s)")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
