"""Build the wheel and the source archive, and prove them in empty environments: ./run package.

1. Builds both twice, from this checkout and from a copy of it in another folder with other file
   modes and times, and compares them byte by byte. The files stay in dist/.
2. For each Python that the project supports and that is here, installs the wheel as a user would
   in an environment of its own, and runs a few examples there. PyICU is compiled where pip has not
   kept it from last time.
3. The same with the archive where no compiler, no pkg-config and no other program can be run:
   without PyICU searchlib says what to install, and it works with what it says.

Uses the standard library, `build` and the project's build backend; nothing stays but dist/.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
#: Of examples/; they need nothing but the library, and the third sorts by ICU.
EXAMPLES: Final = ("quickstart.py", "on_disk.py", "collation_order.py")
#: Runs where searchlib is installed. Thai has no word that searchlib cuts without ICU.
CHECK: Final = """
import sys
from importlib import metadata, resources
from pathlib import Path
import searchlib
assert Path(searchlib.__file__).is_relative_to(sys.prefix), searchlib.__file__
assert metadata.version("searchlib") == searchlib.__version__
assert resources.files("searchlib").joinpath("py.typed").is_file()
index = searchlib.Index(searchlib.Schema({"title": searchlib.Text()}), "index")
index.add([{"id": "1", "title": "ฉันรักประเทศไทย"}, {"id": "2", "title": "Quốc hội"}])
again = searchlib.Index.open("index")
assert again.search("ประเทศไทย").ids == ("1",) and again.search("quoc hoi").ids == ("2",)
from icu import ICU_VERSION, VERSION
from searchlib.analysis.columns import COMPILED
assert COMPILED is ("--compiled" in sys.argv), "what C does, or Python where there is no compiler"
print(f"PyICU {VERSION}, ICU {ICU_VERSION}", end="")
maps = Path("/proc/self/maps")
if "--own-icu" in sys.argv and maps.exists():
    used = {line.split()[-1] for line in maps.read_text().splitlines() if "libicu" in line}
    assert used and all(Path(path).is_relative_to(sys.prefix) for path in used), used
"""
#: Runs where ICU is missing: what needs none works, what needs it says how to get it.
WITHOUT: Final = """
import searchlib
assert [t.text for t in searchlib.analyze("Quốc hội", "vi").tokens] == ["Quốc", "hội"]
try:
    searchlib.analyze("ฉันรักประเทศไทย", "th")
except searchlib.MissingExtraError as error:
    print(error)
"""


def main() -> None:
    """Do all of it; the first thing that fails ends it."""
    began = perf_counter()
    with TemporaryDirectory() as name:
        temporary = Path(name)
        wheel, archive = build(temporary)
        print(f"built twice, alike to the byte: {wheel.name}, {archive.name}{since(began)}")
        # Side by side: nearly all of the time goes into compiling PyICU, once for each Python.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            tries = [pool.submit(tried, *one, wheel, archive, temporary) for one in pythons()]
            for one in tries:
                print(one.result(), flush=True)
    print("all of it works")


def tried(version: str, python: Path, wheel: Path, archive: Path, temporary: Path) -> str:
    """Try both files with one Python; return what they ran on."""
    began = perf_counter()
    declared = installed(python, wheel, temporary / version)
    line = f"Python {version}: {declared}{since(began)}"
    began = perf_counter()
    bare = uncompiled(python, archive, temporary / version)
    return f"{line}; no compiler: {bare}{since(began)}"


def since(began: float) -> str:
    """How long ago that was, to stand at the end of a line."""
    return f" ({perf_counter() - began:.0f} s)"


# --- Building -----------------------------------------------------------------------------------


def build(temporary: Path) -> tuple[Path, Path]:
    """Build both files here and in a copy, and return them, in dist/; fail if the two differ."""
    epoch = output("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    # As a release is made: the wheel from the unpacked archive.
    make(ROOT, epoch, umask=0o022)
    copy = temporary / "elsewhere"
    tracked = output("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, tracked):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
        if not os.access(ROOT / name, os.X_OK):
            (copy / name).chmod(0o600)
    make(copy, epoch, "--sdist", "--wheel", umask=0o077)
    for file in (ROOT / "dist").iterdir():
        if not filecmp.cmp(file, copy / "dist" / file.name, shallow=False):
            sys.exit(
                f"{file.name} is not what a copy of the checkout gives: it depends on where and "
                "when it is built, or on files that git does not know"
            )
    (wheel,) = (ROOT / "dist").glob("*.whl")
    (archive,) = (ROOT / "dist").glob("*.tar.gz")
    return wheel, archive


def make(folder: Path, epoch: str, *options: str, umask: int) -> None:
    """Build in that folder; nothing is downloaded, the backend is that of constraints.txt."""
    command = [sys.executable, "-m", "build", "--no-isolation", *options, str(folder)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    done = subprocess.run(command, env=environment, umask=umask, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


# --- Installing ---------------------------------------------------------------------------------


def pythons() -> Iterator[tuple[str, Path]]:
    """Yield each supported Python that is here, at least the one at work: on PATH, or where pyenv
    keeps them."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield own, Path(sys.executable)
    for version in re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"])):
        if version == own:
            continue
        path = found(version)
        if path is None:
            print(f"Python {version}: not here, not tried")
        else:
            yield version, path


