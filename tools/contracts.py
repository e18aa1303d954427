"""A contract for import-linter that says what modules may import, where its own kinds say what they may not."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """`modules` and all below them import one another, `allowed` modules and what is below them, and nothing else.

    `standard_library`: the whole of it is allowed too.
    """

    type_name = "only"

    modules = fields.ListField(subfield=fields.ModuleExpressionField())
    allowed = fields.ListField(subfield=fields.StringField())
    standard_library = fields.BooleanField(required=False, default=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the contract of a contract
        """Look at every import of these modules; a pattern that no module matches is a mistake in the contract."""
        own: set[str] = set()
        for expression in self.modules:  # type: ignore[attr-defined]  # import-linter puts the field's value there
            matched = graph.find_matching_modules(expression.expression)
            if not matched:
                raise ValueError(f"no module matches {expression.expression}")
            own |= {each for module in matched for each in (module, *graph.find_descendants(module))}
        broken = sorted(
            f"{module} imports {other}"
            for module in own
            for other in graph.find_modules_directly_imported_by(module) - own
            if not self._allows(other)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name every import that is too much."""
        for line in check.metadata["broken"]:
            output.print_error(f"{line}: it may import {', '.join(self.allowed)} alone")  # type: ignore[arg-type]

    def _allows(self, module: str) -> bool:
        if self.standard_library and module.partition(".")[0] in sys.stdlib_module_names:
            return True
        return any(f"{module}.".startswith(f"{each}.") for each in self.allowed)  # type: ignore[attr-defined]
