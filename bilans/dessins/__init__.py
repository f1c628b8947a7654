"""Les dessins d’un bilan : une géométrie pure, la même à l’écran et dans le PDF."""
