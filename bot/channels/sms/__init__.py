"""SMS under a registered name, as eSMS takes it."""
