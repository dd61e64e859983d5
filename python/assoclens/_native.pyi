from typing import Any

__version__: str

class Judge:
    def __init__(
        self, allow: tuple[str, ...], warn: tuple[str, ...], deny: tuple[str, ...], strict: bool, event: str
    ) -> None: ...
    def judge(self, payloads: Any) -> Any: ...

def key(payloads: Any, by: str, event: str) -> Any: ...
