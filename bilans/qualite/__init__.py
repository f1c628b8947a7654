"""Le rapport qualité (bilans.md, I) : ce qui manque ou choque, compté, ouvert, avec son remède."""
