"""Who asks and what they may do: API keys with scopes, and sessions of the page."""
