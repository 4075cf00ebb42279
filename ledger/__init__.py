"""阳光账本: the ledger itself. Staff sign what happened; the ledger admits it by rule and keeps it for ever."""