def found(version: str) -> Path | None:
    """Return a Python of that version that runs: a version manager's placeholder may not."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [Path(on_path)] if on_path else []
    for path in [*candidates, *sorted(pyenv.glob(f"{version}*/bin/python3"))]:
        if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
            return path
    return None


def installed(python: Path, wheel: Path, temporary: Path) -> str:
    """Install the wheel with all it declares; return what it runs on."""
    env = environment(python, temporary / "declared")
    pip(env, os.environ, "install", str(wheel))
    pip(env, os.environ, "check")
    return prove(env, os.environ, "--compiled")


def uncompiled(python: Path, archive: Path, temporary: Path) -> str:
    """Install the archive, as from a checkout, where no program but Python can be found; return
    what it runs on."""
    env = environment(python, temporary / "uncompiled")
    variables = {**os.environ, "PATH": str(env / "bin")}
    others = [name for name in PROJECT["dependencies"] if not name.startswith("pyicu")]
    pip(env, variables, "install", "--no-deps", "--only-binary", ":all:", str(archive), *others)
    message = output(str(env / "bin/python"), "-I", "-c", WITHOUT, cwd=env, env=variables)
    advice = message.strip().splitlines()[-1].split()
    if advice[:2] != ["pip", "install"]:
        sys.exit(f"without PyICU the last line does not say what to install:\n{message}")
    pip(env, variables, *advice[1:], "--only-binary", ":all:")
    return prove(env, variables, "--own-icu")


def environment(python: Path, folder: Path) -> Path:
    """Make an empty virtual environment there, in place of the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    base = output(str(python), "-c", "import sys; print(sys._base_executable)", cwd=ROOT).strip()
    output(base, "-m", "venv", str(folder), cwd=ROOT)
    return folder


def pip(env: Path, variables: Mapping[str, str], *arguments: str) -> None:
    """Run pip of an environment."""
    options = ["--disable-pip-version-check", "--no-input"]
    output(str(env / "bin/python"), "-m", "pip", *options, *arguments, cwd=env, env=variables)


def prove(env: Path, variables: Mapping[str, str], *arguments: str) -> str:
    """Run the check and the examples, warnings as errors, in an empty folder."""
    with TemporaryDirectory() as empty:
        run = (str(env / "bin/python"), "-I", "-W", "error")
        found = output(*run, "-c", CHECK, *arguments, cwd=Path(empty), env=variables)
        for name in EXAMPLES:
            output(*run, str(ROOT / "examples" / name), cwd=Path(empty), env=variables)
    return found


def output(*command: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it printed; end with it if it fails."""
    clean = {key: value for key, value in (env or os.environ).items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
