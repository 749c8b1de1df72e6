"""Telegram, by webhook or polling."""
