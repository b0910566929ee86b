"""The addresses of the API. Routers translate between HTTP and what the other modules do, and decide nothing."""
