"""The database: typed models, repositories (the only place with queries), the unit of work and migrations."""
