from collections.abc import Callable

from searchlib.analysis.columns import Row

class Columns:
    def __init__(self, work_out: Callable[[str], Row], seed: int) -> None: ...
    def join(self, text: str, /) -> Row: ...
