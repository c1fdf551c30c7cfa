"""The API's envelope: success and error answers, error codes with their HTTP status, request ids."""

import hashlib
import json
from collections import Counter
from typing import Any

from starlette.responses import Response

NOT_AUTHENTICATED = "RestExceptionCodes.NOT_AUTHENTICATED"
BAD_FORM = "RestExceptionCodes.BAD_FORM"
GAF_EXCEPTION = "UserExceptionCodes.GAF_EXCEPTION"

_STATUS = {
    NOT_AUTHENTICATED: 401,
    BAD_FORM: 400,
    GAF_EXCEPTION: 500,
    "PAYMENT_REQUIRED": 402,
    "NOT_FOUND": 404,
    "PERMISSION_DENIED": 403,
    "METHOD_NOT_ALLOWED": 405,
    "AUTH_CAPTCHA_REQUIRED": 403,
    "AUTH_USER_MISSING": 401,
}
_OTHER_STATUS = 409


class ApiError(Exception):
    """A refusal of the site: error_code and message as the envelope carries them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return _STATUS.get(self.code, _OTHER_STATUS)


class RequestIds:
    """Request ids that are the same in every run: the n-th answer to a method and path has always the same id."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def next(self, method: str, path: str) -> str:
        """The id for one more answer to that call: 32 hex digits."""
        call = f"{method} {path}"
        self._seen[call] += 1
        return hashlib.sha256(f"{call} {self._seen[call]}".encode()).hexdigest()[:32]


def success(result: Any, request_id: str) -> Response:
    """`{"status": "success", "result": ..., "request_id": ...}`."""
    return _json({"status": "success", "result": result, "request_id": request_id}, 200)


def failure(error: ApiError, request_id: str, http_status: int) -> Response:
    """`{"status": "error", "message": ..., "error_code": ..., "request_id": ...}`."""
    body = {"status": "error", "message": error.message, "error_code": error.code, "request_id": request_id}
    return _json(body, http_status)


def _json(body: dict[str, Any], status: int) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, media_type="application/json", headers={"cache-control": "no-store"})
