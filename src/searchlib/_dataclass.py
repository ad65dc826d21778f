"""``dataclass`` and ``NamedTuple`` as in the standard library, made in a fraction of the time.

There each method of a class is source text that is compiled on its own: a dataclass takes most of
a millisecond, and its module loads all that looks into source code; a named tuple takes a tenth. A
search, which needs eighty such classes, would wait for them longer than for all else. Here they
share their methods, which ask a class for its fields. ``__init__`` and ``__new__`` alone are
compiled, when the first object is made, and what ``dataclasses`` keeps of a class is made when it
is asked for. ``tests/test_dataclass.py`` holds both to the same behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple", "asdict", "dataclass", "field", "names_of", "replace"]

if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, replace
    from typing import NamedTuple

    def names_of(kind: type | object) -> tuple[str, ...]: ...

else:
    from _collections import _tuplegetter
    from operator import attrgetter
    from reprlib import recursive_repr

    _set = object.__setattr__
    _NONE = object()

    def asdict(instance):
        """``dataclasses.asdict``."""
        import dataclasses

        return dataclasses.asdict(instance)

    def replace(instance, /, **changes):
        """``dataclasses.replace``."""
        kind = type(instance)
        fields = vars(kind).get("_own_fields")
        if fields is None or any(not one.has("init") for one in fields):
            import dataclasses

            return dataclasses.replace(instance, **changes)
        return kind(**{one.name: getattr(instance, one.name) for one in fields} | changes)

    def names_of(kind):
        """Return the names of the fields of a class of this module, or of one of its objects."""
        return tuple([one.name for one in kind._own_fields])

    class _Field:
        """What a class says of one field.

        Attributes:
            kind: the text of its annotation.
            options: as they were given to ``field``.
            kw_only: whether ``__init__`` takes it by its name alone.
        """

        __slots__ = ("kind", "kw_only", "name", "options")

        def __init__(self, name, kind, options, kw_only):
            self.name = name
            self.kind = kind
            self.options = options
            self.kw_only = kw_only

        @property
        def default(self):
            return self.options.get("default", _NONE)

        @property
        def factory(self):
            return self.options.get("default_factory", _NONE)

        def has(self, option):
            return self.options.get(option, True)

    class field:
        """``dataclasses.field``."""

        def __init__(self, **options):
            self.options = options

    def dataclass(*, frozen=False, init=True, repr=True, slots=False, kw_only=False):
        """``dataclasses.dataclass``, of what derives from none."""
        given = {"frozen": frozen, "init": init, "repr": repr, "slots": slots, "kw_only": kw_only}
        names = ["__eq__"]
        names += ["__repr__"] if repr else []
        names += ["__hash__", "__setattr__", "__delattr__"] if frozen else []
        names += ["__getstate__", "__setstate__"] if frozen and slots else []
        methods = {name: vars(_Methods)[name] for name in names}

        def make(cls):
            space = vars(cls)
            fields = _fields_of(space, kw_only)
            added = {
                "__match_args__": tuple(
                    [one.name for one in fields if one.has("init") and not one.kw_only]
                ),
                "__hash__": None,
                **methods,
                "__replace__": replace,
                "_own_fields": fields,
                "_compared": _values_of([one.name for one in fields if one.has("compare")]),
                "_shown": [one.name for one in fields if one.has("repr")],
            }
            for name in added.keys() & space:
                # Of a class with ``__eq__`` alone Python says that it has no hash.
                if (name, space[name]) != ("__hash__", None):
                    del added[name]
            made = _with_places(cls, fields, added) if slots else _with(cls, fields, added)
            if init and "__init__" not in space:
                _put_init(made, fields)
            for name in ("__dataclass_fields__", "__dataclass_params__"):
                setattr(made, name, _Asked(name, made, fields, given))
            return made

        return make

    def _fields_of(space, kw_only):
        fields = []
        for name, kind in space.get("__annotations__", {}).items():
            if not kind.startswith("ClassVar"):
                value = space.get(name, _NONE)
                options = {} if value is _NONE else {"default": value}
                options = value.options if isinstance(value, field) else options
                fields.append(_Field(name, kind, options, kw_only))
        return fields

    def _with(cls, fields, added):
        """The class, with what is added, and the values that its objects have without any of their
        own."""
        for one in fields:
            if one.default is not _NONE:
                added[one.name] = one.default
            elif one.options:
                delattr(cls, one.name)
        for name, value in added.items():
            setattr(cls, name, value)
        return cls

    def _with_places(cls, fields, added):
        """The class anew, with what is added and a slot for each field."""
        space = {**vars(cls), **added, "__slots__": tuple([one.name for one in fields])}
        for name in (*space["__slots__"], "__dict__", "__weakref__"):
            space.pop(name, None)
        made = type(cls)(cls.__name__, cls.__bases__, space)
        made.__qualname__ = cls.__qualname__
        return made

    def _put_init(cls, fields):
        """Give a class an ``__init__`` that is compiled when its first object is made, or when
        somebody asks for its signature: a search makes objects of one class in five."""

        def compiled():
            init = _init(fields, hasattr(cls, "__post_init__"))
            init.__annotations__ = {
                **{one.name: one.kind for one in fields if one.has("init")},
                "return": None,
            }
            _put(cls, init)

        def __init__(self, *given, **named):
            compiled()
            cls.__init__(self, *given, **named)

        _put(cls, __init__)
        cls.__signature__ = _Inspected(compiled)

    def _put(cls, method):
        method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
        method.__module__ = cls.__module__
        setattr(cls, method.__name__, method)

    class _Inspected:
        """No signature of a class: it is that of its ``__init__`` or ``__new__``, which is compiled
        for this."""

        def __init__(self, compiled):
            self._compiled = compiled

        def __get__(self, instance, owner):
            self._compiled()
            raise AttributeError("__signature__")

    def _init(fields, has_more):
        known = {"_set": _set, "_made": _MADE}
        given, named, lines = [], [], []
        for one in fields:
            name = one.name
            value, default = name, ""
            if one.default is not _NONE:
                known[f"_{name}"], default = one.default, f"=_{name}"
            elif one.factory is not _NONE:
                known[f"_{name}"], default = one.factory, "=_made"
                value = f"_{name}() if {name} is _made else {name}"
            if one.has("init"):
                (named if one.kw_only else given).append(name + default)
                lines.append(f" _set(self, {name!r}, {value})\n")
            elif one.factory is not _NONE:
                lines.append(f" _set(self, {name!r}, _{name}())\n")
        if has_more:
            lines.append(" self.__post_init__()\n")
        parameters = ", ".join(["self", *given, *(["*", *named] if named else [])])
        return _method("__init__", parameters, "".join(lines) or " pass", known)

    def _method(name, parameters, body, known):
        exec(f"def {name}({parameters}):\n{body}", known)
        return known[name]

    class _Made:
        def __repr__(self):
            return "<factory>"

    _MADE = _Made()

    def _values_of(names):
        """A function from an object to the values of some of its fields."""
        if len(names) > 1:
            return attrgetter(*names)
        return staticmethod(lambda self: tuple([getattr(self, name) for name in names]))

    class _Methods:
        """What the classes share, of which each takes what it has not of its own."""

        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            values = self._compared
            return values(self) == values(other)

        def __hash__(self):
            return hash(self._compared(self))

        @recursive_repr()
        def __repr__(self):
            shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in self._shown])
            return f"{self.__class__.__qualname__}({shown})"

        def __setattr__(self, name, value):
            _refuse(self, name, "assign to")
            _set(self, name, value)

        def __delattr__(self, name):
            _refuse(self, name, "delete")
            object.__delattr__(self, name)

        def __getstate__(self):
            return [getattr(self, one.name) for one in self._own_fields]

        def __setstate__(self, state):
            for one, value in zip(self._own_fields, state, strict=True):
                _set(self, one.name, value)

    def _refuse(self, name, verb):
        if "_own_fields" in vars(type(self)) or name in names_of(self):
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot {verb} field {name!r}")

    class _Asked:
        """What ``dataclasses`` keeps of a class, made by itself when it is first asked for."""

        def __init__(self, name, made, fields, given):
            self._name = name
            self._made = made
            self._fields = fields
            self._given = given

        def __get__(self, instance, owner):
            import dataclasses

            made = self._made
            space = {one.name: dataclasses.field(**one.options) for one in self._fields}
            space["__annotations__"] = {one.name: one.kind for one in self._fields}
            space["__module__"] = made.__module__
            plain = dataclasses.dataclass(**self._given)(type(made.__name__, (), space))
            for name in ("__dataclass_fields__", "__dataclass_params__"):
                setattr(made, name, getattr(plain, name))
            return vars(made)[self._name]

    class _Row(tuple):
        """What named tuples have in common."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join([f"{name}={value!r}" for name, value in self._asdict().items()])
            return f"{self.__class__.__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    class _NamedTuples(type):
        """The type of ``NamedTuple``, from which classes derive in name only."""

        def __new__(cls, name, bases, space):
            fields = tuple(space.get("__annotations__", ()))
            defaults = {one: space[one] for one in fields if one in space}
            getters = {one: _tuplegetter(place, None) for place, one in enumerate(fields)}
            more = {"__slots__": (), "__match_args__": fields, "_fields": fields}
            made = type(name, (_Row,), {**space, **getters, **more, "_field_defaults": defaults})
            _put_new(made, fields, defaults)
            return made

    NamedTuple = type.__new__(_NamedTuples, "NamedTuple", (), {})

    def _put_new(cls, fields, defaults):
        """Give a named tuple a ``__new__`` that is compiled as ``__init__`` above."""

        def compiled():
            known = {f"_{name}": value for name, value in defaults.items()} | {
                "_new": tuple.__new__
            }
            given = [f"{name}=_{name}" if name in defaults else name for name in fields]
            values = "".join([f"{name}, " for name in fields])
            method = _method(
                "__new__", ", ".join(["_cls", *given]), f" return _new(_cls, ({values}))", known
            )
            method.__annotations__ = dict(cls.__annotations__)
            _put(cls, method)

        def __new__(_cls, *given, **named):
            compiled()
            return cls.__new__(_cls, *given, **named)

        _put(cls, __new__)
        cls.__signature__ = _Inspected(compiled)
