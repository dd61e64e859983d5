"""The package as it is installed: the program beside it, its types, its examples, and the ways without Rust."""

from __future__ import annotations

import doctest
import importlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import assoclens
import payloads

MODULES = ["assoclens", "assoclens._options", "assoclens._program", "assoclens.objects", "assoclens.summary"]


def wheel() -> str:
    return os.environ["WHEEL"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name):
    module = importlib.import_module(name)
    failed, tried = doctest.testmod(module, extraglobs=vars(module))
    assert tried > 0 and failed == 0


def test_module_and_program_are_of_one_version():
    version = subprocess.run([assoclens.program(), "--version"], capture_output=True, text=True, check=True).stdout
    assert version.split() == ["assoclens", assoclens.__version__]
    assert Path(assoclens.program()).parent == Path(sys.prefix, "bin").resolve()


def test_the_types_are_those_that_are_written():
    assert Path(assoclens.__file__).with_name("py.typed").exists()
    folder = payloads.ROOT / "python/assoclens"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--follow-imports=silent"]
    done = subprocess.run([*mypy, "--cache-dir", os.devnull, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_from_wheel_to_verdict_in_a_fresh_environment(tmp_path, record_property):
    """One command, without Rust and without any other package. How long it took is said, and asserted of no machine."""
    script = tmp_path / "judge.sh"
    payload = payloads.FIXTURES / "invalid" / "id-wrong-type.json"
    script.write_text(
        f"{sys.executable} -m venv env && env/bin/pip install --quiet --no-index '{wheel()}' "
        f"&& env/bin/assoclens validate --format concise '{payload}'"
    )
    begin = time.monotonic()
    done = subprocess.run(["sh", script], cwd=tmp_path, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    print(f"from wheel to verdict: {time.monotonic() - begin:.1f} s")
    assert (done.returncode, done.stderr) == (1, "")
    assert "error[schema/type] `id` must be a string" in done.stdout
    python = tmp_path / "env/bin/python"
    version = subprocess.run([python, "-c", "import assoclens; print(assoclens.__version__)"], capture_output=True, text=True)
    assert version.stdout.strip() == assoclens.__version__, version.stderr


def test_pre_commit_runs_it_without_rust(tmp_path):
    """The recipe of docs/ci.md, with the wheel's path in the place of its name."""
    folder = tmp_path / "repository"
    folder.mkdir()
    page = (payloads.ROOT / "docs/ci.md").read_text(encoding="utf-8")
    recipe = "repos:\n  - repo: local\n" + page.split("  - repo: local\n")[1].split("```")[0]
    assert "[WHEEL]" in recipe
    text = recipe.replace("[WHEEL]", f'["{wheel()}"]')
    (folder / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    for name in ("valid/documented-example.json", "invalid/id-wrong-type.json"):
        shutil.copy(payloads.FIXTURES / name, folder)
    # Without Rust: nothing on the path but what finds git and Python.
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    environment |= {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "GIT_CONFIG_GLOBAL": os.devnull}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_") or "CERT" in name}
    run = lambda *command: subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: E731
    assert run("git", "init", "--quiet").returncode == 0
    assert run("git", "add", "--all").returncode == 0
    for time_ in ("first", "later"):
        begin = time.monotonic()
        done = run("pre-commit", "run", "--all-files", "--color=never")
        print(f"pre-commit, the {time_} run: {time.monotonic() - begin:.2f} s")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "`id` must be a string, not the number 67" in done.stdout
    (folder / "id-wrong-type.json").unlink()
    assert run("git", "add", "--all").returncode == 0
    done = run("pre-commit", "run", "--all-files", "--color=never")
    assert done.returncode == 0 and "Passed" in done.stdout, done.stdout + done.stderr
