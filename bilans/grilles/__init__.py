"""Les grilles d’un organisme extérieur (AVE, FSE+) : des tables de correspondance, en données (docs/adr/0030)."""
