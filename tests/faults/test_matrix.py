"""A slice of the fault matrix in every test run; the whole of it is `make faults`, its table docs/faults.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.mock_platform.faults import POINTS
from tests.faults.cells import WAYS, Cell, combinations, everything, refusal, way_named
from tests.faults.matrix import Bench, quick_bench
from tests.mock_client import MockPlatform

pytestmark = pytest.mark.browser

SLICE = [
    Cell("cart.process", "after", "drop", "client, cart"),
    Cell("cart.process", "after", "late", "client, cart"),
    Cell("milestone.create", "after", "error200", "client, direct"),
    Cell("milestone.create", "after", "twice", "client, cart"),
    Cell("milestone.request", "after", "http500", "freelancer"),
    Cell("milestone.release", "after", "drop", "client, release"),
    Cell("milestone.create", "after", "http500", "agreements, client agrees"),
    Cell("cart.process", "after", "drop", "agreements, client pays in"),
    Cell("cart.process", "after", "late", "agreements, client pays in"),
    Cell("milestone.create", "after", "drop", "cards, client puts up"),
    Cell("cart.process", "before", "drop", "cards, client confirms"),
    Cell("cart.process", "after", "http500", "cards, client confirms"),
]


@pytest.fixture(scope="module")
def desks() -> Iterator[Bench]:
    with quick_bench() as made:
        yield made


@pytest.mark.parametrize("cell", SLICE, ids=str)
def test_at_most_once_with_the_fault_and_exactly_once_after_it(desks: Bench, cell: Cell) -> None:
    result = desks.run(cell)
    assert result.problems == [], f"{result.first}: {result.first_said}\n{result.last}: {result.last_said}"
    assert (result.duplicates, result.lost) == (0, 0)
    assert result.stands == result.planned
    assert result.settled == result.unknown


def test_every_point_is_met_by_some_way() -> None:
    assert set(POINTS) == {point for way in WAYS for point in way.points}
    assert {way_named(cell.way).kind for cell in SLICE} == {way.kind for way in WAYS}
    assert {"client, cart", "client, direct", "freelancer", "client, release"} < {cell.way for cell in SLICE}


def test_nonsense_is_left_out_with_the_platforms_reason(mock: MockPlatform) -> None:
    reasons = {combination: refusal(*combination) for combination in combinations()}
    assert "only a written row can show late" in reasons["cart.process", "before", "late"]
    assert 100 < sum(1 for reason in reasons.values() if not reason) < len(reasons)
    for at, when, kind in [("cart.process", "before", "late"), ("list", "after", "twice")]:
        assert mock.refusal(at=at, when=when, kind=kind) == reasons[at, when, kind]
    assert mock.refusal(at="cart.process", when="after", kind="drop") == reasons["cart.process", "after", "drop"] == ""


def test_every_combination_that_makes_sense_has_a_cell() -> None:
    sensible = {combination for combination in combinations() if not refusal(*combination)}
    assert sensible == {(cell.at, cell.when, cell.kind) for cell in everything()}
