"""Proves that each rule of check_rules.py bites: a tree that breaks it is reported, a clean one is not."""
import subprocess
import tempfile
import unittest
from pathlib import Path

import check_rules

CLEAN = {
    "scripts/layers.txt": "base:\nmodel:\nwire/*: model\n",
    "scripts/banned.txt": "\\bthrow\\b | src/base/odd.cpp | return a Result\n\\bgetenv\\b | - | read it elsewhere\n",
    "cmake/targets.cmake": "",
    "src/model/CMakeLists.txt": "filo_module(model SOURCES a.cpp)\n",
    "src/model/a.h": "// What a is.\n#pragma once\n",
    "src/model/a.cpp": '#include "model/a.h"\n// throw is only a word here\nconst char* text = "throw getenv";\n',
    "docs/x.md": "See `src/model/a.h` and [a](x.md).\n",
}


class RulesTest(unittest.TestCase):
    def problems(self, rule, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            for name, text in {**CLEAN, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            subprocess.run(["git", "add", "-A"], cwd=root, check=True)
            return rule(root)

    def test_a_clean_tree_has_no_problems(self):
        for rule in check_rules.RULES:
            self.assertEqual(self.problems(rule, {}), [], rule.__name__)

    def bites(self, rule, changes, expected):
        found = self.problems(rule, changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_a_lower_layer_may_not_include_a_higher_one(self):
        self.bites(check_rules.check_layers, {"src/model/a.cpp": '#include "wire/otlp/x.h"\n'}, "'model' may not include")

    def test_a_folder_without_a_layer_is_reported(self):
        self.bites(check_rules.check_layers, {"src/misc/b.cpp": ""}, "has no layer")

    def test_plug_ins_may_not_see_each_other(self):
        self.bites(check_rules.check_layers, {"src/wire/a/b.cpp": '#include "wire/c/d.h"\n'}, "'wire/a' may not include 'wire/c'")

    def test_banned_words_are_found_in_code_only_and_where_not_allowed(self):
        self.bites(check_rules.check_banned, {"src/model/a.cpp": "void f() { throw 1; }\n"}, "return a Result")
        self.assertEqual(self.problems(check_rules.check_banned, {"src/base/odd.cpp": "void f() { throw 1; }\n"}), [])

    def test_long_files_lines_and_functions(self):
        self.bites(check_rules.check_lengths, {"src/model/a.h": "// x\n" * 201}, "201 lines")
        self.bites(check_rules.check_lengths, {"src/model/a.cpp": "x" * 121 + "\n"}, "121 columns")
        self.bites(check_rules.check_lengths, {"src/model/a.cpp": "int f(int x) {\n" + "  x;\n" * 61 + "}\n"}, "a function of 62 lines")

    def test_dead_files(self):
        self.bites(check_rules.check_dead_files, {"src/model/b.cpp": ""}, "no target builds this file")
        self.bites(check_rules.check_dead_files, {"src/model/b.h": "// b\n#pragma once\n"}, "nobody includes")

    def test_headers_say_what_they_are_for(self):
        self.bites(check_rules.check_headers, {"src/model/a.h": "#pragma once\n"}, "what it is for")

    def test_documents_name_what_exists(self):
        self.bites(check_rules.check_docs, {"docs/x.md": "`src/model/gone.h`\n"}, "does not exist")
        self.bites(check_rules.check_docs, {"docs/x.md": "[y](gone.md)\n"}, "does not exist")
        self.bites(check_rules.check_docs, {"docs/x.md": "see a.cpp:12\n"}, "line number")

    def test_large_blobs(self):
        self.bites(check_rules.check_blobs, {"docs/big.txt": "x" * (1 << 20) + "y"}, "at most")


class Quietly(unittest.TestCase):
    """The shell function of lib.sh that holds back what a linter says while all is well."""

    def errors_of(self, command):
        lib = Path(check_rules.__file__).parent / "lib.sh"
        return subprocess.run(["bash", "-c", f"source {lib}; quietly {command}"], capture_output=True, text=True)

    def test_a_failure_says_why(self):
        failed = self.errors_of("sh -c 'echo found; echo why >&2; exit 3'")
        self.assertEqual((failed.returncode, failed.stdout, failed.stderr), (3, "found\n", "why\n"))

    def test_success_is_quiet(self):
        done = self.errors_of("sh -c 'echo noise >&2'")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
