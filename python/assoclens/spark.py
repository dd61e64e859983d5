"""Payloads in Spark: as a column of a table, or as objects, one task each.

Spark 3.5 has ``judge``, ``key``, ``judge_objects`` and ``summarize_objects``; ``diff`` needs 4.0, ``verdict`` 4.1. The package
must be installed where the executors run, with pyarrow. Set ``spark.python.unix.domain.socket.enabled`` to ``true`` (4.1 and
later). ``docs/scale.md`` says which way suits which data, and its cost.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F
from pyspark.sql.types import BinaryType, StringType, StructType

import assoclens
from assoclens import objects
from assoclens._options import Options, normal
from assoclens._program import Trouble, run
from assoclens.objects import Opener
from assoclens.summary import merge

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, GroupedData, SparkSession
    from typing_extensions import Unpack


def _struct(texts: str, numbers: str = "", **others: pa.DataType) -> pa.DataType:
    fields = [(name, pa.string()) for name in texts.split()] + [(name, pa.int64()) for name in numbers.split()]
    return pa.struct(fields + list(others.items()))


_FINDING = _struct(
    "code level message pointer", "offset length line column end_line end_column", help=pa.string()
)
_OMITTED = pa.list_(_struct("code", "count"))
_VERDICT = pa.struct([("valid", pa.bool_()), ("findings", pa.list_(_FINDING)), ("omitted", _OMITTED)])
_STEP = pa.struct([*_struct("shape pointer", "number"), ("encoding", pa.string())])
_RECORD = pa.schema(
    [
        *_struct("source", "number line column offset", valid=pa.bool_(), event=pa.string()),
        ("capture", pa.struct([("fidelity", pa.string()), ("steps", pa.list_(_STEP))])),
        ("findings", pa.list_(_FINDING)),
        ("omitted", _OMITTED),
    ]
)
_VALUE = _struct("kind text")
_CHANGES = pa.list_(
    pa.struct(
        [*_struct("pointer change only_in", before=_VALUE, after=_VALUE), *_struct("code_points name_code_points")]
    )
)
_DIFFERENCE = pa.schema(
    [*_struct("status key before after", changes=_CHANGES, other=_CHANGES, side=pa.string(), same=pa.bool_())]
)
_REPORT = pa.schema([("number", pa.int64()), ("report", pa.binary())])


def _ddl(kind: pa.DataType) -> str:
    """Spark's name of a type."""
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name}: {_ddl(field.type)}' for field in kind)}>"
    if pa.types.is_list(kind):
        return f"array<{_ddl(kind.value_type)}>"
    return {pa.string(): "string", pa.int64(): "bigint", pa.bool_(): "boolean", pa.binary(): "binary"}[kind]


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {_ddl(field.type)}" for field in schema)


VERDICT = _ddl(_VERDICT)
"""The type of a verdict, as DDL."""

RECORD = _columns(_RECORD)
"""The columns of ``judge_objects``, as DDL."""

DIFFERENCE = _columns(_DIFFERENCE)
"""The columns of ``diff``, as DDL."""

_RECORDS_AT_ONCE = 1000


def verdict(column: Column | str, **options: Unpack[Options]) -> Column:
    """The verdict on each payload of a column of text or bytes, as a column of type ``VERDICT``.

    Rows, options and errors are those of ``assoclens.judge``; null stays null. Requires Spark 4.1;
    raises ``NotImplementedError`` with an older one, for which ``judge`` does the same for a table.

    >>> df = spark.createDataFrame([('{"id": 67}',), ('{}',)], "body: string")
    >>> df.where(~verdict("body")["valid"]).collect()
    [Row(body='{"id": 67}')]
    """
    if not hasattr(F, "arrow_udf"):
        raise NotImplementedError("a column of verdicts needs Spark 4.1; use assoclens.spark.judge(df, column)")
    chosen = normal(options)._asdict()

    def made(payloads: pa.Array) -> pa.Array:
        return assoclens.judge(payloads, **chosen)

    made.__annotations__ = {"payloads": pa.Array, "return": pa.Array}
    judged: Column = F.arrow_udf(made, VERDICT)(column)
    return judged


