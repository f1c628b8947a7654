"""Le bilan du comité de pilotage (bilans.md, B)."""
