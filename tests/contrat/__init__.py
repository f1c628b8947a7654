"""L’API contre son propre schéma, rôle par rôle, et un client écrit du seul schéma."""
