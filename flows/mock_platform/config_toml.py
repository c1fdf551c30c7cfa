"""The settings that point Milepost's accounts at a mock platform: pure TOML."""

from flows.mock_platform.users import PASSWORD, USERS, User

_USUAL = ("anna", "ben")


def config_toml(port: int, users: tuple[User, ...], platform: str) -> str:
    """`[accounts.NAME]` tables for these users on a platform."""
    return "\n".join(_account(user, port, platform) for user in users)


def usual_users() -> tuple[User, ...]:
    """anna and ben."""
    return tuple(user for user in USERS if user.login in _USUAL)


def _account(user: User, port: int, platform: str) -> str:
    role = "client" if user.role == "both" else user.role
    return (
        f"[accounts.{user.login}]  # {user.about}\n"
        f'platform = "{platform}"\n'
        f'role = "{role}"\n'
        f'login = "{user.login}"\n'
        f'password = {{ literal = "{PASSWORD}" }}\n'
        f'origin = "http://127.0.0.1:{port}"\n'
    )
