"""The kinds of site that the mock can be, by name. All share users, sessions, faults, knobs, store and back door."""

from flows.mock_platform import act, app, seed, truth
from flows.mock_platform.agreements import act as agreements_act
from flows.mock_platform.agreements import app as agreements_app
from flows.mock_platform.agreements import pool as agreements_pool
from flows.mock_platform.agreements import truth as agreements_truth
from flows.mock_platform.cards import act as cards_act
from flows.mock_platform.cards import app as cards_app
from flows.mock_platform.cards import truth as cards_truth
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.seed import Seed
from flows.mock_platform.site import Kind
from flows.mock_platform.store import Tx


def _plant(tx: Tx, planted: Seed, knobs: Knobs) -> None:
    seed.plant(tx, planted)


def _plant_agreements(tx: Tx, planted: Seed, knobs: Knobs) -> None:
    seed.plant(tx, planted)
    agreements_pool.fill(tx, knobs)


FREELANCER = Kind(
    "freelancer", "freelancer", "a faithful Freelancer.com", _plant, truth.truth, act.act, app.application
)
AGREEMENTS = Kind(
    "agreements",
    "mock-agreements",
    "an invented site without scripts: the freelancer proposes, the client agrees and pays into one pool a job",
    _plant_agreements,
    agreements_truth.truth,
    agreements_act.act,
    agreements_app.application,
    money="/jobs/",
    knobs={"card_fee_percent": "0", "card_fee_fixed": "0"},
)
CARDS = Kind(
    "cards",
    "mock-cards",
    "an invented site that is one page: milestones are put up without money and funded one at a time, in order",
    _plant,
    cards_truth.truth,
    cards_act.act,
    cards_app.application,
)
KINDS = {kind.name: kind for kind in (FREELANCER, AGREEMENTS, CARDS)}
