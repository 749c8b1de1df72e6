"""A stand-in for other people's servers: Telegram, Zalo Bot, Zalo OA and an SMS gateway, with their limits and their faults."""
