"""The layouts: state in, lines out, one function a layout. Column positions live here."""
