"""A small ledger of its own for each test that asks for one."""

from tests.ledger.conftest import small

__all__ = ["small"]
