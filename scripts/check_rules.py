"""Rules about files, layers and words that no compiler checks. Run by scripts/check; tested by check_rules_test.py.

Each rule is a function from a tree (a folder) to a list of problems: "path:line: what; how to mend it".
"""
import re
import subprocess
import sys
from pathlib import Path

LINE_COLUMNS_MAX = 120
SOURCE_LINES_MAX = 500
SOURCE_LINES_HARD_MAX = 800
HEADER_LINES_MAX = 200
FUNCTION_LINES_MAX = 60
BLOB_BYTES_MAX = 1 << 20


def cpp_files(root):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cpp", "*.h"], cwd=root,
                            capture_output=True, text=True, check=True).stdout.split()
    return [root / name for name in listed if (root / name).is_file()]


def without_comments_and_strings(text):
    """Blanks comments and literals, keeping every line where it was."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def folder_of(path, root):
    """'src/wire/otlp/x.cpp' -> 'wire/otlp'; 'apps/filo/main.cpp' -> 'apps/filo'; None for what has no layer."""
    parts = path.relative_to(root).parts[:-1]
    if parts and parts[0] == "src":
        return "/".join(parts[1:])
    if parts and parts[0] == "apps":
        return "/".join(parts)
    return None


def read_layers(root):
    layers = {}
    for line in (root / "scripts/layers.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            layers[folder.strip()] = allowed.split()
    return layers


def fits(folder, pattern):
    if pattern == "*":
        return True
    regex = "".join("[^/]+" if c == "*" else re.escape(c) for c in pattern)
    return re.fullmatch(regex, folder) is not None


def rule_of(folder, layers):
    """The most exact rule for a folder; nested folders follow their parent's rule."""
    while folder:
        if folder in layers:
            return layers[folder]
        for pattern, allowed in layers.items():
            if "*" in pattern and fits(folder, pattern):
                return allowed
        folder = folder.rpartition("/")[0]
    return None


def check_layers(root):
    layers = read_layers(root)
    problems = []
    for path in cpp_files(root):
        folder = folder_of(path, root)
        if folder is None or re.search(r"_(test|bench|fuzz)\.cpp$", path.name):
            continue
        allowed = rule_of(folder, layers)
        if allowed is None:
            problems.append(f"{path.relative_to(root)}:1: folder '{folder}' has no layer; add it to scripts/layers.txt")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include "([^"]+)"', line)
            if not match or "/" not in match.group(1):
                continue
            target = match.group(1).rpartition("/")[0]
            same = target == folder or folder.startswith(target + "/") and target == folder.split("/")[0]
            if not (same or target == "base" or any(fits(target, p) for p in allowed)):
                problems.append(f"{path.relative_to(root)}:{number}: '{folder}' may not include '{target}'; "
                                "see scripts/layers.txt")
    return problems


