"""Campaigns: whom to tell what, approved by a second person, sent by the ledger, counted."""
