"""The web chat: a page and a socket."""
