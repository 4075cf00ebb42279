"""The open tables. Nothing is in them that is not on a public page: batches of people, never a person."""

from public_site.open_data.columns import Table
from public_site.open_data.ledger_tables import LEDGER
from public_site.open_data.money_tables import MONEY
from public_site.open_data.people_tables import PEOPLE_AND_WORK

TABLES: tuple[Table, ...] = (*LEDGER, *PEOPLE_AND_WORK, *MONEY)
BY_NAME = {each.name: each for each in TABLES}