def judge(
    df: DataFrame,
    column: str,
    *,
    into: str = "verdict",
    keep: Sequence[str] | None = None,
    only_findings: bool = False,
    **options: Unpack[Options],
) -> DataFrame:
    """A table with the verdict on each payload of one of its columns, which holds text or bytes.

    It has the columns named by ``keep`` (all if it is None; each must be sent to Python and back), then ``into``, of type
    ``VERDICT``. With ``only_findings``, it has only the rows whose payload has a finding. Rows, options and errors are those of
    ``assoclens.judge``; null stays null, and is not a finding.

    Raises ``TypeError`` if the column is neither text nor bytes, ``ValueError`` if ``into`` is a column that is kept.

    >>> df = spark.createDataFrame([(1, '{"id": 67}'), (2, '{}')], "number: int, body: string")
    >>> found = judge(df, "body", keep=["number"], only_findings=True, allow="missing-field").collect()
    >>> [(row["number"], row["verdict"]["valid"], row["verdict"]["findings"][0]["code"]) for row in found]
    [(1, False, 'schema/type')]
    """
    kept = list(df.columns if keep is None else keep)
    if into in kept:
        raise ValueError(f"there is a column {into!r} already; name another: into=NAME")
    if not isinstance(df.schema[column].dataType, (StringType, BinaryType)):
        raise TypeError(f"the column {column!r} is {df.schema[column].dataType.simpleString()}, not text or bytes")
    chosen, given_names = normal(options)._asdict(), list(dict.fromkeys([column, *kept]))
    places = [given_names.index(name) for name in kept]

    def batches(given: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in given:
            verdicts = assoclens.judge(batch.column(0), **chosen)
            made = pa.RecordBatch.from_arrays([*map(batch.column, places), verdicts], [*kept, into])
            if only_findings:
                made = made.filter(pc.greater(pc.list_value_length(verdicts.field("findings")), 0))
            yield made

    added = df.sparkSession.createDataFrame([], f"{_quoted(into)} {VERDICT}").schema[0]
    schema = StructType([*(df.schema[name] for name in kept), added])
    # `mapInArrow` looks up columns by name, and takes a dot in a name as a path into a struct.
    columns = (F.col(_quoted(name)).alias(f"_{index}") for index, name in enumerate(given_names))
    return df.select(*columns).mapInArrow(batches, schema)


def key(column: Column | str, by: str = "id", *, event: str = "auto") -> Column:
    """The key of each payload of a column of text or bytes, as a column of text, by which ``diff`` joins.

    To find duplicates across objects, shuffle by it: ``df.groupBy(key("value", by="webhookId")).count()``. Rows and errors are
    those of ``assoclens.key``.

    >>> df = spark.createDataFrame([('{"webhookId": "a"}',), ('{"webhookId": "a"}',)], "body: string")
    >>> df.groupBy(key("body", by="webhookId").alias("key")).count().collect()
    [Row(key='"a"', count=2)]
    """
    if hasattr(F, "arrow_udf"):

        def made(payloads: pa.Array) -> pa.Array:
            return assoclens.key(payloads, by, event=event)

        made.__annotations__ = {"payloads": pa.Array, "return": pa.Array}
        keyed: Column = F.arrow_udf(made, "string")(column)
        return keyed

    import pandas as pd

    def made_of_series(payloads: Any) -> Any:
        return assoclens.key(pa.array(payloads, from_pandas=True), by, event=event).to_pandas()

    made_of_series.__annotations__ = {"payloads": pd.Series, "return": pd.Series}
    functions: Any = F
    of_series: Column = functions.pandas_udf(made_of_series, "string")(column)
    return of_series


def judge_objects(
    spark: SparkSession, paths: Sequence[str], *, opener: Opener | None = None, **options: Unpack[Options]
) -> DataFrame:
    """The payloads of objects that have findings, one task per object, with the columns of ``RECORD``.

    ``paths`` are read where the executors run: names of files that each of them sees, or with ``opener`` any names that it
    opens. The largest files come first; with ``opener``, the order is that of ``paths``, so name the largest first. Places,
    options and errors are those of ``assoclens.objects.judge_object``: an object that cannot be read fails the job.

    >>> import io
    >>> found = judge_objects(spark, ["a", "b"], opener=lambda path: io.BytesIO(b'{}\\n{"id": 67}'), allow="missing-field")
    >>> sorted((row["source"], row["line"], row["findings"][0]["pointer"]) for row in found.collect())
    [('a', 2, '/id'), ('b', 2, '/id')]
    """
    chosen = normal(options)._asdict()

    def records(path: str) -> Iterator[dict[str, Any]]:
        for record in objects.judge_object(path, opener=opener, jobs=1, **chosen):
            record["omitted"] = [{"code": code, "count": count} for code, count in record.get("omitted", {}).items()]
            yield record

    return _each(spark, paths, opener, _RECORD, lambda _, path: records(path))


def summarize_objects(
    spark: SparkSession, paths: Sequence[str], *, opener: Opener | None = None, **options: Unpack[Options]
) -> bytes:
    """The summary of objects, one task per object: the output of one run of the program over ``paths``, byte for byte.

    ``paths``, ``opener``, options and errors are those of ``judge_objects``, the limits those of ``assoclens.summary.merge``.

    >>> import io
    >>> counts = json.loads(summarize_objects(spark, ["a", "b"], opener=lambda path: io.BytesIO(b'{}')))["summary"]
    >>> counts["payloads"], counts["found"][0]["first"]["source"], counts["found"][0]["last"]["source"]
    (2, 'a', 'b')
    """
    chosen = normal(options)._asdict()

    def report(number: int, path: str) -> Iterator[dict[str, Any]]:
        summary = objects.summary_of_object(path, opener=opener, jobs=1, **chosen)
        yield {"number": number, "report": summary}

    made = _each(spark, paths, opener, _REPORT, report).collect()
    return merge(*(bytes(row["report"]) for row in sorted(made, key=lambda row: row["number"])))


def diff(
    before: DataFrame,
    after: DataFrame,
    column: str,
    *,
    by: str = "id",
    event: str = "auto",
    order: str | None = None,
    buckets: int | None = None,
    all_fields: bool = False,
    ignore: Sequence[str] = (),
) -> DataFrame:
    """The records of two tables that differ, joined by the field ``by`` as by ``assoclens diff --by``, with the columns of
    ``DIFFERENCE``.

    ``column`` holds the payloads of both, as text or bytes; null is not a record. ``status`` is ``changed``, ``added``,
    ``removed`` or ``duplicate`` (its ``side``, ``a`` or ``b``, had the key before; ``same`` says whether all fields that count
    were equal). ``key`` is that of ``assoclens.key``, ``before`` and ``after`` are the payloads, ``changes`` are the
    differences that count, and ``other`` the rest. ``all_fields`` and ``ignore`` are the program's ``--all`` and ``--ignore``.
    If a side has several records with one key, the first is compared: the first by the column ``order``, which both tables
    have, or else any.

    Both sides are shuffled by ``key`` into ``buckets`` (``spark.sql.shuffle.partitions`` if it is None). Each bucket is
    compared in one task's memory: use one for about 200,000 keys. Records without the field are one bucket.

    Spark 4.0 or later. A payload that is not JSON fails the job with ``Trouble``.

    >>> monday = spark.createDataFrame([('{"id": "1", "key": "a"}',)], "body: string")
    >>> tuesday = spark.createDataFrame([('{"key": "b", "id": "1"}',), ('{"id": "2"}',)], "body: string")
    >>> changes = diff(monday, tuesday, "body", buckets=2)
    >>> sorted((row["status"], row["key"], [change["pointer"] for change in row["changes"] or []]) for row in changes.collect())
    [('added', '"2"', []), ('changed', '"1"', ['/key'])]
    """
    spark = before.sparkSession
    number = buckets or int(spark.conf.get("spark.sql.shuffle.partitions") or 200)
    arguments = ["diff", "--format", "json", "--by", by, "--event", event]
    arguments += ["--all"] * all_fields + [f"--ignore={name}" for name in ignore]

    def side(df: DataFrame) -> GroupedData:
        payload = F.col(column)
        bucket = F.pmod(F.xxhash64(key(payload, by, event=event)), F.lit(number))
        columns = [payload.cast("binary").alias("payload"), bucket.alias("bucket")]
        columns += [F.col(order).alias("order")] if order else []
        return df.where(payload.isNotNull()).select(*columns).groupBy("bucket")

    def compare(_: Any, left: pa.Table, right: pa.Table) -> pa.Table:
        records = _compared(arguments, _payloads(left), _payloads(right))
        # The program spells a key as one of the two sides does, and which one depends on what else is in the bucket.
        keys = assoclens.key(pa.array([_either(record) for record in records], pa.string()), by, event=event)
        for record, its in zip(records, keys.to_pylist()):
            record["key"] = its
        return pa.Table.from_pylist(records, _DIFFERENCE)

    both: Any = side(before).cogroup(side(after))
    different: DataFrame = both.applyInArrow(compare, DIFFERENCE)
    return different


def _either(record: dict[str, Any]) -> str:
    payload: str = record["after"] if record["before"] is None else record["before"]
    return payload


def _payloads(side: pa.Table) -> list[bytes]:
    if "order" in side.column_names:
        side = side.sort_by("order")
    payloads: list[bytes] = side.column("payload").to_pylist()
    return payloads


def _compared(arguments: list[str], before: list[bytes], after: list[bytes]) -> list[dict[str, Any]]:
    """The records of one bucket that differ."""
    if not all(payload.strip(b" \t\r\n") for payload in before + after):
        raise Trouble("a payload is empty, and cannot be compared")
    with tempfile.TemporaryDirectory(prefix="assoclens-") as folder:
        for name, payloads in (("a.ndjson", before), ("b.ndjson", after)):
            # One payload per line: JSON has line ends only as white space.
            lines = (payload.replace(b"\n", b"\r") + b"\n" for payload in payloads)
            Path(folder, name).write_bytes(b"".join(lines))
        report = json.loads(run([*arguments, "a.ndjson", "b.ndjson"], folder))
    records: list[dict[str, Any]] = report["records"]
    for record in records:
        sides = {"before": (record.pop("a", None), before), "after": (record.pop("b", None), after)}
        if record["status"] == "duplicate":
            name = "before" if record["side"] == "a" else "after"
            sides[name] = ({"line": int(record["place"].split(":")[1].split(" ")[0])}, sides[name][1])
        for name, (place, payloads) in sides.items():
            record[name] = payloads[place["line"] - 1].decode("utf-8") if place else None
    return records


def _each(
    spark: SparkSession,
    paths: Sequence[str],
    opener: Opener | None,
    schema: pa.Schema,
    make: Callable[[int, str], Iterator[dict[str, Any]]],
) -> DataFrame:
    """A table of the rows made from each path in a task of its own."""
    numbered = list(enumerate(paths))
    if opener is None:
        numbered.sort(key=lambda one: -Path(one[1]).stat().st_size)

    def batches(given: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in given:
            for index in batch.column("id").to_pylist():
                rows: list[dict[str, Any]] = []
                for row in make(*numbered[index]):
                    rows.append(row)
                    if len(rows) == _RECORDS_AT_ONCE:
                        yield pa.RecordBatch.from_pylist(rows, schema)
                        rows = []
                yield pa.RecordBatch.from_pylist(rows, schema)

    # A partition for each path: `range` has as many rows as partitions.
    return spark.range(0, len(numbered), 1, max(1, len(numbered))).mapInArrow(batches, _columns(schema))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
