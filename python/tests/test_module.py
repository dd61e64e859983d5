"""The module against the program: every verdict, field by field."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

import assoclens
import payloads


def test_every_fixture_is_judged_as_the_program_judges_it():
    rows = payloads.lines()
    assert assoclens.judge(rows).to_pylist() == payloads.records(rows)


def test_a_fixture_over_several_lines_has_the_program_s_places():
    seen = 0
    for path in payloads.fixtures():
        whole = path.read_bytes()
        said = payloads.program(
            "validate", "--format", "ndjson", "--input-format", "json", "--unwrap", "never", given=whole
        )
        records = [json.loads(line) for line in said.splitlines()]
        if b"\n" not in whole.strip() or len(records) != 1 or records[0]["offset"] != 0:
            continue
        findings = [
            {**finding, "help": payloads.without_options(finding.get("help"))} for finding in records[0]["findings"]
        ]
        # What the program is given ends with the payload.
        (verdict,) = assoclens.judge([whole]).to_pylist()
        assert verdict["findings"] == findings, path
        seen += any(finding["line"] > 1 for finding in findings)
    assert seen > 20


@pytest.mark.parametrize(
    "options, words",
    [
        ({"allow": "all", "deny": "schema/"}, ["--allow", "all", "--deny", "schema/"]),
        ({"warn": ["schema/type", "schema/enum"]}, ["--warn", "schema/type,schema/enum"]),
        ({"strict": True}, ["--strict"]),
        ({"event": "auto"}, ["--event", "auto"]),
        ({"event": "RelationCreate", "allow": "missing-field,other-event"},
         ["--event", "RelationCreate", "--allow", "missing-field,other-event"]),
    ],
)  # fmt: skip
def test_options_mean_what_they_mean_to_the_program(options, words):
    rows = payloads.lines()
    assert assoclens.judge(rows, **options).to_pylist() == payloads.records(rows, *words)


def test_what_a_report_has_no_room_for_is_counted():
    (verdict,) = assoclens.judge([payloads.many_findings()], deny="duplicate-field").to_pylist()
    assert "duplicate-field" in {row["code"] for row in verdict["omitted"]}
    assert verdict == payloads.records([payloads.many_findings()], "--deny", "duplicate-field")[0]


TEXT = [b'{"id": 67}', None, b"", '{"id": "ä"}'.encode()]


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view()], ids=str
)
def test_every_kind_of_text_and_bytes_is_read_from_where_it_begins(kind):
    column = pa.array(TEXT, pa.binary()).cast(pa.string()).cast(kind)
    expected = assoclens.judge(TEXT)
    assert expected.is_null().to_pylist() == [False, True, False, False]
    assert assoclens.judge(column).equals(expected)
    assert assoclens.judge(column.slice(1, 3)).equals(expected.slice(1, 3))
    chunked = pa.chunked_array([column, column.slice(3), column.slice(0, 0)])
    judged = assoclens.judge(chunked)
    assert judged.num_chunks == 3
    assert judged.to_pylist() == (expected.to_pylist() + expected.slice(3).to_pylist())
    keys = assoclens.key(chunked)
    assert keys.to_pylist() == ["67", None, None, '"ä"', '"ä"']


def test_a_column_of_nothing_stays_nothing():
    assert assoclens.judge(pa.nulls(3)).null_count == 3
    assert len(assoclens.judge([])) == len(assoclens.key(pa.array([], pa.string()))) == 0
    assert assoclens.judge(pa.nulls(0)).type == assoclens.judge(TEXT).type


def test_bytes_that_only_claim_to_be_text_are_a_finding():
    bytes_ = pa.array([b'{"firstObjectLabel": "K\xe4ufer"}', b"\xff\xfe{\x00}\x00"])
    claimed = pa.Array.from_buffers(pa.string(), 2, bytes_.buffers())
    codes = [[finding["code"] for finding in verdict["findings"]] for verdict in assoclens.judge(claimed).to_pylist()]
    assert codes == [["encoding"], ["encoding"]]
    assert assoclens.key(claimed, by="firstObjectLabel").to_pylist() == [None, None]


def test_what_cannot_be_judged_is_an_error_and_not_a_verdict():
    for column in ([1, 2], [[b"{}"]], pa.array(["{}"]).dictionary_encode()):
        with pytest.raises(TypeError, match="text or bytes"):
            assoclens.judge(column)
        with pytest.raises(TypeError, match="text or bytes"):
            assoclens.key(column)
    with pytest.raises(ValueError, match="did you mean `missing-field`"):
        assoclens.judge([b"{}"], deny="missing-feild")
    with pytest.raises(ValueError, match="always an error"):
        assoclens.judge([b"{}"], allow="syntax")
    with pytest.raises(ValueError, match="no event is called"):
        assoclens.judge([b"{}"], event="Never")
    with pytest.raises(ValueError, match="no event is called"):
        assoclens.key([b"{}"], event="Never")
    with pytest.raises(TypeError, match="'denied' is not an option"):
        assoclens.judge([b"{}"], denied="all")


def test_threads_judge_at_once_and_alike():
    rows = pa.array(payloads.stream(2000))
    expected = assoclens.judge(rows)
    together = threading.Barrier(4)

    def judged(_):
        together.wait(60)
        return assoclens.judge(rows)

    with ThreadPoolExecutor(4) as pool:
        assert all(found.equals(expected) for found in pool.map(judged, range(4)))


def test_two_keys_are_equal_where_diff_joins(tmp_path):
    values = ['"1"', "1", "1.0", "10e-1", "null", '"\\u00e9"', '"é"', '{"a": 1, "b": [1.0]}', '{"b": [1], "a": 0, "a": 1}']
    rows = [f'{{{event}"id": {value}}}' for event in ("", '"type": "RelationCreate", ') for value in values]
    keys = assoclens.key(rows).to_pylist()
    joined = 0
    for one, its in zip(rows, keys):
        for other, key in zip(rows, keys):
            for name, row in (("a.ndjson", one), ("b.ndjson", other)):
                (tmp_path / name).write_text(row + "\n", encoding="utf-8")
            sides = [str(tmp_path / name) for name in ("a.ndjson", "b.ndjson")]
            totals = json.loads(payloads.program("diff", "--by", "id", "--format", "json", *sides))["totals"]
            assert (totals["same"] + totals["changed"] == 1) == (its == key), (one, other)
            joined += its == key
    assert joined == 2 * (1 + 9 + 1 + 4 + 4)


def test_duckdb_runs_it_in_its_own_plan():
    import duckdb

    database = duckdb.connect()
    rows = payloads.stream(3000)
    given = pa.table({"body": pa.array(rows), "number": pa.array(range(len(rows)))})  # noqa: F841 - DuckDB finds it
    finding = "STRUCT(code VARCHAR, level VARCHAR, message VARCHAR, pointer VARCHAR, \"offset\" BIGINT, length BIGINT, "
    finding += 'line BIGINT, "column" BIGINT, end_line BIGINT, end_column BIGINT, help VARCHAR)'
    verdict = f"STRUCT(valid BOOLEAN, findings {finding}[], omitted STRUCT(code VARCHAR, count BIGINT)[])"
    database.create_function("judge", lambda body: assoclens.judge(body), ["BLOB"], verdict, type="arrow")
    database.create_function("key", lambda body: assoclens.key(body), ["BLOB"], "VARCHAR", type="arrow",
                             null_handling="special")  # fmt: skip
    found = database.sql("SELECT number, judge(body) AS verdict, key(body) AS key FROM given ORDER BY number").fetchall()
    assert [verdict for _, verdict, _ in found] == payloads.records(rows)
    assert [key for _, _, key in found] == assoclens.key(rows).to_pylist()
