"""What-if: past events, decided with the live catalogue and with a draft."""
