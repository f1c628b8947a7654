"""Les documents émis : ce qu’ils disent (contenu, en clair), et comment on les écrit (PDF, DOCX)."""
