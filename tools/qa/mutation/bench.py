# SPDX-License-Identifier: PostgreSQL
"""Trying mutants: the core is a shared library here, and a mutant is another one for the same test programs."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

# Of the processor's time, so that a busy machine makes no difference; the sound core takes a tenth of it at most.
UNIT_S, STORIES_S, SCHEDULES_S = 4, 10, 60
OUTPUT_MAX = 4_000_000
OPTIONS = ["-std=gnu17", "-O1", "-w", "-fPIC", "-fno-strict-aliasing", "-fno-strict-overflow",
           "-ftrivial-auto-var-init=zero", "-D_GNU_SOURCE", '-DBDRMON_VERSION="mutant"']

NO_MUTANT = "no mutant"
SURVIVED = "survived"


class BenchError(Exception):
    """The bench itself does not stand."""


def check(argv):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True)
    if done.returncode:
        raise BenchError(f"{argv[0]} failed: {done.stderr}")


def limited(argv, cpu_s, directory):
    """Run a program with the core that stands in DIRECTORY: its exit code and all that it printed."""
    printed = directory / "printed"
    limits = ["prlimit", f"--cpu={cpu_s}", "--core=0", f"--fsize={OUTPUT_MAX}", "--"]
    with open(printed, "wb") as output:
        code = subprocess.run(limits + [str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=output,
                              stderr=output, env={**os.environ, "LD_LIBRARY_PATH": str(directory)}).returncode
    return code, printed.read_text(errors="replace")


class Bench:
    def __init__(self, root, jobs, schedules):
        self.root, self.jobs, self.schedule_count = root, jobs, schedules
        self.directory = root / "build" / "mutants"
        self.core = sorted((root / "src" / "core").glob("*.c"))
        self.options = [*OPTIONS, f'-DSOURCE_DIR="{root}"', f"-I{root}/include", f"-ffile-prefix-map={root}/="]
        self.sim = self.directory / "sim"
        self.tests = []

    # ------------------------------------------------------------- the sound core

    def build(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        units = self.root / "tests" / "unit" / "core"
        programs = [(self.directory / test.stem, [test]) for test in sorted(units.glob("test_*.c"))]
        programs.append((self.sim, sorted((self.root / "tests" / "sim").glob("*.c"))))
        with ThreadPoolExecutor(self.jobs) as pool:
            sources = self.core + sorted((self.root / "src" / "base").glob("*.c"))
            list(pool.map(lambda source: self.compile(source, self.directory), sources))
            self.link(self.directory, {})
            list(pool.map(lambda program: self.make(*program), programs))
        self.tests = [program for program, _ in programs[:-1]]
        self.order_tests()

    def compile(self, source, directory, *more):
        target = directory / (source.stem + ".o")
        check(["gcc", *self.options, *more, "-c", source, "-o", target])
        return target

    def make(self, program, sources):
        check(["gcc", *self.options, *sources, "-o", program, f"-L{self.directory}", "-lcore", "-lcmocka"])

    def link(self, directory, changed):
        """libcore.so in DIRECTORY; CHANGED objects stand there, too."""
        objects = [changed.get(sound.name, sound) for sound in sorted(self.directory.glob("*.o"))]
        check(["gcc", "-shared", "-o", directory / "libcore.so", *objects])

    def order_tests(self):
        """Quick ones first. They all pass, else nothing that they say counts."""
        seconds = {}
        for test in self.tests:
            begin = time.monotonic()
            caught = self.unit(test, self.directory)
            if caught:
                raise BenchError(f"without any mutant: {caught}")
            seconds[test] = time.monotonic() - begin
        self.tests.sort(key=seconds.get)
        caught = self.stories(self.directory) or self.schedules(self.directory)
        if caught:
            raise BenchError(f"without any mutant: {caught}")

    # ------------------------------------------------------------------- a mutant

    def attempt(self, mutant):
        """NO_MUTANT, SURVIVED, or who caught it."""
        with tempfile.TemporaryDirectory(dir=self.directory, prefix="mutant-") as name:
            directory = pathlib.Path(name)
            try:
                changed = self.compile_mutant(mutant, directory)
            except BenchError:
                return NO_MUTANT
            if not changed:
                return NO_MUTANT
            self.link(directory, changed)
            return self.judge(directory)

    def compile_mutant(self, mutant, directory):
        """The objects that differ. A header comes with all that includes it."""
        path = self.root / mutant.path
        (directory / path.name).write_text(mutant.apply(path.read_text()))
        units = [directory / path.name]
        if path.suffix == ".h":
            units = [pathlib.Path(shutil.copy(unit, directory)) for unit in self.core
                     if f'"{path.name}"' in unit.read_text()]
        changed = {}
        for unit in units:
            target = self.compile(unit, directory, f"-I{path.parent}", f"-ffile-prefix-map={directory}=src/core")
            if target.read_bytes() != (self.directory / target.name).read_bytes():
                changed[target.name] = target
        return changed

    def judge(self, directory):
        for test in self.tests:
            caught = self.unit(test, directory)
            if caught:
                return caught
        return self.stories(directory) or self.schedules(directory) or SURVIVED

    def unit(self, test, directory):
        code, printed = limited([test], UNIT_S, directory)
        if code == 0:
            return None
        failed = re.findall(r"\[  FAILED  \] (\w+)$", printed, re.M) or re.findall(r"\[ RUN +\] (\w+)", printed)[-1:]
        return f"{test.name}: {failed[0].removeprefix('test_') if failed else 'no end'}"

    def stories(self, directory):
        page = self.root / "docs" / "scenarios.md"
        folder = self.root / "tests" / "sim" / "stories"
        code, printed = limited([self.sim, "--table", folder, page], STORIES_S, directory)
        if code == 0:
            return None
        rows = set(page.read_text().splitlines())
        other = [line for line in printed.splitlines() if line.startswith("| ") and line not in rows]
        return "story: " + (other[0].split("|")[1].strip() if other else "no end")

    def schedules(self, directory):
        code, printed = limited([self.sim, "--first", "1", self.schedule_count], SCHEDULES_S, directory)
        if code == 0:
            return None
        broken = re.search(r"^seed (\d+): (\w+):", printed, re.M)
        return f"schedule: {broken[1]} breaks {broken[2]}" if broken else "schedule: no end"
