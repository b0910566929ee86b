"""Accounts of persons: roles, passwords, signing in and out, administration. Nothing here commits."""
