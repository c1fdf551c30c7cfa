"""The calls that the mock's own pages make, for tests that need no page."""

import ssl
from typing import Any

import httpx

from tests.mock_platform.back_door import BackDoor

API = "/api/projects/0.1"
PAY = "/api/payments/0.1"


# loopback has no TLS; an empty context spares each client the loading of certificates
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http_client(origin: str) -> httpx.Client:
    """A client of the mock that asks no proxy."""
    return httpx.Client(base_url=origin, timeout=10, trust_env=False, verify=NO_TLS)


class Client:
    """A signed-in user's HTTP client."""

    def __init__(self, http: httpx.Client, mock: BackDoor) -> None:
        self.http = http
        self.mock = mock

    def sign_in(self, login: str) -> "Client":
        answer = self.http.post("/ajax-api/auth/login.php", json={"user": login, "password": "milepost"})
        assert answer.json()["status"] == "success", answer.text
        return self

    def project(self, title: str) -> dict[str, Any]:
        """The API's project of that title."""
        ref = self.mock.titled(title)["ref"]
        found = self.http.get(f"{API}/projects/", params={"projects[]": ref}).json()["result"]["projects"]
        return dict(found[ref])

    def fields(self, title: str, amount: object = 100, description: str = "Design", **more: Any) -> dict[str, Any]:
        """What the create form sends."""
        project = self.project(title)
        return {
            "project_id": project["id"],
            "bidder_id": project["bidder_id"],
            "bid_id": project["bid_id"],
            "currency_id": project["currency"]["id"],
            "amount": amount,
            "description": description,
            **more,
        }

    def make_cart(self, title: str, amount: object = 100, description: str = "Design", **more: Any) -> int:
        """Draft, cart and item. Answers the cart's id."""
        fields = self.fields(title, amount, description, **more)
        draft = self.good("POST", f"{API}/milestone_drafts/", fields)
        cart = self.good("POST", f"{PAY}/carts/", {})
        item = {"contextType": "MILESTONE", "contextId": draft["id"], "amount": amount, "useBonus": True}
        self.good("POST", f"{PAY}/carts/{cart['id']}/cart_items/", item)
        return int(cart["id"])

    def pay(self, cart: int, source: str = "balance") -> httpx.Response:
        return self.http.put(f"{PAY}/carts/{cart}", json={"action": "process", "source": source})

    def create(self, title: str, amount: object = 100, description: str = "Design", **more: Any) -> str:
        """A milestone by the cart path. Answers its ref."""
        answer = self.pay(self.make_cart(title, amount, description, **more)).json()
        assert answer["status"] == "success", answer
        return str(answer["result"]["milestones"][0])

    def create_directly(self, title: str, amount: object = 100, description: str = "Design") -> httpx.Response:
        return self.http.post(f"{API}/milestones/", json=self.fields(title, amount, description))

    def request(self, title: str, amount: object = 100, description: str = "Design") -> httpx.Response:
        return self.http.post(f"{API}/milestone_requests/", json=self.fields(title, amount, description))

    def act(self, ref: object, action: str, **fields: Any) -> httpx.Response:
        """An action on a milestone."""
        return self.http.put(f"{API}/milestones/{ref}/", json={"action": action, **fields})

    def decide(self, ref: object, action: str) -> httpx.Response:
        """An action on a request."""
        return self.http.put(f"{API}/milestone_requests/{ref}/", params={"action": action})

    def milestones(self, title: str) -> dict[str, Any]:
        """What the page's list of milestones says."""
        ref = self.mock.titled(title)["ref"]
        return self.good("GET", f"{API}/milestones/?projects[]={ref}")

    def good(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The result of a call that must succeed."""
        answer = self.http.request(method, path, json=body)
        assert answer.json()["status"] == "success", answer.text
        return dict(answer.json()["result"])


def code(answer: httpx.Response) -> str:
    """The error code of a refused call."""
    body = answer.json()
    assert body["status"] == "error", body
    assert body["message"]
    assert len(body["request_id"]) == 32
    return str(body["error_code"])
