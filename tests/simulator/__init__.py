"""The simulator keeps the providers' documented limits, tells the truth under every fault, and speaks their wire formats."""
