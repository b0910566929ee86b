"""Words of a call tagged by a learned model: which of them say where in the place, and which name the party."""
