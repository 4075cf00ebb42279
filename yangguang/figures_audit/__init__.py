"""Every public figure recomputed from the entries alone: against what was signed, and against what a site shows."""