def check_banned(root):
    rules = []
    for line in (root / "scripts/banned.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, allowed, instead = (part.strip() for part in line.rsplit(" | ", 2))
            rules.append((re.compile(pattern), [] if allowed == "-" else allowed.split(), instead))
    problems = []
    for path in cpp_files(root):
        name = str(path.relative_to(root))
        code = without_comments_and_strings(path.read_text()).splitlines()
        raw = path.read_text().splitlines()
        for number, line in enumerate(code, 1):
            for pattern, allowed, instead in rules:
                where = raw[number - 1] if pattern.pattern.startswith("#include") or "TODO" in pattern.pattern else line
                if pattern.search(where) and not any(name.startswith(prefix) for prefix in allowed):
                    problems.append(f"{name}:{number}: {pattern.pattern} is banned here; {instead}")
    return problems


def check_lengths(root):
    problems = []
    for path in cpp_files(root):
        name = path.relative_to(root)
        lines = path.read_text().splitlines()
        limit = HEADER_LINES_MAX if path.suffix == ".h" else SOURCE_LINES_MAX
        if path.name.endswith("_test.cpp"):
            limit = SOURCE_LINES_HARD_MAX
        if len(lines) > limit:
            problems.append(f"{name}:{limit}: {len(lines)} lines, {limit} at most; split it by idea")
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_COLUMNS_MAX:
                problems.append(f"{name}:{number}: {len(line)} columns, {LINE_COLUMNS_MAX} at most")
        problems += long_functions(name, lines)
    return problems


def long_functions(name, lines):
    """Functions start at a line without indentation that ends in '{' and end at the next line that is '}'."""
    problems = []
    start = None
    for number, line in enumerate(lines, 1):
        opens = line.endswith("{") and "(" in line and not line.startswith((" ", "}", "namespace", "class", "struct"))
        if opens or (line.startswith("    ") and start is None and line.endswith(") {") and lines[number - 2][:1].isalpha()
                     and "(" in lines[number - 2]):
            start = number
        elif line == "}" and start is not None:
            if number - start > FUNCTION_LINES_MAX and not str(name).endswith("_test.cpp"):
                problems.append(f"{name}:{start}: a function of {number - start} lines, {FUNCTION_LINES_MAX} at most")
            start = None
    return problems


def check_dead_files(root):
    """Every source is named in a CMakeLists.txt of its folder or one above; every header is included somewhere."""
    problems = []
    files = cpp_files(root)
    texts = {path: path.read_text() for path in files}
    included = set()
    for path, text in texts.items():
        for target in re.findall(r'#include "([^"]+)"', text):
            included.add(target if "/" in target else str((path.parent / target).relative_to(root)))
    for path in files:
        name = str(path.relative_to(root))
        if path.suffix == ".h":
            short = name.removeprefix("src/")
            if short not in included and name not in included and not name.startswith("include/"):
                problems.append(f"{name}:1: nobody includes this header; delete it")
            continue
        folder, found = path.parent, False
        while True:
            listing = folder / "CMakeLists.txt"
            if listing.is_file():
                relative = str(path.relative_to(folder))
                found = re.search(rf"(^|[\s/(]){re.escape(relative)}($|[\s)])", listing.read_text()) is not None
            if found or folder == root:
                break
            folder = folder.parent
        if not found and name not in (root / "cmake/targets.cmake").read_text():
            problems.append(f"{name}:1: no target builds this file; list it in a CMakeLists.txt or delete it")
    return problems


def check_headers(root):
    problems = []
    for path in cpp_files(root):
        name = path.relative_to(root)
        text = path.read_text()
        if path.suffix == ".h":
            if "#pragma once" not in text:
                problems.append(f"{name}:1: no #pragma once")
            if not text.startswith("//") and "test/support" not in str(name):
                problems.append(f"{name}:1: a header opens with what it is for")
    return problems


def check_docs(root):
    """Paths that the documentation names exist, and it cites no line numbers of code."""
    problems = []
    for path in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")]):
        name = path.relative_to(root)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for target in re.findall(r"`((?:src|apps|docs|scripts|cmake|proto|test|web|fuzz|bench)/[\w./-]+)`", line):
                if not (root / target).exists():
                    problems.append(f"{name}:{number}: names {target}, which does not exist")
            for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", line):
                if not (path.parent / target).exists():
                    problems.append(f"{name}:{number}: links to {target}, which does not exist")
            if re.search(r"\w\.(cpp|h|ts|tsx):\d+", line):
                problems.append(f"{name}:{number}: cites a line number; name the symbol")
    return problems


def check_blobs(root):
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return [f"{name}:1: {(root / name).stat().st_size} bytes, {BLOB_BYTES_MAX} at most" for name in listed
            if (root / name).is_file() and (root / name).stat().st_size > BLOB_BYTES_MAX]


RULES = [check_layers, check_banned, check_lengths, check_dead_files, check_headers, check_docs, check_blobs]


def main():
    root = Path(__file__).resolve().parent.parent
    problems = [problem for rule in RULES for problem in rule(root)]
    for problem in problems:
        print(problem)
    print(f"{len(RULES)} rules, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
