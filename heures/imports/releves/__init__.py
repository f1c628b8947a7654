"""Import de relevés : un fichier quelconque, CSV ou XLSX, vers des heures déclarées, tout ou rien (formats.md §3)."""
