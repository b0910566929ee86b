"""The only place with queries. Repositories neither commit nor decide."""
