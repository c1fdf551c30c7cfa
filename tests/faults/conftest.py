"""The user at a command line, as in tests/e2e."""

from tests.e2e.conftest import user

__all__ = ["user"]
