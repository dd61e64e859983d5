"""On a cluster of two workers: what it finds is what the program finds, also after one of them was killed in the middle."""

from __future__ import annotations

import doctest
import json
import os
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
from cluster import Cluster, wait
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

import assoclens
import assoclens.spark
import payloads

ENDINGS = ["ndjson", "ndjson.gz", "ndjson.zst"]
PAYLOADS, OBJECTS = 4000, 8


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def spark(cluster):
    session = cluster.session()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def rows():
    return payloads.stream(PAYLOADS)


@pytest.fixture(scope="module")
def table(spark, rows):
    numbered = [(number, bytearray(row)) for number, row in enumerate(rows)]
    return spark.createDataFrame(numbered, "number: bigint, body: binary").repartition(OBJECTS).cache()


@pytest.fixture(scope="module")
def paths(rows, tmp_path_factory):
    """The same payloads as objects of several lengths, each with an event from a capture at its end."""
    folder, found, begin = tmp_path_factory.mktemp("objects"), [], 0
    for index in range(OBJECTS):
        end = PAYLOADS if index == OBJECTS - 1 else begin + 200 * (index % 3 + 1)
        path = folder / f"{index}.{ENDINGS[index % len(ENDINGS)]}"
        found.append(str(payloads.write(path, [*rows[begin:end], b'{"body": "{\\"id\\": 67, \\"firstObjectKey\\": \\"contact\\"}"}'])))
        begin = end
    return found


def as_dict(row):
    return row.asDict(recursive=True)


def without_nothing(value):
    """Without the fields that a record leaves out."""
    if isinstance(value, dict):
        return {name: without_nothing(part) for name, part in value.items() if part is not None and part != []}
    if isinstance(value, list):
        return [without_nothing(part) for part in value]
    return value


def said_of(paths):
    """The program's records of objects, with what a table has no place for as a table has it."""
    said = payloads.program("validate", "--format", "ndjson", "--only-findings", *paths)
    found = [json.loads(line) for line in said.splitlines()]
    for record in found:
        record["omitted"] = [{"code": code, "count": count} for code, count in record.get("omitted", {}).items()]
    return without_nothing(found)


def in_order(records, paths):
    return sorted(records, key=lambda record: (paths.index(record["source"]), record["number"]))


def test_a_table_s_verdicts_are_the_program_s(table, rows):
    judged = assoclens.spark.judge(table, "body", keep=["number"]).orderBy("number").collect()
    assert [row["number"] for row in judged] == list(range(PAYLOADS))
    assert [as_dict(row["verdict"]) for row in judged] == payloads.records(rows)


def test_a_column_s_verdicts_and_keys_are_the_program_s(table, rows):
    chosen = table.select("number", assoclens.spark.verdict("body", allow="missing-field").alias("verdict"),
                          assoclens.spark.key("body").alias("key")).orderBy("number").collect()  # fmt: skip
    assert [as_dict(row["verdict"]) for row in chosen] == payloads.records(rows, "--allow", "missing-field")
    assert [row["key"] for row in chosen] == assoclens.key(rows).to_pylist()


def test_every_fixture_is_judged_on_the_cluster_as_by_the_program(spark):
    lines = payloads.lines()
    table = spark.createDataFrame([(number, bytearray(line)) for number, line in enumerate(lines)], "number: int, body: binary")
    judged = assoclens.spark.judge(table, "body").orderBy("number").collect()
    assert [bytes(row["body"]) for row in judged] == lines
    assert [as_dict(row["verdict"]) for row in judged] == payloads.records(lines)


def test_text_as_spark_reads_it_is_judged_as_it_was_in_the_file(spark, rows, tmp_path):
    path = payloads.write(tmp_path / "day.ndjson", [b'{"id": "a\rb"}', *rows[:200]])
    table = spark.read.text(str(path), lineSep="\n")
    judged = assoclens.spark.judge(table, "value", keep=[]).collect()
    expected = payloads.records([b'{"id": "a\rb"}', *rows[:200]])
    key = lambda verdict: json.dumps(verdict, sort_keys=True)  # noqa: E731
    assert sorted(map(key, (as_dict(row["verdict"]) for row in judged))) == sorted(map(key, expected))
    assert sum("encoding" in [finding["code"] for finding in verdict["findings"]] for verdict in expected) > 1


def test_null_stays_null_and_only_findings_are_only_those(spark):
    table = spark.createDataFrame([("{}",), (None,), ('{"id": 67}',)], "body: string")
    judged = assoclens.spark.judge(table, "body").collect()
    assert [row["verdict"] is None for row in judged] == [False, True, False]
    found = assoclens.spark.judge(table, "body", into="it", only_findings=True, allow="missing-field").collect()
    assert [(row["body"], row["it"]["valid"]) for row in found] == [('{"id": 67}', False)]
    assert table.where(assoclens.spark.verdict("body").isNull()).count() == 1
    assert assoclens.spark.judge(table.where("body is null and body is not null"), "body").collect() == []


