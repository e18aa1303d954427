"""The files of a rule book: the committed ones, or those with the files of a draft, or other parameters, in their place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agents import law
from agents.core.rules.rule import RuleSpec
from agents.rulebook.load import rules_here
from agents.rulebook.tables import Problem, specs
from streams import catalogue, places
from streams.command import Trouble

LAW = "law"
"""The folder of a draft that holds files of clauses."""


class Corpus(Struct, frozen=True):
    """Where rules (by domain), clauses and departments stand; `root` holds the folders of the domains.

    `params`: by rule, the parameters of its judge (`with`) that are to be other than in its file.
    """

    root: Path
    rules: Mapping[str, Path]
    clauses: tuple[Path, ...]
    departments: tuple[Path, ...]
    params: Mapping[str, Mapping[str, Any]] = {}

    def specs(self, domain: str) -> tuple[dict[str, RuleSpec], list[Problem]]:
        """The rules of a domain, and a problem for each that cannot be read."""
        read, problems = specs(self.rules[domain], "rule", RuleSpec)
        found = rules_here(read)
        changed = {
            rule: replace(spec, params={**spec.params, **self.params[rule]})
            for rule, spec in found.items()
            if rule in self.params
        }
        return found | changed, problems


def committed(root: Path = catalogue.ROOT) -> Corpus:
    """The files of all domains under `root`, and of the law."""
    rules = {file.parent.name: file.with_name("rules.toml") for file in sorted(root.glob("*/domain.toml"))}
    return Corpus(root, rules, tuple(law.clause_files(root)), tuple(places.department_files(places.here())))


def overlaid(corpus: Corpus, draft: Path) -> Corpus:
    """A corpus with the files of a draft in place of its own.

    `DRAFT/<domain>/rules.toml` and `DRAFT/<domain>/clauses.toml` stand for those of that domain, `DRAFT/law/<name>.toml` for
    the file of clauses of that name, `DRAFT/4101/<name>.toml` for one of a place; a file of clauses that is new is added.
    Trouble where nothing in the draft is of use.
    """
    if not draft.is_dir():
        raise Trouble(f"there is no folder {str(draft)!r}: give one with <domain>/rules.toml in it")
    used = [file for domain in corpus.rules for file in _of_domain(draft, domain)]
    used += [file for folder in (LAW, *places.chain(places.here())) for file in sorted((draft / folder).glob("*.toml"))]
    if stray := sorted(set(draft.rglob("*.toml")) - set(used)):
        raise Trouble(
            f"{stray[0]}:1: this file replaces nothing: write <domain>/rules.toml, <domain>/clauses.toml, {LAW}/<name>.toml "
            f"or {places.here()}/<name>.toml; "
            f"domains are {', '.join(corpus.rules)}"
        )
    if not used:
        raise Trouble(f"{draft} holds no rules: put a changed copy of a committed <domain>/rules.toml into it")
    rules = {domain: _there(draft / domain / "rules.toml") or file for domain, file in corpus.rules.items()}
    own = {_place(corpus.root, file): file for file in corpus.clauses}
    return replace(corpus, rules=rules, clauses=tuple((own | {_place(draft, f): f for f in used if _is_clauses(f)}).values()))


def changed(corpus: Corpus, params: Mapping[str, Mapping[str, Any]]) -> Corpus:
    """A corpus with other parameters of some rules, by rule; Trouble where there is no such rule."""
    known = {rule for domain in corpus.rules for rule in corpus.specs(domain)[0]}
    if strange := sorted(params.keys() - known):
        raise Trouble(f"there is no rule {strange[0]!r}: `python -m agents rules list` names them")
    return replace(corpus, params=params)


def _of_domain(draft: Path, domain: str) -> list[Path]:
    return [file for name in ("rules.toml", "clauses.toml") if (file := _there(draft / domain / name))]


def _there(file: Path) -> Path | None:
    return file if file.is_file() else None


def _is_clauses(file: Path) -> bool:
    return file.parent.name == LAW or file.name == "clauses.toml" or places.place_of(file) != ""


def _place(root: Path, file: Path) -> str:
    """What a file of clauses is known by: its domain, or its name among the files of the law."""
    if place := places.place_of(file):
        return f"{place}/{file.name}"
    return file.parent.name if file.is_relative_to(root) and file.parent.name != LAW else f"{LAW}/{file.name}"
