-- The mock platform's tables. Amounts are integers in minor units; times are unix seconds.
CREATE TABLE users (
    id INTEGER PRIMARY KEY, login TEXT UNIQUE NOT NULL, email TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
    password TEXT NOT NULL, role TEXT NOT NULL, gate TEXT NOT NULL DEFAULT '', block TEXT NOT NULL DEFAULT '',
    about TEXT NOT NULL DEFAULT ''
);
CREATE TABLE balances (
    user_id INTEGER NOT NULL, currency TEXT NOT NULL, minor INTEGER NOT NULL, PRIMARY KEY (user_id, currency)
);
CREATE TABLE sources (
    id TEXT NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, verified INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE projects (
    ref INTEGER PRIMARY KEY, title TEXT NOT NULL, seo_url TEXT UNIQUE NOT NULL, type TEXT NOT NULL,
    currency TEXT NOT NULL, owner_id INTEGER NOT NULL, bidder_id INTEGER, bid_id INTEGER, bid_minor INTEGER NOT NULL,
    award TEXT NOT NULL, ended INTEGER NOT NULL DEFAULT 0, time_created INTEGER NOT NULL,
    time_updated INTEGER NOT NULL, changes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX projects_owner ON projects (owner_id);
CREATE INDEX projects_bidder ON projects (bidder_id);
CREATE TABLE milestones (
    ref INTEGER PRIMARY KEY, project INTEGER NOT NULL, minor INTEGER NOT NULL, description TEXT NOT NULL,
    status TEXT NOT NULL, cancellation_requested INTEGER NOT NULL DEFAULT 0,
    cancellation_reason TEXT NOT NULL DEFAULT '', reason_text TEXT NOT NULL DEFAULT '',
    is_initial_payment INTEGER NOT NULL DEFAULT 0, automatic INTEGER NOT NULL DEFAULT 0,
    clearing INTEGER NOT NULL DEFAULT 0, time_created INTEGER NOT NULL, time_released INTEGER,
    due TEXT NOT NULL DEFAULT '', work TEXT NOT NULL DEFAULT '', time_submitted INTEGER,
    shown_from REAL NOT NULL DEFAULT 0, shown_before TEXT
);
CREATE INDEX milestones_project ON milestones (project);
CREATE TABLE requests (
    ref INTEGER PRIMARY KEY, project INTEGER NOT NULL, minor INTEGER NOT NULL, description TEXT NOT NULL,
    status TEXT NOT NULL, is_initial_payment INTEGER NOT NULL DEFAULT 0, time_requested INTEGER NOT NULL,
    shown_from REAL NOT NULL DEFAULT 0, shown_before TEXT
);
CREATE INDEX requests_project ON requests (project);
CREATE TABLE drafts (
    ref INTEGER PRIMARY KEY, project INTEGER NOT NULL, minor INTEGER NOT NULL, description TEXT NOT NULL,
    request_ref INTEGER, time_created INTEGER NOT NULL
);
CREATE TABLE carts (
    ref INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, project INTEGER, status TEXT NOT NULL,
    time_created INTEGER NOT NULL, shown_from REAL NOT NULL DEFAULT 0, shown_before TEXT
);
CREATE INDEX carts_project ON carts (project);
CREATE TABLE cart_items (
    ref INTEGER PRIMARY KEY, cart INTEGER NOT NULL, context_type TEXT NOT NULL, context_id INTEGER,
    description TEXT NOT NULL, minor INTEGER NOT NULL
);
CREATE INDEX cart_items_cart ON cart_items (cart);
CREATE TABLE charges (
    ref INTEGER PRIMARY KEY, cart INTEGER, project INTEGER NOT NULL, user_id INTEGER NOT NULL, minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL, processing_minor INTEGER NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL,
    taken TEXT NOT NULL, milestone INTEGER, time_charged INTEGER NOT NULL
);
CREATE TABLE sessions (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL, started REAL NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
