"""What if: the events of the past, played through the catalogue as it is and through a draft."""
