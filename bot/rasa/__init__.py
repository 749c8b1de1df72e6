"""The seam to Rasa: its client, its action web hook and its texts. Translates; decides nothing."""
