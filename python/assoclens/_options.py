"""The options that every function takes, for the module and for the program alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict, Union

Codes = Union[str, Iterable[str]]
"""Codes of findings, such as ``"schema/type"``, prefixes (``"schema/"``) or ``"all"``: a list, or one text with commas."""


class Options(TypedDict, total=False):
    """The options of a check; ``assoclens.judge`` explains each."""

    deny: Codes
    warn: Codes
    allow: Codes
    strict: bool
    event: str


class Normal(NamedTuple):
    """The same in one spelling, which can be hashed and sent to another process."""

    allow: tuple[str, ...]
    warn: tuple[str, ...]
    deny: tuple[str, ...]
    strict: bool
    event: str

    def arguments(self) -> list[str]:
        """The program's arguments for these options."""
        arguments = ["--event", self.event]
        for option in ("allow", "warn", "deny"):
            arguments += [f"--{option}={code}" for code in getattr(self, option)]
        return arguments + ["--strict"] * self.strict


def normal(options: Mapping[str, Any]) -> Normal:
    """The given options, completed with the defaults.

    >>> normal({"deny": "missing-field,schema/", "strict": True}).arguments()
    ['--event', 'AssociationCreate', '--deny=missing-field', '--deny=schema/', '--strict']
    """
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise TypeError(f"{sorted(unknown)[0]!r} is not an option; options are {', '.join(Options.__annotations__)}")
    allow, warn, deny = (_codes(options.get(name, ())) for name in ("allow", "warn", "deny"))
    return Normal(allow, warn, deny, bool(options.get("strict", False)), options.get("event", "AssociationCreate"))


def _codes(codes: Codes) -> tuple[str, ...]:
    words = [codes] if isinstance(codes, str) else codes
    return tuple(code for word in words for code in word.split(",") if code)
