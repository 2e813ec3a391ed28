"""Real fetal rhythm in labour, CTU-UHB: what its series say of two labels."""
