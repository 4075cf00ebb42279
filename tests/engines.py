"""Where ledgers that tests found keep their events: in SQLite, or each in a new database of the tests' PostgreSQL."""

from tests.clusters import Cluster

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


class Choice:
    """Set by the fixture ``engine``."""

    cluster: Cluster | None = None


def new_database() -> str | None:
    """The setting ``database`` of the next ledger."""
    return None if Choice.cluster is None else Choice.cluster.new_database()
