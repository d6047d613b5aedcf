"""What is kept of an instrument beside its last price: reference data, minutes, bars."""
