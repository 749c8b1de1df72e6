"""Who works here: accounts, what each may do and where, sessions, and a line for every act."""
