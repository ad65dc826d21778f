"""The schema that fits some records: told where they leave no doubt, asked for where they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from searchlib.errors import SchemaError
from searchlib.fields import Field, Text, check_language
from searchlib.io.columns import Answer, Column
from searchlib.io.fit import plain
from searchlib.io.read import read
from searchlib.languages import UNDETERMINED
from searchlib.languages.detect import identify
from searchlib.schema import Schema

__all__ = ["Inference", "infer"]

_LANGUAGE_NAMES: Final = frozenset({"lang", "language", "lang_code", "language_code", "locale"})
_MOST_NAMES: Final = 5  # of columns, in one question


@dataclass(frozen=True, slots=True)
class Inference:
    """What schema fits some records.

    Attributes:
        schema: the schema; None where a question is open.
        code: Python that makes it, to copy; ``...`` stands where a question is open.
        questions: what the records do not tell, each with the ways to say it.
        reasons: why each field is what it is.

    >>> from searchlib.io import infer
    >>> print(infer([{"id": "1", "title": "Boats", "by": "Ada"}], languages=["en"]))
    from searchlib import Index, Keyword, Schema, Text
    <BLANKLINE>
    schema = Schema(
        {
            "title": Text(),
            "by": Keyword(),
        },
        languages=["en"],
    )
    index = Index(schema, "my-index")
    """

    schema: Schema | None
    code: str
    questions: tuple[str, ...]
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        if not self.questions:
            return self.code
        asked = "\n".join(f"  {n}. {one}" for n, one in enumerate(self.questions, 1))
        return f"{self.code}\n\nThe records do not tell:\n{asked}"


def infer(
    records: Any,
    *,
    id: str | None = None,
    fields: Mapping[str, Field] | None = None,
    languages: Sequence[str] = (),
    sample: int = 1_000,
) -> Inference:
    """Find the schema that fits some records.

    Nothing is guessed: where the records leave a choice, it is a question, which names the
    argument that answers it.

    Args:
        records: anything that ``read`` takes, or what it returned, of which nothing is used up:
            ``load`` can be given it next.
        id: the field that holds the id.
        fields: name → type of those fields that are known.
        languages: the languages to expect, as for ``Schema``.
        sample: how many records to look at, the first.

    Raises:
        ReadError: the records cannot be read, or there are none.
        SchemaError: an argument names no field or language that there could be.

    >>> from searchlib import Keyword
    >>> from searchlib.io import infer
    >>> records = [{"id": n, "by": f"Author {n}"} for n in range(100)]
    >>> print(*infer(records).questions)
    'by' holds short texts, such as 'Author 0', 'Author 1', 'Author 2', and most differ: say \
