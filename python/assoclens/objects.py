"""Whole objects: files, or streams from a store, each checked by one run of the program.

Unlike a column, an object has places in a file, captures around payloads, compression, and duplicates within it. An object
that cannot be read to its end raises an error; nothing of it is skipped.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from assoclens._options import Normal, Options, normal
from assoclens._program import Trouble, program, trouble

if TYPE_CHECKING:
    from typing_extensions import Unpack

Opener = Callable[[str], BinaryIO]
"""Opens an object by its path, such as ``fsspec.filesystem("s3").open``."""

_BYTES_AT_ONCE = 1 << 20


def judge_object(
    path: str, *, opener: Opener | None = None, jobs: int | None = None, **options: Unpack[Options]
) -> Iterator[dict[str, Any]]:
    """The payloads of an object that have findings, in its order, as they are found.

    ``path`` names a file, plain or compressed; with ``opener``, the stream that it opens for this name is read instead.
    ``jobs`` is the number of worker threads (one per core if it is None). Yields a record for each payload, as specified by
    ``schemas/report.schema.json``: ``source``, ``number``, ``line``, ``column``, ``offset`` (of the payload, in bytes),
    ``valid``, ``event``, ``findings`` and, if any, ``capture`` and ``omitted``. Payloads without a finding have no record;
    ``summary_of_object`` counts them.

    Raises ``Trouble`` after the last record if the object cannot be read to its end, so the records are incomplete.
    Errors of ``opener`` and of its stream are raised as they are.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "day.ndjson")
    ...     _ = open(path, "w").write('{"id": "67ade73d1119d2ac7ad0c475"}\\n{"id": 67}\\n')
    ...     records = list(judge_object(path, allow="missing-field"))
    >>> [(record["line"], record["valid"], record["findings"][0]["pointer"]) for record in records]
    [(2, False, '/id')]
    """
    arguments = ["validate", "--format", "ndjson", "--only-findings", *_arguments(normal(options), jobs)]
    for line in _lines(arguments, path, opener):
        yield json.loads(line)


def summary_of_object(
    path: str, *, opener: Opener | None = None, jobs: int | None = None, **options: Unpack[Options]
) -> bytes:
    """The summary of an object, as the program writes it: ``assoclens validate --format json --summary``.

    ``path``, ``opener``, ``jobs`` and errors are those of ``judge_object``. ``json.loads`` reads it,
    ``assoclens.summary.merge`` adds several up.

    >>> import io
    >>> summary = summary_of_object("day.ndjson", opener=lambda path: io.BytesIO(b'{"id": 67}'), allow="missing-field")
    >>> counts = json.loads(summary)["summary"]
    >>> counts["payloads"], counts["invalid"], counts["found"][0]["first"]
    (1, 1, {'source': 'day.ndjson', 'line': 1})
    """
    arguments = ["validate", "--format", "json", "--summary", *_arguments(normal(options), jobs)]
    return b"".join(_lines(arguments, path, opener))


def _arguments(options: Normal, jobs: int | None) -> list[str]:
    return options.arguments() + ([] if jobs is None else ["--jobs", str(jobs)])


def _lines(arguments: list[str], path: str, opener: Opener | None) -> Iterator[bytes]:
    """The program's output about one object, line by line."""
    source = ["--", path] if opener is None else ["--source-name", path, "--", "-"]
    stdin = subprocess.DEVNULL if opener is None else subprocess.PIPE
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([program(), *arguments, *source], stdin=stdin, stdout=subprocess.PIPE, stderr=said)
        feeder = _Feeder(opener, path, process.stdin) if opener and process.stdin else None
        try:
            yield from process.stdout or ()
            code = process.wait()
        finally:
            # If the program has ended, this does nothing; if its reader wants no more, it must be killed.
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
            if feeder:
                feeder.join()
        if feeder and feeder.error:
            raise feeder.error
        if code not in (0, 1):
            said.seek(0)
            raise Trouble(f"{path}: {trouble(code, said.read())}")


class _Feeder(threading.Thread):
    """Passes an opened object to the program's standard input."""

    def __init__(self, opener: Opener, path: str, stdin: IO[bytes]) -> None:
        super().__init__(name=f"feeds {path}", daemon=True)
        self.opener, self.path, self.stdin = opener, path, stdin
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            with self.opener(self.path) as stream:
                while block := stream.read(_BYTES_AT_ONCE):
                    self.stdin.write(block)
        except BrokenPipeError:
            # The program has ended, and its exit code says why.
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised where the records are read
            self.error = error
        finally:
            try:
                self.stdin.close()
            except BrokenPipeError:
                pass
