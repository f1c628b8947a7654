"""Import des données essentielles de la commande publique (DECP, formats.md §5)."""
