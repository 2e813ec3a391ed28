"""Nothing that is read becomes code: no pickle, no eval, no shell; and no private key is kept."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("firmware_bridge", "fetal_hemo", "export", "benchmarks", "examples")
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}
BUILT_IN = {"eval", "exec", "compile", "__import__"}
CALLS = BUILT_IN | {f"builtins.{name}" for name in BUILT_IN}
CALLS |= {"os.system", "os.popen", "torch.load"}
PRIVATE = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def called(node: ast.Call) -> str:
    """The name of what is called, with its dots; empty when it has none."""
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


def findings(source: str) -> Iterator[str]:
    """What of a source may run data as code."""
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            taken = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (f"imports {name}" for name in sorted(taken & CALLS))
        yield from (f"imports {n}" for n in names if n.split(".")[0] in MODULES)
        if isinstance(node, ast.Call):
            if called(node) in CALLS:
                yield f"calls {called(node)}"
            for word in node.keywords:
                if word.arg in ("shell", "allow_pickle") and ast.unparse(word.value) != "False":
                    yield f"calls {called(node)} with {word.arg}"


def test_no_source_runs_data() -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {text}"
        for room in ROOMS
        for path in sorted((PROJECT / room).rglob("*.py"))
        for text in findings(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        *("import pickle", "from pickle import loads", "import yaml.loader", "eval('1')"),
        *("os.system('x')", "torch.load(p)", "subprocess.run(x, shell=True)"),
        *("np.load(p, allow_pickle=True)", "from os import path, system", "from torch import load"),
        *("from os import popen as p", "from builtins import eval", "builtins.exec(x)"),
    ],
)
def test_each_is_found(source: str) -> None:
    assert len(list(findings(source))) == 1


def test_no_private_key_is_kept() -> None:
    listed = subprocess.run(["git", "-C", PROJECT, "ls-files", "-z"], capture_output=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = PROJECT / name
        if path.is_file():
            assert not PRIVATE.search(path.read_bytes()), name
            assert path.suffix not in (".key", ".pem", ".p12"), name
