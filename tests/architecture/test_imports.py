"""Each outside library has one importing module or folder, and start-up pays for what it uses only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "monitor"
HOMES = {
    "httpx": ("feeds/transport.py",),
    "h11": ("feeds/exchange.py",),
    "httpcore": ("feeds/transport.py",),
    "feedparser": ("feeds/parse.py",),
    "selectolax": ("feeds/clean.py", "feeds/page.py"),
    "tinydb": ("store/",),
    "psycopg": ("store/",),
    "textual": ("dashboard/",),
    "rich": ("dashboard/",),
    "ruamel": ("yamlfile.py",),
    "pydantic": ("schema/",),
    "pydantic_core": ("schema/",),
    "lark": ("rules/syntax.py",),
    "rapidfuzz": ("stories/fold.py",),
    "Stemmer": ("language/inflection.py",),
    "bidi": ("dashboard/bidi.py",),
    "click": ("cli/",),
    "platformdirs": ("cli/", "config.py", "cache.py", "store/names.py"),
    "jinja2": ("export/document.py",),
    "apprise": ("notify/channels.py",),
    "textual_serve": ("cli/serving.py",),
    "aiohttp": ("cli/serving.py",),
    "stix2": ("export/stix.py",),
    "keyring": ("vault.py",),
    "orjson": ("store/", "export/", "cli/read.py"),
}
# _typeshed exists for type checkers only.
OURS = {"monitor", "_typeshed", *sys.stdlib_module_names}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_outside_libraries_are_imported_in_their_homes_only(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name in imports(path) - OURS:
        assert name in HOMES, f"{place} imports {name}, which has no home yet"
        assert place.startswith(HOMES[name]), f"{place} imports {name}; it belongs to {HOMES[name]}"


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_command_line_starts_without_the_screen_and_the_network() -> None:
    heavy = {"textual", "rich", "httpx", "httpcore", "feedparser", "pydantic", "ruamel", "tinydb", "lark", "rapidfuzz"}
    assert not loaded_by("import monitor.cli") & heavy


def test_deciding_needs_no_screen_no_network_and_no_store() -> None:
    loaded = loaded_by("import monitor.stories, monitor.review, monitor.baseline.compare, monitor.rules.engine")
    assert not loaded & {"textual", "httpx", "tinydb", "feedparser", "click", "pydantic", "sqlite3"}


def test_every_module_says_why_it_exists() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.stat().st_size:
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
