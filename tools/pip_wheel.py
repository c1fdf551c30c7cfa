"""Fetching the locked pip from the package index with nothing but the standard library, for Pythons without ensurepip.

The index, its certificates and its proxy are pip's own settings (environment, then configuration files), so it works
wherever pip itself would. What arrives must have a hash that the lock names.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import json
import ssl
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from tools.lockfile import Pin
from tools.machine import CommandError, Machine

PUBLIC_INDEX = "https://pypi.org/simple"
JSON_OR_HTML = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
SECONDS = 60


@dataclass(frozen=True)
class Index:
    """Where packages come from: the simple index's URL, a file of certificates ("" = the system's), a proxy ("" = the
    environment's).
    """

    url: str
    certificates: str
    proxy: str


def fetch(machine: Machine, pin: Pin, folder: Path) -> Path:
    """Fetch the wheel of pip that the lock names into `folder`, check its hash and return its path."""
    index, links = look(machine)
    name = f"pip-{pin.version}-py3-none-any.whl"
    if name not in links:
        raise CommandError(f"{host(index.url)} has no {name}", "")
    content, _ = get(index, links[name])
    if hashlib.sha256(content).hexdigest() not in pin.hashes:
        raise CommandError(f"{name} from {host(links[name])} is not the file that the lock names", "")
    wheel = folder / name
    wheel.write_bytes(content)
    return wheel


def look(machine: Machine) -> tuple[Index, dict[str, str]]:
    """Return the index, and the files of pip that it has (name -> URL); CommandError when it does not answer."""
    index = index_of(machine)
    page_url = f"{index.url.rstrip('/')}/pip/"
    page, kind = get(index, page_url)
    return index, links_of(page.decode("utf-8", "replace"), kind, page_url)


def index_of(machine: Machine) -> Index:
    """Read pip's settings as pip does: environment first, then the user's files, then the system's."""
    files = configuration(machine)

    def setting(option: str, *names: str) -> str:
        values = [machine.env.get(name, "") for name in names]
        values += [files.get(section, option, fallback="") for section in ("install", "global")]
        return next((value.strip() for value in values if value.strip()), "")

    return Index(
        url=setting("index-url", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL") or PUBLIC_INDEX,
        certificates=setting("cert", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
        proxy=setting("proxy", "PIP_PROXY"),
    )


def configuration(machine: Machine) -> configparser.RawConfigParser:
    """Read pip's configuration files, later ones over earlier ones; one that cannot be read counts as empty."""
    base = Path(machine.env.get("XDG_CONFIG_HOME") or machine.home / ".config")
    paths = [
        machine.path("/etc/xdg/pip/pip.conf"),
        machine.path("/etc/pip.conf"),
        machine.path("/Library/Application Support/pip/pip.conf"),
        machine.home / ".pip/pip.conf",
        base / "pip/pip.conf",
        machine.home / "Library/Application Support/pip/pip.conf",
    ]
    if machine.env.get("PIP_CONFIG_FILE"):
        paths.append(Path(machine.env["PIP_CONFIG_FILE"]))
    merged = configparser.RawConfigParser()
    for path in paths:
        one = configparser.RawConfigParser()
        try:
            one.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        merged.read_dict(one)
    return merged


def get(index: Index, url: str) -> tuple[bytes, str]:
    """Return the content and the content type of a URL; CommandError when it cannot be had."""
    address, login = without_login(url, index.url)
    if urlsplit(address).scheme not in {"http", "https"}:
        raise CommandError(f"the package index is neither http nor https: {urlsplit(address).scheme}", "")
    request = urllib.request.Request(address, headers={"Accept": JSON_OR_HTML})  # noqa: S310 - scheme checked above
    if login:
        request.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    try:
        with opener(index).open(request, timeout=SECONDS) as answer:
            return answer.read(), answer.headers.get_content_type()
    except (OSError, ValueError) as error:
        raise CommandError(f"{host(address)}: {getattr(error, 'reason', error)}", "") from error


def opener(index: Index) -> urllib.request.OpenerDirector:
    """Return what opens URLs with the index's certificates and proxy."""
    context = ssl.create_default_context(cafile=index.certificates or None)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if index.proxy:
        handlers.append(urllib.request.ProxyHandler({"http": index.proxy, "https": index.proxy}))
    return urllib.request.build_opener(*handlers)


def without_login(url: str, index_url: str) -> tuple[str, str]:
    """Split "user:password" off a URL; a file on the index's own host is asked for with the index's login."""
    parts, index = urlsplit(url), urlsplit(index_url)
    login, _, bare = parts.netloc.rpartition("@")
    if not login and bare == index.netloc.rpartition("@")[2]:
        login = index.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=bare)), unquote(login)


def links_of(page: str, kind: str, page_url: str) -> dict[str, str]:
    """Return file name -> URL from a page of the simple index, in its JSON or its HTML form."""
    if kind.endswith("json"):
        try:
            return {file["filename"]: urljoin(page_url, file["url"]) for file in json.loads(page)["files"]}
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{host(page_url)} does not answer like a package index", "") from error
    anchors = Anchors()
    anchors.feed(page)
    urls = [urljoin(page_url, href) for href in anchors.hrefs]
    return {unquote(urlsplit(url).path.rpartition("/")[2]): url.partition("#")[0] for url in urls}


class Anchors(HTMLParser):
    """Collects the targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the href of an anchor."""
        if tag == "a":
            self.hrefs += [value for name, value in attrs if name == "href" and value]


def host(url: str) -> str:
    """Return the host of a URL, without a login, for messages."""
    return urlsplit(url).hostname or url
