"""What we tell citizens: pages and texts from content/, rendered for a day, with their sources."""
