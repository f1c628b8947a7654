"""Ce que la démonstration montre de la conformité : la suite graduée, ses lettres, une attestation, des activités."""
