"""False signatures: how they are noticed, removed by a rule, and brought back."""
