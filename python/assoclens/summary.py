"""Summaries of runs, added up."""

from __future__ import annotations

import tempfile
from pathlib import Path

from assoclens._program import run


def merge(*reports: bytes) -> bytes:
    """The summary of several runs, from their reports in order.

    Each of ``reports`` is a whole report of the program in the format ``json``, with its payloads or without, such as
    that of ``assoclens.objects.summary_of_object``. Returns the output of one run over the same objects in the same order with
    ``--format json --summary``, byte for byte, as long as no code has more than 100 places: beyond those, one run and
    several may distinguish different places (the counts are exact all the same).

    Raises ``Trouble`` if one is not such a report, or has an unknown version.

    >>> import io, json
    >>> from assoclens.objects import summary_of_object
    >>> one, other = (
    ...     summary_of_object(name, opener=lambda _: io.BytesIO(b'{"id": 67}'), allow="missing-field") for name in "ab"
    ... )
    >>> row = json.loads(merge(one, other))["summary"]["found"][0]
    >>> row["count"], row["first"]["source"], row["last"]["source"]
    (2, 'a', 'b')
    """
    with tempfile.TemporaryDirectory(prefix="assoclens-") as folder:
        names = [f"{number:06}" for number in range(len(reports))]
        for name, report in zip(names, reports):
            Path(folder, name).write_bytes(report)
        return run(["merge", "--", *names], folder)
