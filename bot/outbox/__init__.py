"""The ledger: one row for each message that leaves, made before anything is sent."""
