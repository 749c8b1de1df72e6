"""Waves («đợt ra quân»): their targets by unit and organisation, what was done, what is due, and the reports."""
