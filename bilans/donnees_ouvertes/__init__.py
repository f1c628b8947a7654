"""Les données ouvertes (bilans.md, H) : année × type d’acheteur × secteur × modalité × critère, masquées."""
