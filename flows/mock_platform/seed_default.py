"""The built-in seeds: `default` (a busy client and her freelancers), `small` and `empty`."""

from flows.mock_platform.seed import Seed, SeedMilestone, SeedProject, SeedRequest

_M = SeedMilestone
_R = SeedRequest
_P = SeedProject

_DEMO = (
    _P("Artist marketplace website", bid="2500.00"),
    _P("Logo and letterhead", "EUR", "900.00", category="logo-design"),
    _P("Resume rewriting", bid="180.00", category="resumes", freelancer="chloe"),
)

_NO_MILESTONES = tuple(
    _P(title, bid=bid, category=category, freelancer=freelancer, age_days=1)
    for title, bid, category, freelancer in (
        ("Booking page for a yoga studio", "1200.00", "website-design", "ben"),
        ("Inventory app for a bicycle shop", "3600.00", "mobile-phone", "ben"),
        ("Product photos retouched", "450.00", "photoshop", "ben"),
        ("Translate user manual to Spanish", "640.00", "translation", "ben"),
        ("Newsletter template", "300.00", "html", "ben"),
        ("Data entry from scanned invoices", "520.00", "data-entry", "ben"),
        ("Voice over for a museum guide", "750.00", "audio-services", "ben"),
        ("WordPress speed tuning", "400.00", "wordpress", "ben"),
        ("Explainer video, 60 seconds", "1500.00", "video-services", "ben"),
        ("Database migration to PostgreSQL", "2800.00", "sql", "ben"),
        ("3D model of a garden shed", "350.00", "3d-modelling", "ben"),
        ("Payroll spreadsheet", "275.00", "excel", "ben"),
        ("Podcast editing, ten episodes", "1000.00", "audio-editing", "ben"),
        ("Python scraper for open data", "900.00", "python", "dmitri"),
        ("Market research on rooftop solar", "1100.00", "research", "fatima"),
        ("Packaging for herbal tea", "680.00", "packaging-design", "kenji"),
    )
)

_TITLE_TRAPS = (
    _P("Website redesign", bid="1400.00", freelancer="ben", age_days=2),
    _P("Website redesign", bid="1600.00", freelancer="chloe", age_days=2),
    _P("Blog articles", bid="500.00", freelancer="ben", category="articles", age_days=2),
    _P("Blog articles", bid="500.00", freelancer="ben", category="articles", age_days=2),
    _P("Illustrations for a children's picture book, part 1", bid="2000.00", category="illustration", age_days=2),
    _P("Illustrations for a children's picture book, part 2", bid="2100.00", category="illustration", age_days=2),
    _P("Café menu — “spring & summer” <2027>", bid="260.00", category="graphic-design", age_days=2),
    _P("Übersetzung: 20 Seiten, 日本語 / العربية", bid="800.00", category="translation", age_days=2),
)

_CURRENCIES = (
    _P("Mobile app for a tiffin service", "INR", "125000.00", category="mobile-phone", age_days=3),
    _P("Hindi voice over", "INR", "18000.00", category="audio-services", age_days=3),
    _P("Anime style mascot", "JPY", "85000", category="illustration", freelancer="kenji", age_days=3),
    _P("Japanese landing page", "JPY", "120000", freelancer="kenji", age_days=3),
    _P("Trade fair stand in Lyon", "EUR", "3200.00", category="3d-design", freelancer="chloe", age_days=3),
    _P("Leeds bakery web shop", "GBP", "1850.00", freelancer="ben", age_days=3),
    _P("Sydney tour brochure", "AUD", "950.00", category="graphic-design", freelancer="fatima", age_days=3),
)

_FUNDED = (
    _P(
        "Online course platform",
        bid="4000.00",
        age_days=20,
        milestones=(
            _M("Concept and wireframes", "800.00", "cleared", age_days=18),
            _M("Student area", "1200.00"),
            _M("Teacher area", "1000.00", "requested_release", age_days=9),
        ),
    ),
    _P(
        "Recipe site with search",
        bid="1500.00",
        age_days=21,
        milestones=(_M("Milestone 1 of 3", "500.00", age_days=45), _M("Milestone 2 of 3", "500.00")),
    ),
    _P("Estate agent flyers", bid="600.00", age_days=22, milestones=(_M("Whole project", "600.00", age_days=32),)),
    _P(
        "Chat bot for a bank branch",
        bid="5200.00",
        age_days=23,
        milestones=(_M("Intents", "1300.00"), _M("Training data", "1300.00", "disputed", age_days=6)),
    ),
    _P(
        "Wedding film cut",
        bid="700.00",
        age_days=24,
        milestones=(_M("Rough cut", "350.00", cancellation_reason="freelancer_did_not_meet_deadline"),),
    ),
    _P(
        "Corporate intranet",
        bid="6000.00",
        freelancer="chloe",
        age_days=25,
        milestones=(
            _M("Kick-off", "1000.00", "cleared", clearing=True, age_days=3),
            _M("News module", "1500.00", "canceled", age_days=15),
            _M("News module (again)", "1500.00"),
        ),
    ),
    _P(
        "Logo animation",
        bid="400.00",
        freelancer="fatima",
        age_days=26,
        milestones=(_M("Animation", "250.00", "cleared"), _M("Animation (Partial Release 2)", "150.00")),
    ),
    _P("Twin milestones", bid="1000.00", age_days=27, milestones=(_M("Sprint", "250.00"), _M("Sprint", "250.00"))),
)

