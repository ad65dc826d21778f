"""``dataclass`` as the standard library has it, made in a fraction of the time.

There each method of a class is source text that is compiled on its own, half a millisecond and more
for a class, and its module loads all that looks into source code: a search, which needs fifty such
classes, would wait for that longer than for all else. Here ``__init__`` alone is compiled, when the
first object is made; the other methods are functions over the values of the fields, and what
``dataclasses`` keeps of a class is made when it is asked for. ``tests/test_dataclass.py`` holds
both to the same behaviour.
"""

from __future__ import annotations

__all__ = ["asdict", "dataclass", "field", "names_of", "replace"]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, replace

    def names_of(kind: type | object) -> tuple[str, ...]: ...

else:
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

        def make(cls):
            own = {name for name, value in vars(cls).items() if (name, value) != ("__hash__", None)}
            fields = _fields_of(cls, kw_only)
            made = _with_places(cls, fields) if slots else _with_defaults(cls, fields)
            methods = [*_compared(fields, frozen)]
            if frozen:
                methods += _kept(made, fields)
            if frozen and slots:
                methods += _handed_on(fields)
            if repr:
                methods.append(_shown(fields))
            for method in methods:
                if method.__name__ not in own:
                    _put(made, method)
            if init and "__init__" not in own:
                _put_init(made, fields)
            if not frozen and "__hash__" not in own:
                made.__hash__ = None
            if "__match_args__" not in own:
                made.__match_args__ = tuple(
                    [one.name for one in fields if one.has("init") and not one.kw_only]
                )
            made.__replace__ = replace
            made._own_fields = fields
            for name in ("__dataclass_fields__", "__dataclass_params__"):
                setattr(made, name, _Asked(name, made, fields, given))
            return made

        return make

    def _fields_of(cls, kw_only):
        fields = []
        for name, kind in vars(cls).get("__annotations__", {}).items():
            if not kind.startswith("ClassVar"):
                value = vars(cls).get(name, _NONE)
                options = {} if value is _NONE else {"default": value}
                options = value.options if isinstance(value, field) else options
                fields.append(_Field(name, kind, options, kw_only))
        return fields

    def _with_defaults(cls, fields):
        """The class, with the values that its objects have without any of their own."""
        for one in fields:
            if one.default is not _NONE:
                setattr(cls, one.name, one.default)
            elif one.options:
                delattr(cls, one.name)
        return cls

    def _with_places(cls, fields):
        """The class anew, with a slot for each field."""
        names = [one.name for one in fields]
        left_out = {*names, "__dict__", "__weakref__"}
        space = {name: value for name, value in vars(cls).items() if name not in left_out}
        made = type(cls)(cls.__name__, cls.__bases__, {**space, "__slots__": tuple(names)})
        made.__qualname__ = cls.__qualname__
        return made

    def _put(cls, method):
        method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
        method.__module__ = cls.__module__
        setattr(cls, method.__name__, method)

    def _put_init(cls, fields):
        """Give a class an ``__init__`` that is compiled when its first object is made, or when
        somebody asks for its signature: a search makes objects of one class in five."""

        def compiled():
            _put(cls, _init(fields, hasattr(cls, "__post_init__")))
            cls.__init__.__annotations__ = {
                **{one.name: one.kind for one in fields if one.has("init")},
                "return": None,
            }

        def __init__(self, *given, **named):
            compiled()
            cls.__init__(self, *given, **named)

        _put(cls, __init__)
        cls.__signature__ = _Inspected(compiled)

    class _Inspected:
        """No signature of a class: it is that of its ``__init__``, which is compiled for this."""

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
        exec(f"def __init__({parameters}):\n{''.join(lines) or ' pass'}", known)
        return known["__init__"]

    class _Made:
        def __repr__(self):
            return "<factory>"

    _MADE = _Made()

    def _values_of(names):
        """A function from an object to the values of some of its fields."""
        if len(names) > 1:
            return attrgetter(*names)
        return lambda self: tuple([getattr(self, name) for name in names])

    def _compared(fields, frozen):
        values = _values_of([one.name for one in fields if one.has("compare")])

        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return values(self) == values(other)

        def __hash__(self):
            return hash(values(self))

        return (__eq__, __hash__) if frozen else (__eq__,)

    def _shown(fields):
        names = [one.name for one in fields if one.has("repr")]

        @recursive_repr()
        def __repr__(self):
            shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
            return f"{self.__class__.__qualname__}({shown})"

        return __repr__

    def _kept(cls, fields):
        names = {one.name for one in fields}

        def refuse(self, name, verb):
            if type(self) is cls or name in names:
                from dataclasses import FrozenInstanceError

                raise FrozenInstanceError(f"cannot {verb} field {name!r}")

        def __setattr__(self, name, value):
            refuse(self, name, "assign to")
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            refuse(self, name, "delete")
            super(cls, self).__delattr__(name)

        return __setattr__, __delattr__

    def _handed_on(fields):
        names = [one.name for one in fields]

        def __getstate__(self):
            return [getattr(self, name) for name in names]

        def __setstate__(self, state):
            for name, value in zip(names, state, strict=True):
                _set(self, name, value)

        return __getstate__, __setstate__

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
            space["__annotations__"] = vars(made).get("__annotations__", {})
            space["__module__"] = made.__module__
            plain = dataclasses.dataclass(**self._given)(type(made.__name__, (), space))
            for name in ("__dataclass_fields__", "__dataclass_params__"):
                setattr(made, name, getattr(plain, name))
            return vars(made)[self._name]