def test_what_is_not_a_column_of_payloads_is_refused_before_a_task_starts(spark):
    table = spark.createDataFrame([(1, "{}")], "number: int, `a.b``c d`: string")
    with pytest.raises(TypeError, match="'number' is int"):
        assoclens.spark.judge(table, "number")
    with pytest.raises(ValueError, match="already"):
        assoclens.spark.judge(table, "a.b`c d", into="number")
    with pytest.raises(TypeError, match="not an option"):
        assoclens.spark.judge(table, "a.b`c d", denied="all")
    assert assoclens.spark.judge(table, "a.b`c d", into="a`.").collect()[0]["a`."]["valid"]


def test_objects_have_the_program_s_records_and_places(spark, paths):
    found = [without_nothing(as_dict(row)) for row in assoclens.spark.judge_objects(spark, paths).collect()]
    expected = said_of(paths)
    assert {record["source"] for record in expected} == set(paths)
    assert any("capture" in record for record in expected) and len(expected) > 100
    assert in_order(found, paths) == expected


def test_the_summary_of_objects_is_the_program_s_byte_for_byte(spark, paths):
    expected = payloads.program("validate", "--format", "json", "--summary", *paths)
    assert assoclens.spark.summarize_objects(spark, paths) == expected
    opened = assoclens.spark.summarize_objects(spark, paths, opener=lambda path: open(path, "rb"))
    assert opened == expected
    back = assoclens.spark.summarize_objects(spark, paths[::-1])
    assert back == payloads.program("validate", "--format", "json", "--summary", *paths[::-1])


def test_trouble_fails_the_job(spark, paths, tmp_path):
    whole = Path(paths[1]).read_bytes()
    cut = tmp_path / "cut.ndjson.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    for made in (
        lambda: assoclens.spark.judge_objects(spark, [*paths, str(cut)]).collect(),
        lambda: assoclens.spark.summarize_objects(spark, [*paths, str(cut)]),
        lambda: assoclens.spark.summarize_objects(spark, ["none"], opener=lambda path: open(tmp_path / path, "rb")),
    ):
        with pytest.raises(PySparkException, match="cut.ndjson.gz: assoclens ended with exit code 2|No such file"):
            made()
    with pytest.raises(PySparkException, match="no finding has this code"):
        table = spark.createDataFrame([("{}",)], "body: string")
        assoclens.spark.judge(table, "body", deny="missing-feild").collect()


def test_both_executors_judge(spark, tmp_path):
    """Each of two tasks waits until another executor has begun the other, which it does, as each has one core."""
    folder = str(tmp_path)

    def batches(given):
        Path(folder, str(os.getppid())).touch()
        wait("the other executor", lambda: len(list(Path(folder).iterdir())) > 1)
        for batch in given:
            verdicts = assoclens.judge([b"{}"] * batch.num_rows)
            yield pa.RecordBatch.from_arrays([verdicts.field("valid")], ["valid"])

    judged = spark.range(0, 2, 1, 2).mapInArrow(batches, "valid: boolean").collect()
    assert [row["valid"] for row in judged] == [True, True]
    assert len(list(tmp_path.iterdir())) == 2


def killed_once_in_the_middle(cluster, folder, run):
    """What ``run`` gives, and an executor was killed while it ran, with the worker that it was of."""
    found, failed = [], []

    def work():
        try:
            found.append(run())
        except BaseException as error:  # noqa: BLE001 - it is raised below
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    marked = wait("a task in the middle", lambda: failed or [path for path in folder.iterdir() if path.stat().st_size])
    if not failed:
        cluster.kill_worker_of(int(marked[0].read_text()))
        cluster.replace_workers()
    thread.join(5 * 60)
    assert not thread.is_alive(), "the job goes on for ever"
    if failed:
        raise failed[0]
    return found[0]


