"""What the five pages show, as figures that can be signed: calculators by schema, and the pages at an earlier size."""
