# SPDX-License-Identifier: PostgreSQL
"""bdrmon config check, print and sample; and what the other commands say about a bad file. No server is needed."""
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from bdrsandbox import processes
from bdrsandbox.errors import wait_for
from support import binary

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/config"
CANARY = "hunter2"
OPTIONS_MIN = 50
NODES = "[monitor]\nlocal=none\n[node a]\nnode_id=1\nconninfo={}\n[node b]\nnode_id=2\nconninfo=host=b\n"


class Config(unittest.TestCase):
    def setUp(self):
        self.account = processes.Account()
        self.home = Path(tempfile.mkdtemp(prefix="bdrmon-config-"))
        self.addCleanup(shutil.rmtree, self.home)
        for name in ("real", "mistakes"):
            shutil.copytree(GOLDEN / name, self.home / name)
        for path in [self.home, *self.home.rglob("*")]:
            self.account.own(path)
        self.home.chmod(0o755)

    def directories(self):
        return {"STATE_DIRECTORY": str(self.home / "state"), "RUNTIME_DIRECTORY": str(self.home / "run")}

    def environment(self):
        return processes.clean_environment(self.home, self.directories())

    def clean(self, err):
        """A sanitizer has nothing to say."""
        for word in ("Sanitizer", "runtime error:"):
            self.assertNotIn(word, err)
        return err

    def run_in(self, folder, *words):
        """Runs bdrmon in FOLDER, as the account that a monitor has; returns code, output and errors."""
        done = subprocess.run([*self.account.prefix(), binary(), *map(str, words)], cwd=folder, capture_output=True,
                              env=self.environment(), timeout=30, check=False)
        return done.returncode, done.stdout.decode(), self.clean(done.stderr.decode())

    def run_each(self, folder, words):
        """The same for each file *.ini of FOLDER as configuration; returns a dictionary by file. One shell starts them
        all: that costs a third of what starting each from here does."""
        loop = f'for f in *.ini; do "{binary()}" -f "$f" {words} > "$f.out" 2> "$f.err"; echo $? > "$f.code"; done'
        subprocess.run([*self.account.prefix(), "sh", "-c", loop], cwd=folder, env=self.environment(), timeout=200,
                       check=True)

        def read(file, ending):
            return file.with_name(file.name + ending).read_text(encoding="utf-8")

        return {file: (int(read(file, ".code")), read(file, ".out"), self.clean(read(file, ".err")))
                for file in sorted(folder.glob("*.ini"))}

    def write(self, text):
        path = self.home / "test.ini"
        path.write_text(text, encoding="utf-8")
        self.account.own(path)
        return path

    def each_mistake(self, words, part=1):
        """Each one, or each PARTth since the unit tests have read them all and what is left is how it is told."""
        for number, path in enumerate(sorted((self.home / "mistakes").glob("*.ini"))):
            if number % part:
                path.unlink()
        runs = self.run_each(self.home / "mistakes", words)
        self.assertGreaterEqual(len(runs), 50 // part)
        for path, run in runs.items():
            with self.subTest(path.name):
                yield path, *run

    def expected(self, path):
        """The one error line and its hint, as the unit test has them."""
        lines = path.with_suffix(".expected").read_text(encoding="utf-8").split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith("ERROR: "))
        return lines[at], lines[at + 1]

    def test_check_tells_each_mistake_in_one_error_and_one_hint(self):
        for path, code, out, err in self.each_mistake("config check", part=2):
            lines = err.split("\n")
            errors = [i for i, line in enumerate(lines) if line.startswith("ERROR: ")]
            self.assertEqual(code, 1)
            self.assertEqual(len(errors), 1, err)
            self.assertEqual((lines[errors[0]], lines[errors[0] + 1]), self.expected(path))
            self.assertRegex(out, rf'^configuration file "{path.name}" has 1 error( and \d+ warnings?)?\n$')

    def test_the_monitor_refuses_each_mistake(self):
        for path, code, _, err in self.each_mistake("", part=4):
            errors = re.findall(r"^\[.*?\] \[ERROR\] (.*)$", err, re.M)
            self.assertEqual(code, 1, err)
            self.assertEqual([f"ERROR: {text}" for text in errors], [self.expected(path)[0]])

    def test_once_is_unknown_on_one_line_for_each_mistake(self):
        for path, code, out, err in self.each_mistake("--once", part=3):
            self.assertEqual((code, err), (3, ""))
            self.assertEqual(out.count("\n"), 1)
            self.assertTrue(out.startswith(f"BDRMON UNKNOWN: {path.name}"), out)

    def test_nothing_is_printed_of_a_bad_file(self):
        for path, code, out, err in self.each_mistake("config print", part=4):
            self.assertEqual((code, out), (1, ""))
            self.assertIn(self.expected(path)[0], err)

    def test_what_users_write_is_valid(self):
        runs = self.run_each(self.home / "real", "config check")
        self.assertGreaterEqual(len(runs), 40)
        for path, (code, out, err) in runs.items():
            with self.subTest(path.name):
                self.assertEqual(code, 0, err)
                self.assertNotIn("ERROR", err)
                self.assertRegex(out, rf'^configuration file "{path.name}" is valid(, with \d+ warnings?)?\n$')

    def test_a_monitor_starts_with_what_users_write(self):
        """Where the file does not name a directory of their machines; the directories are systemd's to name."""
        started = 0
        for path in sorted((self.home / "real").glob("*.ini")):
            text = path.read_text(encoding="utf-8", errors="replace")
            if re.search(r"^\s*(log_file|repmgrd_pid_file|log_facility|state_directory)\b", text, re.M):
                continue
            with self.subTest(path.name):
                self.start_and_stop(path)
                started += 1
        self.assertGreaterEqual(started, 30)

    def start_and_stop(self, path):
        for directory in ("state", "run"):
            shutil.rmtree(self.home / directory, ignore_errors=True)
            (self.home / directory).mkdir()
            self.account.own(self.home / directory)
        log = self.home / "log"
        log.write_text("")
        monitor = processes.spawn([binary(), "--config", path], self.account, self.home, log, self.directories())
        try:
            wait_for("control socket", lambda: (self.home / "run/bdrmon.sock").exists() or monitor.poll(), 10, log)
            monitor.terminate()
            self.assertEqual(monitor.wait(10), 0, log.read_text())
        finally:
            monitor.kill()
            monitor.wait()
        self.assertNotRegex(log.read_text(), rf"\[ERROR\].*{path.name}")

    def test_what_only_libpq_knows_is_checked_too(self):
        for conninfo, says in {
                f"'hostt=a password={CANARY}'": 'invalid connection option "hostt"',
                f"'host=a,b password={CANARY}'": "more than one host",
                f"'host=a password {CANARY}'": "not a list of keyword = value",
                f"postgresql://u:{CANARY}@[::1/db": "not a list of keyword = value",
                "“host=a”": "invalid connection option",
        }.items():
            with self.subTest(conninfo):
                path = self.write(NODES.format(conninfo))
                code, out, err = self.run_in(self.home, "-f", path, "config", "check")
                self.assertEqual(code, 1)
                self.assertEqual(err.count("ERROR: "), 1, err)
                self.assertTrue(err.startswith(f'ERROR: {path}:5: invalid value for parameter "conninfo": '), err)
                self.assertIn(says, err)
                self.assertIn("\nHINT: ", err)
                self.assertNotIn(CANARY, out + err)

    def test_all_errors_are_told_at_once_in_the_order_of_lines(self):
        path = self.write(NODES.format("hostt=a") + "[probe]\ntimeout=x\n[failover]\nlease=y\n")
        code, _, err = self.run_in(self.home, "-f", path, "config", "check")
        self.assertEqual(code, 1)
        lines = [int(line) for line in re.findall(rf"^ERROR: {path}:(\d+):", err, re.M)]
        self.assertEqual(lines, [5, 10, 12])

    def test_a_file_that_cannot_be_read_is_an_error(self):
        for path in ("/nonexistent/repmgr.ini", "/tmp"):
            code, out, err = self.run_in(self.home, "-f", path, "config", "check")
            self.assertEqual(code, 1)
            self.assertIn(f"ERROR: {path}: could not", err)
            self.assertIn("has 1 error", out)

    def test_print_gives_json_with_each_option_and_no_secret(self):
        path = self.write(NODES.format(f"'host=\"a\" password={CANARY}'") +
                          "[cluster]\nname='a \"b\" ä'\n[probe]\ntimeout=1s\n")
        code, out, err = self.run_in(self.home, "-f", path, "config", "print", "--json")
        self.assertEqual(code, 0, err)
        self.assertNotIn(CANARY, out)
        found = json.loads(out)
        options = {(o["section"], o.get("node"), o["name"]): o for o in found["options"]}
        self.assertEqual(found["file"], str(path))
        self.assertEqual(len(options), len(found["options"]))
        self.assertGreaterEqual(len(options), OPTIONS_MIN)
        self.assertEqual(options["node", "a", "conninfo"],
                         {"section": "node", "node": "a", "name": "conninfo", "value": 'host="a" password=***',
                          "source": "file", "line": 5})
        self.assertEqual(options["cluster", None, "name"]["value"], 'a "b" ä')
        self.assertEqual(options["probe", None, "stale"]["source"], "computed")
        self.assertEqual(options["failover", None, "lease"]["source"], "default")
        self.assertEqual(options["monitor", None, "state_directory"],
                         {"section": "monitor", "name": "state_directory", "value": str(self.home / "state"),
                          "source": "environment", "variable": "STATE_DIRECTORY"})

    def test_what_print_writes_is_valid_and_prints_the_same(self):
        """Sources apart: of the second file all values stand in the file."""

        def without_sources(text):
            return re.sub(r" +# [^\n]*$", "", text, flags=re.M)

        for name in ("migrated_with_both_nodes", "third_host", "notify_over_ssh", "every_key_of_repmgr_4"):
            with self.subTest(name):
                _, first, _ = self.run_in(self.home / "real", "-f", f"{name}.ini", "config", "print")
                path = self.write(first)
                code, second, err = self.run_in(self.home, "-f", path, "config", "print")
                self.assertEqual(code, 0, err)
                self.assertEqual(without_sources(second), without_sources(first))

    def test_sample_and_document_are_those_of_the_repository(self):
        for words, file in ((["sample"], "config/repmgr.ini"), (["sample", "--markdown"], "docs/configuration.md")):
            code, out, err = self.run_in(self.home, "config", *words)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(out, (ROOT / file).read_text(encoding="utf-8"))

    def test_a_misspelled_command_is_refused(self):
        for words in (["config"], ["config", "chek"], ["config", "check", "now"], ["config", "check", "--csv"]):
            with self.subTest(words):
                code, out, err = self.run_in(self.home, *words)
                self.assertEqual((code, out), (1, ""))
                self.assertTrue(err.startswith("ERROR: "), err)


if __name__ == "__main__":
    unittest.main()
