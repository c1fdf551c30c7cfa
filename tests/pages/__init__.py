"""The mock platform as a person meets it, in a real browser (run by themselves, without pytest-asyncio)."""
