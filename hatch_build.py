"""Compiles src/searchlib/analysis/_columns.c when the package is built or installed.

It makes indexing faster and is not needed: without a C compiler the package is built all the same,
and src/searchlib/analysis/columns.py does the work.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags
from setuptools import Distribution, Extension
from setuptools.errors import BaseError

SOURCE = "src/searchlib/analysis/_columns.c"
MODULE = "searchlib.analysis._columns"


class Compile(BuildHookInterface[Any]):
    """Puts the compiled module beside its source, and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless SEARCHLIB_PURE is set."""
        if os.environ.get("SEARCHLIB_PURE"):
            return
        try:
            compiled = compile_in(Path(self.root))
        except (BaseError, OSError) as error:
            self.app.display_warning(f"{SOURCE} is not compiled, so indexing is slower: {error}")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{next(sys_tags()).platform}"
        build_data["artifacts"].append(compiled.relative_to(self.root).as_posix())


def compile_in(root: Path) -> Path:
    """Compile the module of a checkout and return where it lies."""
    # No debug information: it would name the folder, and no two builds would be the same.
    flags = [] if sys.platform == "win32" else ["-O2", "-g0"]
    extension = Extension(
        MODULE, [str(root / SOURCE)], extra_compile_args=flags, py_limited_api=True
    )
    command = Distribution({"ext_modules": [extension]}).get_command_obj("build_ext")
    with TemporaryDirectory() as folder:
        command.build_lib = command.build_temp = folder
        command.ensure_finalized()
        command.run()
        made = next(Path(folder).rglob("_columns*" + Path(suffix()).suffix))
        target = root / Path(SOURCE).with_name(f"_columns{suffix()}")
        target.write_bytes(made.read_bytes())
    return target


def suffix() -> str:
    """The ending of a module that any Python from the oldest one supported on loads."""
    return ".pyd" if sys.platform == "win32" else ".abi3.so"


if __name__ == "__main__":
    print(compile_in(Path(__file__).resolve().parent))
