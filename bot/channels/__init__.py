"""The seams to where people write: verify, parse, send; they decide nothing."""
