"""From a stored event to planned replies: once for each event, in order for each person."""
