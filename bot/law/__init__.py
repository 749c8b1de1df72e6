"""The law's numbers: dated, sourced, looked up for a day."""
