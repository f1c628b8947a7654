"""Le bilan des quartiers prioritaires et du renouvellement urbain (bilans.md, G) : un stock à une date."""
