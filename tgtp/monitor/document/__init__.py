"""The document of the page: the whole book as sections of plain records, one module each."""
