"""Whole objects against the program: records, summaries, and what goes wrong."""

from __future__ import annotations

import io
import json
import subprocess

import pytest

import payloads
from assoclens import Trouble
from assoclens.objects import judge_object, summary_of_object
from assoclens.summary import merge

ENDINGS = ["ndjson", "ndjson.gz", "ndjson.zst"]


@pytest.fixture(params=ENDINGS)
def object_(request, tmp_path):
    return payloads.write(tmp_path / f"day.{request.param}", payloads.stream(500))


def said(path, *options):
    return payloads.program("validate", *options, "--", str(path))


def test_records_and_summary_are_the_program_s(object_):
    expected = [json.loads(line) for line in said(object_, "--format", "ndjson", "--only-findings").splitlines()]
    assert len(expected) > 10
    assert list(judge_object(str(object_))) == expected
    assert list(judge_object(str(object_), jobs=1, opener=lambda path: open(path, "rb"))) == expected
    summary = said(object_, "--format", "json", "--summary")
    assert summary_of_object(str(object_)) == summary
    assert summary_of_object(str(object_), opener=lambda path: open(path, "rb")) == summary


def test_captures_are_opened_and_their_places_are_those_of_the_file():
    for path in sorted((payloads.FIXTURES / "capture").glob("*.*json")):
        expected = [json.loads(line) for line in said(path, "--format", "ndjson", "--only-findings").splitlines()]
        assert list(judge_object(str(path))) == expected, path


def test_summaries_add_up_to_that_of_one_run(tmp_path):
    paths = [payloads.write(tmp_path / f"{index}.{ending}", payloads.stream(300, index)) for index, ending in enumerate(ENDINGS)]
    expected = payloads.program("validate", "--format", "json", "--summary", *map(str, paths))
    one, two, three = (summary_of_object(str(path)) for path in paths)
    assert merge(one, two, three) == merge(merge(one, two), three) == expected
    with pytest.raises(Trouble, match="it is not a report"):
        merge(one, b"{}")


def test_what_cannot_be_read_to_its_end_raises(tmp_path):
    with pytest.raises(Trouble, match="no-such.ndjson: .*No such file"):
        list(judge_object(str(tmp_path / "no-such.ndjson")))
    whole = payloads.write(tmp_path / "cut.ndjson.gz", payloads.stream(5000)).read_bytes()
    cut = tmp_path / "cut.ndjson.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    for opener in (None, lambda path: open(path, "rb")):
        records = judge_object(str(cut), opener=opener)
        with pytest.raises(Trouble, match="cut.ndjson.gz"):
            for _ in records:
                pass
        with pytest.raises(Trouble, match="cut.ndjson.gz"):
            summary_of_object(str(cut), opener=opener)


def test_an_opener_s_own_errors_come_out(tmp_path):
    class Torn(io.RawIOBase):
        reads = 0

        def read(self, size=-1):
            self.reads += 1
            if self.reads > 3:
                raise ConnectionError("the store hung up")
            return b'{"id": 67}\n' * 1000

    with pytest.raises(ConnectionError, match="hung up"):
        list(judge_object("torn", opener=lambda _: Torn()))
    with pytest.raises(FileNotFoundError):
        summary_of_object(str(tmp_path / "none"), opener=lambda path: open(path, "rb"))


def test_a_reader_that_wants_no_more_leaves_no_program_behind(tmp_path):
    path = payloads.write(tmp_path / "many.ndjson", [b'{"id": 67}'] * 50_000)
    records = judge_object(str(path))
    assert next(records)["line"] == 1
    records.close()
    running = subprocess.run(["pgrep", "-f", str(path)], capture_output=True, text=True).stdout
    assert not running.strip()
