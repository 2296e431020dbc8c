"""Reports: what was decided and what came of it, told to those who pay for it."""
