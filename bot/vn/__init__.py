"""How Vietnamese people write. Standard library only: Rasa's own environment (Python 3.10) imports it too."""
