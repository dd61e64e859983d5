"""The program that is installed together with the module."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path

_NAME = "assoclens.exe" if sys.platform == "win32" else "assoclens"


class Trouble(RuntimeError):
    """The program could not do its job: exit code 2, or it was ended. The text is its message."""


@lru_cache(maxsize=1)
def program() -> str:
    """The path of the program ``assoclens`` that came with this package.

    Raises ``FileNotFoundError`` if there is none.

    >>> import subprocess
    >>> subprocess.run([program(), "--version"], capture_output=True, text=True).stdout.split()[0]
    'assoclens'
    """
    # The package's record has its place, unless `pip install --target` or somebody else has moved it.
    try:
        files = metadata.files("assoclens") or []
    except metadata.PackageNotFoundError:
        files = []
    places = [Path(str(file.locate())) for file in files if file.name == _NAME and file.parent.name != "assoclens"]
    places.append(Path(__file__).parent.parent / "bin" / _NAME)
    for place in places:
        if place.is_file():
            return str(place.resolve())
    found = shutil.which(_NAME)
    if found is None:
        raise FileNotFoundError(f"the program {_NAME} is not beside its package; install the wheel again")
    return found


def run(arguments: Sequence[str], folder: str | None = None) -> bytes:
    """The program's output for these arguments, if it did its job, whatever it found."""
    done = subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=folder)
    if done.returncode not in (0, 1):
        raise Trouble(trouble(done.returncode, done.stderr))
    return done.stdout


def trouble(code: int, said: bytes) -> str:
    """The message about a run that did not do its job."""
    text = said.decode("utf-8", "replace").strip()
    how = f"assoclens was ended by signal {-code}" if code < 0 else f"assoclens ended with exit code {code}"
    return f"{how}: {text}" if text else how
