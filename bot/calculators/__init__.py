"""The law's arithmetic: pure functions from what a person told and a day to a result with its steps and references."""
