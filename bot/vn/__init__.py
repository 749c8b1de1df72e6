"""How Vietnamese people write. Standard library and PyYAML only: Rasa's own environment (Python 3.10) imports it too."""