def mark_and_wait(folder):
    """The first task that comes here says which process it is, and waits for its end."""
    try:
        mark = os.open(Path(folder, "mark"), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return
    os.write(mark, str(os.getpid()).encode())
    parent = os.getppid()
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if os.getppid() != parent:
            os._exit(1)
        time.sleep(0.05)
    raise TimeoutError("nobody killed the worker")


def test_a_worker_killed_in_the_middle_of_a_column_loses_no_row_and_counts_none_twice(cluster, table, rows, tmp_path):
    folder = str(tmp_path)

    def batches(given):
        for batch in given:
            verdicts = assoclens.judge(batch.column("body"))
            yield pa.RecordBatch.from_arrays([batch.column("number"), verdicts.field("valid")], ["number", "valid"])
            mark_and_wait(folder)

    def run():
        judged = table.mapInArrow(batches, "number: bigint, valid: boolean").collect()
        return sorted((row["number"], row["valid"]) for row in judged)

    found = killed_once_in_the_middle(cluster, tmp_path, run)
    assert found == [(number, record["valid"]) for number, record in enumerate(payloads.records(rows))]


def test_a_worker_killed_in_the_middle_of_an_object_changes_neither_records_nor_summary(cluster, spark, paths, tmp_path):
    expected_summary = payloads.program("validate", "--format", "json", "--summary", *paths)
    for name, expected, run in (
        ("records", said_of(paths), lambda opener: in_order(
            [without_nothing(as_dict(row)) for row in assoclens.spark.judge_objects(spark, paths, opener=opener).collect()], paths)),
        ("summary", expected_summary, lambda opener: assoclens.spark.summarize_objects(spark, paths, opener=opener)),
    ):  # fmt: skip
        folder = tmp_path / name
        folder.mkdir()
        found = killed_once_in_the_middle(cluster, folder, lambda: run(Halting(str(folder))))
        assert found == expected, name


class Halting:
    """Opens objects whose reader is halted half way, the first time."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, path):
        whole = Path(path).read_bytes()
        return Half(self.folder, [whole[: len(whole) // 2], whole[len(whole) // 2 :], b""])


class Half:
    def __init__(self, folder, parts):
        self.folder, self.parts = folder, parts

    def read(self, size=-1):
        if len(self.parts) == 2:
            mark_and_wait(self.folder)
        return self.parts.pop(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_two_days_differ_on_the_cluster_as_in_one_process(spark, tmp_path):
    monday = [row for row in payloads.stream(1500) if row.endswith(b"}") and b"K\xe4" not in row]
    tuesday = [row.replace(b'"Tenant"', b'"tenant"') if number % 50 == 3 else row for number, row in enumerate(monday)]
    del tuesday[10:20]
    relation = b'{"type": "RelationCreate", "id": "%s", "firstRecordId": "a"}'
    monday += [b'{"id": 1, "key": "k"}', b'{"locationId": "L"}', relation % b"1", b'{"id": "same",\n "key": "x"}']
    tuesday += [b'{"id": 1.0, "key": "l"}', relation % b"2", tuesday[0], tuesday[1].replace(b"Apart", b"apart"), b'{"key":"x","id":"same"}']

    def table(side):
        numbered = [(number, bytearray(row)) for number, row in enumerate(side)]
        return spark.createDataFrame(numbered, "number: bigint, body: binary").repartition(3)

    found = assoclens.spark.diff(table(monday), table(tuesday), "body", order="number", buckets=5).collect()
    sides = [payloads.write(tmp_path / name, [row.replace(b"\n", b"\r") for row in side])
             for name, side in (("a.ndjson", monday), ("b.ndjson", tuesday))]  # fmt: skip
    report = json.loads(payloads.program("diff", "--by", "id", "--format", "json", *map(str, sides)))
    totals = report["totals"]
    assert totals["changed"] > 20 and totals["removed"] > 5 and totals["added"] > 0 and totals["duplicates"] == 2
    expected = []
    for record in report["records"]:
        places = {"before": record.pop("a", None), "after": record.pop("b", None)}
        if record["status"] == "duplicate":
            places["before" if record["side"] == "a" else "after"] = {"line": int(record.pop("place").split(":")[-1])}
        for name, side in (("before", monday), ("after", tuesday)):
            if places[name]:
                record[name] = side[places[name]["line"] - 1].replace(b"\n", b"\r").decode()
        (record["key"],) = assoclens.key([record.get("before", record.get("after"))]).to_pylist()
        expected.append(without_nothing(record))
    made = [without_nothing(as_dict(row)) for row in found]
    for record in made:
        record.update({name: record[name].replace("\n", "\r") for name in ("before", "after") if name in record})
    order = lambda record: json.dumps(record, sort_keys=True)  # noqa: E731
    assert sorted(made, key=order) == sorted(expected, key=order)


def test_a_payload_that_is_not_json_fails_the_comparison(spark):
    whole = spark.createDataFrame([('{"id": "1"}',)], "body: string")
    broken = spark.createDataFrame([('{"id": "1"',)], "body: string")
    with pytest.raises(PySparkException, match="assoclens ended with exit code 2"):
        assoclens.spark.diff(whole, broken, "body", buckets=1).collect()


def test_the_examples_are_true(spark):
    failed, tried = doctest.testmod(assoclens.spark, extraglobs={"spark": spark})
    assert tried > 0 and failed == 0
