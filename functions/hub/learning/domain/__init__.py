"""Propensities: learned online from counters, and drawn by Thompson sampling.

A bin's rate is shrunk towards the offer's rate times the bin's effect on all offers; the offer's
rate towards the catalogue's; and the catalogue's towards the expected rate (empirical Bayes, Efron
& Morris 1975). The bins' effects add up in log-odds. All counters decay by half-life.

`decaying_counters` says what is counted and how it decays. `propensity` estimates, and `beliefs`
caches the estimates. `normal_draws` draws, and `selection_probability` says how likely the choice
was. `feedback` says what an outcome adds to the counters, and `explanation` shows every number.
"""