_REQUESTS = (
    _P(
        "Travel guide, Lisbon chapter",
        bid="900.00",
        category="travel-writing",
        age_days=30,
        requests=(_R("Outline", "300.00"), _R("First draft", "300.00"), _R("Photos", "100.00", "rejected")),
    ),
    _P(
        "Festival poster series",
        bid="1200.00",
        category="graphic-design",
        age_days=31,
        milestones=(_M("Sketches", "400.00"),),
        requests=(_R("Sketches", "400.00", "created"), _R("Print files", "400.00", "deleted")),
    ),
    _P(
        "Yearly report layout",
        bid="1000.00",
        freelancer="chloe",
        age_days=32,
        requests=(_R("Cover", "200.00"), _R("Tables and charts", "350.00")),
    ),
)

_SPECIAL = (
    _P(
        "Garden centre app",
        bid="2200.00",
        award="awarded",
        age_days=35,
        milestones=(_M("Upfront", "440.00", "pending"),),
    ),
    _P("Quiz night questions", bid="150.00", award="awarded", freelancer="dmitri", age_days=36),
    _P(
        "Server maintenance, hourly",
        bid="40.00",
        type="hourly",
        age_days=37,
        milestones=(
            _M("Initial payment", "200.00", initial=True),
            _M("Week 44", "320.00", automatic=True),
        ),
    ),
    _P(
        "Bid already used up",
        bid="500.00",
        age_days=38,
        milestones=(_M("Part one", "300.00", "cleared"), _M("Part two", "200.00")),
    ),
    _P("Freelancer without a profile", bid="700.00", freelancer="ivan-incomplete", age_days=39),
    _P("Freelancer in California", bid="700.00", freelancer="ella-escrow", age_days=40),
    _P("Fonts for a game", bid="800.00", award="none", age_days=4),
    _P("Chess club website", bid="500.00", award="none", age_days=5),
    _P("Subtitles for a documentary", bid="600.00", award="none", age_days=6),
)

_MORE = tuple(
    _P(title, bid=bid, freelancer=freelancer, age_days=50 + number, milestones=(_M("First half", half, "cleared"),))
    for number, (title, bid, half, freelancer) in enumerate(
        (
            ("Spreadsheet dashboard", "400.00", "200.00", "ben"),
            ("Email campaign for spring", "600.00", "300.00", "ben"),
            ("Charity run landing page", "700.00", "350.00", "ben"),
            ("Catalogue of antique clocks", "900.00", "450.00", "ben"),
            ("Dentist appointment widget", "1100.00", "550.00", "ben"),
            ("City map illustration", "500.00", "250.00", "kenji"),
            ("Grant application edited", "650.00", "325.00", "fatima"),
            ("Sound effects for a board game", "300.00", "150.00", "dmitri"),
            ("Choir concert programme", "240.00", "120.00", "chloe"),
        )
    )
)

_PAST = tuple(
    _P(
        title,
        bid=bid,
        ended=True,
        age_days=120 + number,
        milestones=(_M("Whole project", bid, "cleared", age_days=110),),
    )
    for number, (title, bid) in enumerate(
        (
            ("Old shop website", "1000.00"),
            ("Business cards", "120.00"),
            ("Press kit", "300.00"),
            ("Trade licence form filled in", "80.00"),
            ("Holiday banner", "90.00"),
        )
    )
)

_OTHERS = (
    _P("Fitness studio brand book", bid="1500.00", client="client-carl", age_days=7),
    _P("Warehouse label printer", bid="800.00", client="client-carl", age_days=8, requests=(_R("Driver", "400.00"),)),
    _P("Bo hires for a newsletter", bid="700.00", client="both-bo", age_days=9),
    _P("Bo writes for Carl", bid="600.00", client="client-carl", freelancer="both-bo", age_days=10),
    _P("Two-step test shop", bid="1000.00", client="twostep-tina", age_days=11),
    _P("Captcha test shop", bid="1000.00", client="captcha-cara", age_days=11),
    _P("Device test shop", bid="1000.00", client="device-dora", age_days=11),
    _P("Unverified card project", bid="1000.00", client="unverified-uma", age_days=11),
    _P("Card only project", bid="1000.00", client="card-cody", age_days=11),
    _P("No funds project", bid="1000.00", client="nofunds-nora", age_days=11),
    _P("Dollar project of a euro client", bid="1000.00", client="euro-otto", age_days=11),
    _P("Limited account project", bid="1000.00", client="limited-lena", age_days=11),
    _P("Profile incomplete project", bid="1000.00", client="profile-pia", freelancer="ivan-incomplete", age_days=11),
    _P("Escrow.com project", bid="1000.00", client="escrow-esther", freelancer="ella-escrow", age_days=11),
)

_SMALL = (
    *_DEMO,
    _NO_MILESTONES[0],
    _FUNDED[0],
    _REQUESTS[0],
)

BUILT_IN: dict[str, Seed] = {
    "default": Seed(
        projects=(
            *_DEMO,
            *_NO_MILESTONES,
            *_TITLE_TRAPS,
            *_CURRENCIES,
            *_FUNDED,
            *_REQUESTS,
            *_SPECIAL,
            *_MORE,
            *_PAST,
            *_OTHERS,
        )
    ),
    "small": Seed(projects=_SMALL),
    "empty": Seed(),
}
