"""Ce que toutes les vues de l’API partagent, sans rien savoir du métier : problèmes, corps, listes, champs."""
