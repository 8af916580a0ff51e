"""From source rows to the event ledger: every amount allocated to order lines, exactly."""
