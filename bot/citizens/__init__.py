"""Who writes to us: identities on channels, and what they consented to."""
