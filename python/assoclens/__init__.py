"""Validate payloads of HighLevel's "Association Created" webhook in their place: in a column of a table.

``judge`` gives a verdict for each row, and ``key`` a key. Both take anything that speaks Arrow, or a list, and need pyarrow.
``assoclens.objects`` runs the program on whole files, ``assoclens.summary`` adds up its summaries, and ``assoclens.spark``
does all of that on a cluster. The program itself is installed together with the module.

The texts of a verdict may quote a payload, which anyone can post: escape them before you print them to a terminal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assoclens._native import Judge as _Judge
from assoclens._native import __version__
from assoclens._native import key as _key
from assoclens._options import Codes, Normal, Options, normal
from assoclens._program import Trouble, program

if TYPE_CHECKING:
    import pyarrow
    from typing_extensions import Unpack

__all__ = ["Codes", "Options", "Trouble", "__version__", "judge", "key", "program"]


def judge(payloads: Any, **options: Unpack[Options]) -> pyarrow.Array | pyarrow.ChunkedArray:
    """The verdict on each payload of a column.

    ``payloads`` is a column of n texts or byte strings: an array or a chunked array of Arrow, a column of Polars, DuckDB or
    pandas, or a list. Each is one payload, byte for byte, and gets the verdict of ``assoclens validate --unwrap never``.

    Returns n rows (chunked if ``payloads`` is) of
    ``struct<valid: bool, findings: list<finding>, omitted: list<struct<code: string, count: int64>>>``, where a finding is
    ``struct<code, level, message, pointer: string; offset, length, line, column, end_line, end_column: int64; help: string>``.
    ``offset`` and ``length`` are in bytes, ``column`` and ``end_column`` in characters; lines and columns begin at 1, and the
    end is the first place after the finding. If a payload has more findings than a report has room for, ``omitted`` counts the
    rest. If the program's ``help`` names an option, this one says the same in words. Null stays null.

    ``allow`` leaves out codes, ``warn`` and ``deny`` turn them into warnings and errors, in this order, so that
    ``allow="all", deny="schema/"`` gives only the schema's verdict. ``strict`` turns all warnings into errors. ``event`` is the
    event to validate as; with ``"auto"``, each payload is validated as the event it is.

    Raises ``TypeError`` if the column is neither text nor bytes, ``ValueError`` for an unknown code or event,
    ``OverflowError`` if the texts of the verdicts are longer than 2 GiB together.

    >>> verdicts = judge(['{"id": "67ade73d1119d2ac7ad0c475"}', None, '{"id": 67}'], allow="missing-field")
    >>> verdicts.field("valid").to_pylist(), verdicts.is_null().to_pylist()
    ([True, False, False], [False, True, False])
    >>> finding = verdicts[2].as_py()["findings"][0]
    >>> finding["code"], finding["pointer"], finding["offset"], finding["length"], finding["line"], finding["column"]
    ('schema/type', '/id', 7, 2, 1, 8)
    >>> finding["message"]
    '`id` must be a string, not the number 67'
    """
    return _returned(_judge(normal(options)).judge(_column(payloads)))


def key(payloads: Any, by: str = "id", *, event: str = "auto") -> pyarrow.Array | pyarrow.ChunkedArray:
    """The key by which each payload of a column is joined, as text.

    ``payloads`` is a column of n rows as for ``judge``. Returns n rows of ``string`` (chunked if ``payloads`` is): two keys
    are equal if and only if ``assoclens diff --by`` joins the two records, in any process and on any machine, so the column
    can be stored, shuffled by and grouped by. It is the field's value as canonical JSON, with the name of the event before it
    unless that is AssociationCreate. Null for a row that is null, not a JSON object, or without the field.

    Raises ``TypeError`` if the column is neither text nor bytes, ``ValueError`` for an unknown event,
    ``OverflowError`` if the keys are longer than 2 GiB together.

    >>> key(['{"id": "a"}', '{"id": 1.0}', '{"id": 2, "id": 1}', '{"id": "1"}', '{}', None]).to_pylist()
    ['"a"', '1', '1', '"1"', None, None]
    >>> key(['{"type": "RelationCreate", "webhookId": "w"}'], by="webhookId").to_pylist()
    ['"RelationCreate" "w"']
    """
    return _returned(_key(_column(payloads), by, event))


@lru_cache(maxsize=32)
def _judge(options: Normal) -> _Judge:
    """Reads the schema once for each set of options."""
    return _Judge(options.allow, options.warn, options.deny, options.strict, options.event)


def _column(payloads: Any) -> Any:
    if hasattr(payloads, "__arrow_c_array__") or hasattr(payloads, "__arrow_c_stream__"):
        return payloads
    import pyarrow

    return pyarrow.array(payloads)


def _returned(made: Any) -> Any:
    import pyarrow

    if hasattr(made, "__arrow_c_array__"):
        return pyarrow.array(made)
    return pyarrow.chunked_array(made)
