"""Un second compte des bilans, refait depuis le seul classeur exporté : aucun code de « bilans » n’y sert."""
