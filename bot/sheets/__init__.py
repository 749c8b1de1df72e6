"""Pictures and printed pages: cards with one person's figures, tables of examples, leaflets and curves."""
