"""Les listes qui s’ouvrent derrière les chiffres d’un bilan, une par mesure."""
