"""What customers answer to: learned online from counters, and drawn by Thompson sampling.

A bin's rate is shrunk towards the offer's rate times what that bin does to all offers, the offer's
rate towards the catalogue's, and the catalogue's towards what was expected (empirical Bayes, Efron
& Morris 1975); the bins' effects add up in log-odds. All counters fade by half-life.

`counters` says what is counted and how it fades, `propensity` how it is reckoned, `beliefs` keeps
what was, `choosing` chooses, `chances` says how likely that choice was, `showing` what to add, and
`explaining` shows every number.
"""
