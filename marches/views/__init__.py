"""Pages des marchés et des acheteurs."""
