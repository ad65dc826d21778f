from collections.abc import Callable

_Row = tuple[str, str, str, str, str, str]

class Columns:
    def __init__(self, work_out: Callable[[str], _Row], seed: int) -> None: ...
    def join(self, text: str, /) -> _Row: ...
