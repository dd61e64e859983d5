"""Payloads for the tests, the same in each run, and what the program says of them."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import zstandard

import assoclens

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def fixtures() -> list[Path]:
    """All fixtures whose payloads are bare."""
    folders = ("valid", "invalid", "findings", "events")
    found = sorted(path for folder in folders for path in (FIXTURES / folder).rglob("*") if path.is_file())
    assert len(found) > 80
    return found


def many_findings() -> bytes:
    """A payload whose findings are longer together than a report has room for: names that each format spells at length."""
    names = [json.dumps('"' * 250 + str(number)) for number in range(30)]
    return "{{{}}}".format(", ".join(f"{name}: 1, {name}: 2" for name in names)).encode()


def lines() -> list[bytes]:
    """A payload a line of every fixture as a whole, and such as no fixture is."""
    whole = [path.read_bytes().replace(b"\n", b"\r") for path in fixtures()]
    hostile = [
        b'{"id": "67ade73d1119d2ac7ad0c475"}',
        b'{"id": 1, "k\xc3\xa4se": "\\u0007\\u202e##[error]", "x": "\\ud83d\\ude00"}',
        b'{"firstObjectLabel": "K\xe4ufer"}',
        json.dumps({f"undocumented{number}": number for number in range(400)}).encode(),
        many_findings(),
        json.dumps({"id": 7} | {f"{number:x}" * 2000: None for number in range(60)}).encode(),
        b"[" * 3000 + b"]" * 3000,
        '{"id": 7, "key": "ä\U0001f600", "locationId": 8}'.encode(),
    ]
    return [line for line in whole + hostile if line.strip(b" \t\r")]


def stream(count: int, seed: int = 0) -> list[bytes]:
    """So many payloads, a few of them invalid, each with an id of its own."""

    def payload(number: int) -> bytes:
        if number % 97 == 13:
            return b'{"id": %d}' % number
        if number % 97 == 31:
            return b'{"id": "%024x", "secondObjectLabel' % number
        if number % 97 == 53:
            return b'{"id": "%024x", "firstObjectLabel": "K\xe4ufer"}' % number
        body = {
            "id": f"{(seed << 32) + number:024x}",
            "associationType": "USER_DEFINED",
            "firstObjectKey": "contact",
            "firstObjectLabel": "Tenant" if number % 7 else "Mieter \u00e4",
            "secondObjectKey": "custom_objects.apartments",
            "secondObjectLabel": "Apartment",
            "key": f"tenant_apartment_{number}",
            "locationId": "Zx81QpLm04RtVbNc77Ha",
        }
        return json.dumps(body, ensure_ascii=number % 2 == 0).encode()

    return [payload(number) for number in range(count)]


def write(path: Path, payloads: list[bytes]) -> Path:
    """Writes an object, compressed as its name says."""
    text = b"".join(payload + b"\n" for payload in payloads)
    pack = {".gz": gzip.compress, ".zst": zstandard.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(text))
    return path


def program(*arguments: str, given: bytes = b"", code: tuple[int, ...] = (0, 1)) -> bytes:
    """What the program writes."""
    done = subprocess.run([assoclens.program(), *arguments], input=given, capture_output=True)
    assert done.returncode in code, done.stderr.decode()
    return done.stdout


def records(payloads: list[bytes], *options: str) -> list[dict]:
    """The program's records of payloads without a line break, with places that begin at each payload."""
    # The first line says that what follows is a stream of lines.
    text = b"".join(line + b"\n" for line in [b"{}", *payloads])
    said = program("validate", "--format", "ndjson", "--input-format", "ndjson", "--unwrap", "never", *options, given=text)
    found = [json.loads(line) for line in said.splitlines()][1:]
    assert len(found) == len(payloads)
    return [_from_its_own_start(record) for record in found]


def without_options(text: str | None) -> str | None:
    """What the module says where the program names an option of its own."""
    if text is None:
        return None
    text = re.sub(r"to check what is in it, add: --unwrap \S+", "take the payload out, and check that", text)
    text = text.replace("add --input-format json", "give the document by itself")
    return text.replace("raise --max-payload-bytes", "raise the limit")


def _from_its_own_start(record: dict) -> dict:
    for finding in record["findings"]:
        finding["offset"] -= record["offset"]
        finding["line"] -= record["line"] - 1
        finding["end_line"] -= record["line"] - 1
        finding["help"] = without_options(finding.get("help"))
    omitted = [{"code": code, "count": count} for code, count in record.get("omitted", {}).items()]
    # What hangs on the payloads before it is not about a payload alone.
    findings = [finding for finding in record["findings"] if finding["code"] != "duplicate-delivery"]
    return {"valid": record["valid"], "findings": findings, "omitted": omitted}
