"""The words that a person reads, one catalogue a language; `english` holds every key."""
