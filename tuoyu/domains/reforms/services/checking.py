"""重放核对：the stored answer is computed again from the records and compared byte by byte."""

from __future__ import annotations

from dataclasses import dataclass

from tuoyu.domains.policies.engine import Book
from tuoyu.domains.reforms.models import Scenario
from tuoyu.domains.reforms.rules import replaying
from tuoyu.domains.reforms.services.running import answer_of, output_digest, read_rows


@dataclass(frozen=True)
class Checked:
    """核对结果。"""

    same_inputs: bool
    same_pack: bool
    same_output: bool
    receipt: str

    @property
    def is_same(self) -> bool:
        """凭据与结果都相同。"""
        return self.same_inputs and self.same_pack and self.same_output


def check_again(scenario: Scenario, *, book: Book) -> Checked:
    """重放核对。Corrections after the day of the scenario change the inputs, and it says so."""
    rows = read_rows(book, scenario)
    results, plan, axes = answer_of(book, scenario, rows)
    institutions = results.pop("institutions", [])
    return Checked(
        same_inputs=rows.sha256 == scenario.input_sha256,
        same_pack=book.sha256 == scenario.pack_sha256,
        same_output=output_digest(results, institutions) == scenario.output_sha256,
        receipt=replaying.receipt_of(
            book, rows, scenario.known_on, scenario.region_code, plan, axes
        ),
    )
