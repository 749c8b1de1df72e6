"""The pages of staff: server-rendered, thin over the same use cases as the bot; they decide nothing."""
