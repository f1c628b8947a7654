"""Pages des bilans et des documents."""
