"""Who has an account on the mock platform, each under a login that says what it stands for."""

from dataclasses import dataclass, field

PASSWORD = "milepost"  # noqa: S105 - the published password of a local mock
TWO_STEP_CODE = "246810"


@dataclass(frozen=True)
class Source:
    """A payment source: `id` as requests name it, kind card | paypal | bank, its label, and whether it is verified."""

    id: str
    kind: str
    label: str
    verified: bool


VISA = Source("card:4242", "card", "Visa ending in 4242", verified=True)
UNVERIFIED_CARD = Source("card:1881", "card", "Visa ending in 1881", verified=False)
UNVERIFIED_PAYPAL = Source("paypal", "paypal", "PayPal", verified=False)


@dataclass(frozen=True)
class User:
    """An account. `gate` is what stands in the way at login, `block` the error code its money actions meet."""

    id: int
    login: str
    name: str
    role: str
    about: str
    gate: str = ""
    block: str = ""
    balances: dict[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def email(self) -> str:
        """The address that logs in as well as the login does."""
        return f"{self.login}@example.test"


USERS: tuple[User, ...] = (
    User(
        101,
        "anna",
        "Anna Berg",
        "client",
        "client with balances and a verified card",
        balances={"USD": "25000.00", "EUR": "4000.00"},
        sources=(VISA, UNVERIFIED_PAYPAL),
    ),
    User(102, "ben", "Ben Okafor", "freelancer", "freelancer of most projects", balances={"USD": "310.00"}),
    User(103, "chloe", "Chloe Martin", "freelancer", "freelancer"),
    User(104, "dmitri", "Dmitri Sokolov", "freelancer", "freelancer"),
    User(105, "fatima", "Fatima Rahman", "freelancer", "freelancer"),
    User(106, "kenji", "Kenji Mori", "freelancer", "freelancer"),
    User(107, "ivan-incomplete", "Ivan Petrov", "freelancer", "profile incomplete", block="PROFILE_INCOMPLETE"),
    User(108, "ella-escrow", "Ella Reyes", "freelancer", "Escrow.com unlinked", block="ESCROWCOM_ACCOUNT_UNLINKED"),
    User(
        120,
        "both-bo",
        "Bo Lindqvist",
        "both",
        "client and freelancer",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(121, "client-carl", "Carl Jensen", "client", "another client", balances={"USD": "9000.00"}, sources=(VISA,)),
    User(
        130,
        "twostep-tina",
        "Tina Alvarez",
        "client",
        "2-step code at login",
        gate="two_step",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(
        131,
        "captcha-cara",
        "Cara Novak",
        "client",
        "captcha at login",
        gate="captcha",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(
        132,
        "device-dora",
        "Dora Klein",
        "client",
        "unknown device at login",
        gate="unknown_device",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(133, "blocked-bruno", "Bruno Costa", "client", "login answered 403 with an empty body", gate="blocked"),
    User(134, "closed-clara", "Clara Weiss", "client", "account closed", gate="closed"),
    User(135, "suspended-sue", "Sue Park", "client", "account suspended", gate="suspended"),
    User(136, "token-theo", "Theo Laurent", "client", "device token invalid", gate="device_token"),
    User(140, "unverified-uma", "Uma Nair", "client", "only an unverified card", sources=(UNVERIFIED_CARD,)),
    User(141, "card-cody", "Cody Price", "client", "verified card, empty balance", sources=(VISA,)),
    User(142, "nofunds-nora", "Nora Lind", "client", "empty balance and no source"),
    User(143, "euro-otto", "Otto Brandt", "client", "balance only in euros", balances={"EUR": "6000.00"}),
    User(
        144,
        "limited-lena",
        "Lena Fischer",
        "client",
        "limited account",
        block="USER_ACCOUNT_LIMITED",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(
        145,
        "profile-pia",
        "Pia Romano",
        "client",
        "her freelancer's profile is incomplete",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
    User(
        146,
        "escrow-esther",
        "Esther Cohen",
        "client",
        "her freelancer is not linked to Escrow.com",
        balances={"USD": "5000.00"},
        sources=(VISA,),
    ),
)


def by_login(login: str) -> User | None:
    """The built-in user with that login, or None."""
    return next((user for user in USERS if user.login == login), None)
