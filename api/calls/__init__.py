"""What happens to calls: intake, joining, tickets, dispatch, re-runs, deletion. Nothing here commits."""