fields={'by': Text()} to search their words, fields={'by': Keyword()} to filter and count them
    >>> infer(records, fields={"by": Keyword()}).schema
    Schema(fields={'by': Keyword(collation=None)}, id='id', language=None, languages=())
    """
    source = read(records)
    rows = source.peek(sample)
    if not rows:
        next(source, None)  # raises for a row that cannot be read
        raise SchemaError(f"{source.prefix}there are no records to infer a schema from")
    codes = [check_language(code) for code in languages]
    known = dict(fields or {})
    names = dict.fromkeys(name for row in rows for name in row)
    for name in [*known, *([] if id is None else [id])]:
        if name not in names:
            raise SchemaError(
                f"no record of the first {len(rows):,} has a field {name!r}; they have "
                f"{', '.join(names)}"
            )
    columns = {
        name: Column(name, [plain(row.get(name)) for row in rows], is_untyped=source.is_untyped)
        for name in names
    }
    questions: list[str] = []
    reasons: list[str] = []
    own = _id_of(columns, id, questions, reasons)
    language = _language_of(columns, own, known, reasons)
    kinds: dict[str, Field | None] = {}
    for name, column in columns.items():
        if name in {own, language}:
            continue
        answer = Answer(known[name], "as you say") if name in known else column.answer()
        kinds[name] = answer.kind
        if answer.kind is None:
            # Of a field that was meant for the id, once it is clear that another one is.
            if own is not None or name not in {id, *_called_id(columns)}:
                questions.append(answer.why)
        else:
            reasons.append(f"{name!r} is {_source(answer.kind)}: {answer.why}")
    reasons += source.notices
    reads = _reads_like(rows, kinds) if not codes and language is None else ""
    if reads:
        reasons.append(
            f"no languages are named, so all are expected; the texts read like {reads}: to name "
            "those expected makes identification surer"
        )
    code = _code(kinds, own, language, codes, reads)
    schema = None
    if not questions and own is not None:
        fixed = {name: kind for name, kind in kinds.items() if kind is not None}
        schema = Schema(fixed, own, language, codes)
    return Inference(schema, code, tuple(questions), tuple(reasons))


def _id_of(
    columns: Mapping[str, Column], given: str | None, questions: list[str], reasons: list[str]
) -> str | None:
    """The field that holds the id; None, and a question, where none is clear."""
    names = _called_id(columns) if given is None else [given]
    why = "no field is called 'id'"
    if len(names) > 1:
        why = f"{' and '.join(map(repr, names))} may be the id by their names"
    elif names:
        (name,) = names
        why = columns[name].no_id()
        if not why:
            how = "as you say" if given else "by its name, and each record has its own"
            reasons.append(f"{name!r} is the id: {how}")
            return name
        as_what = "is to be the id" if given else "would be the id by its name"
        why = f"{name!r} {as_what}, but {why}"
    unique = [name for name, column in columns.items() if not column.no_id() and column.is_short]
    if unique:
        some = unique[:_MOST_NAMES]
        ways = " or ".join(f"id={name!r}" for name in some)
        own = " and its own ".join(map(repr, some))
        questions.append(f"{why}; each record has its own {own}: say {ways}")
    else:
        questions.append(
            f"{why}; none is different in every record: give each record one, as in "
            "({**record, 'id': n} for n, record in enumerate(records))"
        )
    return None


def _called_id(columns: Mapping[str, Column]) -> list[str]:
    return [name for name in columns if name.lower() == "id"]


def _language_of(
    columns: Mapping[str, Column], own: str | None, known: Mapping[str, Field], reasons: list[str]
) -> str | None:
    for name, column in columns.items():
        if name.lower() in _LANGUAGE_NAMES and name not in known and name != own:
            values = column.values
            if values and all(isinstance(value, str) and _is_code(value) for value in values):
                reasons.append(
                    f"{name!r} names the language of each record: by its name, and all its values "
                    f"are codes of languages; to filter by it instead, say fields={{{name!r}: "
                    "Keyword()}"
                )
                return name
    return None


def _is_code(value: str) -> bool:
    try:
        check_language(value)
    except SchemaError:
        return False
    return True


def _reads_like(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, Field | None]) -> str:
    """The languages of the texts, the commonest first, each with its number of records."""
    texts = [name for name, kind in kinds.items() if isinstance(kind, Text)]
    counts = Counter[str]()
    for row in rows:
        words = [str(row[name]) for name in texts if row.get(name)]
        if words and (code := identify(max(words, key=len))) != UNDETERMINED:
            counts[code] += 1
    return ", ".join(f"{code} ({count:,})" for code, count in counts.most_common(_MOST_NAMES))


def _source(kind: Field) -> str:
    """The Python that makes a type of field, with what is not its default."""
    default = type(kind)()
    options = [
        f"{name}={getattr(kind, name)!r}"
        for name in getattr(kind, "__slots__", ())
        if getattr(kind, name) != getattr(default, name)
    ]
    return f"{type(kind).__name__}({', '.join(options)})"


def _code(
    kinds: Mapping[str, Field | None],
    own: str | None,
    language: str | None,
    codes: Sequence[str],
    reads: str,
) -> str:
    names = {type(kind).__name__ for kind in kinds.values() if kind is not None}
    lines = [f"from searchlib import {', '.join(sorted({'Index', 'Schema', *names}))}", ""]
    lines += ["schema = Schema(", "    {"]
    for name, kind in kinds.items():
        lines.append(f"        {_quoted(name)}: {'...' if kind is None else _source(kind)},")
    lines.append("    },")
    if own != "id":
        lines.append(f"    id={'...' if own is None else _quoted(own)},")
    if language is not None:
        lines.append(f"    language={_quoted(language)},")
    if codes:
        lines.append(f"    languages=[{', '.join(map(_quoted, codes))}],")
    elif reads:
        lines.append(f"    languages=[],  # the texts read like {reads}")
    return "\n".join([*lines, ")", 'index = Index(schema, "my-index")'])


def _quoted(text: str) -> str:
    return '"' + repr(text)[1:-1] + '"'
