"""One module per area and its dialogs."""
