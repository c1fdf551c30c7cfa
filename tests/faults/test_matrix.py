"""A slice of the fault matrix in every test run; the whole of it is `make faults`, its table docs/faults.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.mock_platform.faults import POINTS
from tests.faults.cells import WAYS, Cell, combinations, way_of
from tests.faults.matrix import Bench, bench

pytestmark = pytest.mark.browser

SLICE = [
    Cell("cart.process", "after", "drop", "client, cart"),
    Cell("cart.process", "before", "hang", "client, cart"),
    Cell("cart.process", "after", "late", "client, cart"),
    Cell("milestone.create", "after", "error200", "client, direct"),
    Cell("milestone.create", "before", "drop", "client, direct"),
    Cell("milestone.create", "after", "twice", "client, cart"),
    Cell("milestone.request", "after", "http500", "freelancer"),
    Cell("milestone.request", "before", "twice", "freelancer"),
    Cell("readback", "after", "empty_list", "client, direct"),
    Cell("milestone.release", "after", "drop", "client, release"),
]


@pytest.fixture(scope="module")
def desks() -> Iterator[Bench]:
    with bench() as made:
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
    assert {way_of(cell).name for cell in SLICE} == {"client, cart", "client, direct", "freelancer", "client, release"}


def test_nonsense_is_recorded_with_the_platforms_reason(desks: Bench) -> None:
    reasons = {combination: desks.refusal(*combination) for combination in combinations()}
    assert "only a written row can show late" in reasons["cart.process", "before", "late"]
    assert reasons["cart.process", "after", "drop"] == ""
    assert 100 < sum(1 for reason in reasons.values() if not reason) < len(reasons)
