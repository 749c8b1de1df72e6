"""The Zalo Bot Platform: text and pictures, no buttons."""
