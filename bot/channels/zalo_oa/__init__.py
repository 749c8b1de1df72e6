"""Zalo Official Account: consultation messages, approved templates, webhooks."""
