"""An Sinh: the chat-bot for social insurance and the desk behind it."""
