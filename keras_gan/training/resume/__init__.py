"""How a run goes on from a checkpoint as if it had not ended."""
