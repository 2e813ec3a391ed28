"""How like life the simulator is: speed, sound, rhythm, and who can tell it from real sound."""
